"""Classifiers: features to labels with probabilities, or unknown."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa

from verger._arrow import exported, take_batch
from verger._columns import floats
from verger._handle import Handle
from verger._library import borrowed, call, take_bytes, take_text
from verger._numbers import real, whole
from verger.class_moments import ClassMoments, batches_of, require_transform
from verger.errors import BadCall, StorageError

_MOST_TOP = 1000


class Classifier(Handle):
    """The result of verger.train. Immutable, so safe from many threads. Pickles."""

    free = "verger_classifier_free"

    def __init__(self, *arguments: Any, make: str) -> None:
        """Use verger.train, `load` or `fit`."""
        super().__init__(make, *arguments)

    @classmethod
    def load(cls, source: bytes | str | os.PathLike[str]) -> Classifier:
        """Load the bytes of `save`, or a file of them: OUT/Model/classifier.safetensors.

        Errors: BadInput for bytes that are not a complete classifier; StorageError if a file cannot
                be read.
        """
        if isinstance(source, bytes):
            return cls._loaded(source, "classifier")
        try:
            return cls._loaded(Path(source).read_bytes(), os.fspath(source))
        except OSError as error:
            raise StorageError(f"cannot read '{source}': {error.strerror}; check it") from error

    @classmethod
    def _loaded(cls, data: bytes, name: str) -> Classifier:
        return cls(data, len(data), os.fsencode(name), make="verger_classifier_load")

    @classmethod
    def fit(
        cls,
        moments: ClassMoments,
        manifest: str | bytes,
        transform: str = "root",
        shrinkage: float = 0.2,
        method: str = "relative",
    ) -> Classifier:
        """Fit a classifier to class moments by `method`, "relative" or "lda".

        No photos are held out, so probabilities are not calibrated and no photo is called unknown.
        `manifest` is the output's latest, which identifies the network; `transform` is that of the
        moments; `shrinkage`, from 0 to 1, is the weight of a multiple of the identity in the shrunk
        covariance.

        Errors: BadInput for fewer than two labels, or rows that do not differ; Damaged for a text
                that is not a manifest.
        """
        require_transform(transform)
        share = real(shrinkage)
        if share is None or not 0 <= share <= 1:
            raise BadCall(f"shrinkage {shrinkage!r}: give a number from 0 to 1, such as 0.2")
        document = borrowed(manifest)
        return cls(
            moments._pointer,
            document,
            method.encode(),
            transform.encode(),
            share,
            make="verger_classifier_fit",
        )

    def save(self) -> bytes:
        """Return the bytes of OUT/Model/classifier.safetensors."""
        return take_bytes("verger_classifier_save", self._pointer)

    def __reduce__(self) -> tuple[Any, ...]:
        return Classifier.load, (self.save(),)

    def describe(self) -> dict[str, Any]:
        """Return labels with their photos, network, settings, confidence, and scores on photos
        held out: the object of `verger train --json`.
        """
        return dict(json.loads(take_text("verger_classifier_describe", self._pointer)))

    @property
    def labels(self) -> list[str]:
        """The labels of the classifier, sorted."""
        return [label["label"] for label in self.describe()["labels"]]

    def classify(
        self, rows: pa.Table | pa.RecordBatch, top: int = 3, features: str = "features"
    ) -> pa.Table:
        """Classify a column of feature vectors: a row of answers for each, in the same order.

        Columns: label, the likeliest; probability; unknown, it is likely none of the labels; set,
        likely labels, which contain the right one as often as the classifier promises; top and
        top_probabilities, the `top` likeliest; novelty, from 0 to 2, how little it resembles any
        label. All null where features are.

        Errors: BadInput for a row of another length, or a number that is not finite.
        """
        count = require_top(top)
        # A table without batches still needs the columns: classify one batch without rows.
        batches = batches_of(rows) or [pa.RecordBatch.from_pylist([], rows.schema)]
        return pa.Table.from_batches([self.answer(batch, count, features) for batch in batches])

    def answer(
        self, batch: pa.RecordBatch, top: int = 3, features: str = "features"
    ) -> pa.RecordBatch:
        """Classify one batch, as `classify`."""
        with exported(floats(batch, features)) as rows:
            return take_batch("verger_classify", self._pointer, top, *rows)

    def teach(
        self, label: str, rows: pa.Table | pa.RecordBatch, features: str = "features"
    ) -> Classifier:
        """Return the classifier with a new label, or with more photos of a label, from a few rows.
        The old photos are not needed; temperature and thresholds do not change.

        Errors: BadCall for no row with features, an empty label, or a classifier by logistic
                regression.
        """
        taught = self
        for batch in batches_of(rows):
            with exported(floats(batch, features)) as columns:
                taught = taught._changed("verger_classifier_teach", borrowed(label), *columns)
        if taught is self:
            raise BadCall(
                f"{label!r}: give photos with features to teach this label; five are enough"
            )
        return taught

    def check_teachable(self) -> None:
        """Check that `teach` is possible. Errors: BadCall for a classifier by logistic regression
        or of pca_features."""
        call("verger_classifier_check_teachable", self._pointer)

    def unteach(self, label: str) -> Classifier:
        """Return the classifier without the taught photos of a label. Errors: BadCall if it has
        none.
        """
        return self._changed("verger_classifier_unteach", borrowed(label))

    def _changed(self, function: str, *arguments: Any) -> Classifier:
        return Classifier(self._pointer, *arguments, make=function)

    def note_beside(self, manifest: str | bytes) -> str:
        """Return a note if the rows of this manifest's output have changed since training; "" if
        not. Errors: BadModel if the output's features are another network's.
        """
        return take_text("verger_classifier_check", self._pointer, borrowed(manifest))

    def __repr__(self) -> str:
        description = self.describe()
        return f"Classifier({len(description['labels'])} labels, {description['photos']} photos)"


def require_top(top: object) -> int:
    """Return the number of labels to list. Errors: BadCall unless it is from 1 to 1000."""
    count = whole(top)
    if count is None or not 1 <= count <= _MOST_TOP:
        raise BadCall(f"top {top!r}: give a whole number from 1 to {_MOST_TOP}")
    return count
