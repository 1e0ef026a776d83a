"""Train the classifier of an output again without erased photos.

A classifier contains means and scatter of its training photos. So it is trained again on the
remaining photos, with its own settings, before the version without the erased photos is committed;
the old one is removed right before the commit.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from verger.classifier import Classifier
from verger.errors import BadCall, BadInput
from verger.runs.manifest import Manifest
from verger.runs.output import Output
from verger.runs.training import (
    CLASSIFIER,
    Training,
    find_classifier,
    publish_classifier,
    trained,
)

_SCHEMA = pa.schema([("path", pa.string()), ("label", pa.string()), ("error", pa.string())])


class ClassifierErasure:
    """`meant` gets the rows of a part, path, label and error, and returns which are kept."""

    def __init__(self, output: Output, meant: Callable[[pa.RecordBatch], pa.Array]) -> None:
        """Read the classifier, and find the taught labels that are to be forgotten."""
        self._output = output
        self._damage = ""
        self._erased_labels: list[str] = []
        self._trained: Classifier | None = None
        self._problem = ""
        try:
            self._before = find_classifier(output)
        except BadInput as error:
            self._before, self._damage = None, str(error)
        if self._before is not None:
            labels = sorted(set(self._before.describe()["taught_labels"]))
            remaining = {labels[at] for at in meant(_rows(labels)).to_pylist()}
            self._erased_labels = [label for label in labels if label not in remaining]

    def train_for(self, manifest: Manifest) -> None:
        """Train on the parts of a version that is about to be committed, without the taught photos
        that are to be forgotten; the output is not changed. The Results of that version are not
        published yet: a classifier of pca_features is trained by publish().
        """
        if self._before is not None and Training.of(self._before).column == "features":
            self._train(manifest)

    def _train(self, manifest: Manifest) -> None:
        assert self._before is not None
        try:
            rest = self._before
            for label in self._erased_labels:
                rest = rest.unteach(label)
            self._trained = trained(self._output, manifest, Training.of(self._before), rest)
        except (BadInput, BadCall) as error:
            self._problem = str(error)

    def remove(self) -> None:
        """Remove the classifier, right before the commit."""
        if self._before is not None or self._damage:
            self._output.remove(CLASSIFIER)

    def publish(self) -> tuple[str, str]:
        """Publish the new classifier, after the commit.

        Returns "none", "trained" or "removed", and why it was removed and not trained again.
        """
        if self._damage:
            return "removed", self._damage
        if self._before is None:
            return "none", ""
        if self._trained is None and not self._problem:
            self._train(self._output.extracted())
        if self._trained is None:
            return "removed", self._problem
        publish_classifier(self._output, self._trained)
        return "trained", ""


def _rows(labels: list[str]) -> pa.RecordBatch:
    """Return rows for taught labels, with paths that are no photo's."""
    paths = [f"classifier.safetensors#{number}" for number in range(len(labels))]
    columns = [paths, labels, [None] * len(labels)]
    arrays = [pa.array(values, field.type) for values, field in zip(columns, _SCHEMA)]
    return pa.RecordBatch.from_arrays(arrays, schema=_SCHEMA)
