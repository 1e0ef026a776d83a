"""The classifier of an output: trained on its rows, as `verger train` does."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from verger._arrow import exported
from verger._handle import Handle
from verger._library import borrowed, call
from verger._limits import limits
from verger._long_call import LongCall
from verger._numbers import real
from verger._structs import TrainOptions
from verger._usable_threads import usable_threads
from verger.classifier import Classifier
from verger.errors import BadCall, BadInput
from verger.extractor import read_count
from verger.runs.label_table import Labels, label_table
from verger.runs.manifest import FileEntry, Manifest
from verger.runs.output import Output, in_order
from verger.runs.parts import good_rows, result_rows
from verger.runs.storage import open_place

CLASSIFIER = "Model/classifier.safetensors"
AUTO = "auto"
_METHODS = ("relative", "lda", "logistic")
_TRANSFORMS = (AUTO, "none", "root")
_COLUMNS = ("features", "pca_features")


@dataclass(frozen=True)
class Training:
    """How a classifier is trained. What is 0 or "" the library chooses."""

    method: str = "relative"
    transform: str = ""
    column: str = "features"
    groups: str = ""
    label_level: int = 0
    label_table: str = ""  # CSV
    shrinkage: float = 0.0
    penalty: float = 0.0
    coverage: float = 0.0
    false_accepts: float = 0.0
    threads: int = 0

    @classmethod
    def of(cls, classifier: Classifier) -> Training:
        """Return the settings by which a classifier was trained, to train it again."""
        description = classifier.describe()
        settings, confidence = description["settings"], description["confidence"]
        return cls(
            method=settings["method"],
            transform=settings["transform"],
            column=description["network"]["column"],
            groups=settings["groups"],
            label_level=settings["label_level"],
            label_table=settings["label_table"],
            shrinkage=settings["shrinkage"],
            penalty=settings["penalty"],
            coverage=confidence["coverage"],
            false_accepts=confidence["false_accepts"],
        )


def train(
    out: str | os.PathLike[str],
    *,
    method: str = "relative",
    transform: str = AUTO,
    shrinkage: float | str = AUTO,
    features: str = "features",
    groups: str | None = None,
    label_level: int = 0,
    labels: Labels | None = None,
    penalty: float = 1.0,
    coverage: float = 0.95,
    false_accepts: float = 0.05,
    threads: int = 0,
) -> Classifier:
    """Train a classifier on the rows of the output OUT, a folder or s3://bucket/prefix, and write
    OUT/Model/classifier.safetensors: the same bytes as `verger train`.

    `method` is "relative" (distances between discriminants, as shares), "lda" (linear discriminant
    analysis) or "logistic" (regression, slower; `penalty` is 1 / C of scikit-learn). `transform` of
    features, "none" or "root" (square root, then length 1), and `shrinkage`, above 0 and up to 1,
    are chosen by photos held out where they are "auto". `features` is the column that is learned
    from, "features" or "pca_features".

    Probabilities, sets of labels and "unknown" are set by groups of photos that are held out in
    turn: series of file names, or `groups`: "folder:1", or a regular expression on paths whose
    first capture is the group. Labels are the folders `label_level` levels above the ones that hold
    the photos, looked up in `labels` where it is given: a mapping, or a CSV file of two columns,
    from a label to the one to use instead ("Gala" to "Apple"). `coverage` is how often sets are to
    hold the right label, `false_accepts` the share of photos of unknown fruit that may be taken for
    known.

    Labels that verger.teach added are kept; a damaged classifier is made again, with a warning.

    Errors: BadInput for fewer than two labels, or no output; BadCall for settings; InUse;
            StorageError.
    Cost:   memory for the features.
    """
    settings = Training(
        method=_one_of("method", method, _METHODS),
        transform="" if transform == AUTO else _one_of("transform", transform, _TRANSFORMS),
        column=_one_of("features", features, _COLUMNS),
        groups=groups or "",
        label_level=label_level,
        label_table=label_table(labels),
        shrinkage=_shrinkage(shrinkage),
        penalty=_number("penalty", penalty),
        coverage=_number("coverage", coverage),
        false_accepts=_number("false_accepts", false_accepts),
        threads=read_count("threads", threads, limits().max_threads),
    )
    place = open_place(out)
    Output.open(place)  # before anything is made
    with Output.open_for_writing(place) as output:
        return train_output(output, settings)


def train_output(output: Output, settings: Training) -> Classifier:
    """Train the classifier of an output that is open for writing, as `train`."""
    manifest = output.extracted()
    if settings.column == "pca_features":
        output.reduced()
    before = _before(output)
    classifier = trained(output, manifest, settings, before)
    _warn_if_untaught(before, classifier)
    publish_classifier(output, classifier)
    return classifier


def trained(
    output: Output, manifest: Manifest, settings: Training, before: Classifier | None = None
) -> Classifier:
    """Train on the rows of a version, and write nothing. `before`: its taught labels stay.

    Errors: BadInput for rows that nothing can be learned from; Damaged.
    """
    learning = _Learning(manifest, settings)
    for rows in _rows(output, manifest, settings.column):
        learning.add(rows)
    return learning.finish(before)


def find_classifier(output: Output) -> Classifier | None:
    """Return the classifier of an output, None without one. Errors: BadInput if damaged."""
    data = output.place.read_if_present(CLASSIFIER)
    if data is None:
        return None
    return Classifier._loaded(data, output.place.path_of(CLASSIFIER))


def require_classifier(output: Output) -> Classifier:
    """Return the classifier. Errors: BadInput if there is none, with the remedy; as
    find_classifier.
    """
    classifier = find_classifier(output)
    if classifier is None:
        display_name = output.place.path_of("")
        raise BadInput(f"{display_name} has no classifier: run verger train first")
    return classifier


def publish_classifier(output: Output, classifier: Classifier) -> None:
    """Publish the classifier in the output. Errors: as Output.publish."""
    output.publish(CLASSIFIER, classifier.save())


def _before(output: Output) -> Classifier | None:
    try:
        return find_classifier(output)
    except BadInput as error:
        warnings.warn(f"{error}: its taught labels are lost: teach them again", stacklevel=4)
        return None


def _warn_if_untaught(before: Classifier | None, after: Classifier) -> None:
    """Warn of taught photos whose features are of another network, or column: they are lost."""
    if before is None:
        return
    lost = len(before.describe()["taught_labels"]) - len(after.describe()["taught_labels"])
    if lost > 0:
        photos = "1 photo" if lost == 1 else f"{lost:,} photos"
        reason = (
            "of taught labels do not fit the new features and were removed: teach these labels "
            "again"
        )
        warnings.warn(f"{photos} {reason}", stacklevel=4)


def _rows(output: Output, manifest: Manifest, column: str) -> Iterator[pa.RecordBatch]:
    """Yield path, label and the column to learn from, as `features`, part by part."""
    if column == "features":
        for file, data in _read(output, [part.file for part in manifest.preprocessing]):
            yield good_rows(data, file.name)
        return
    assert manifest.reduction is not None
    for file, data in _read(output, [one.part.file for one in manifest.reduction.results]):
        rows = result_rows(data, file.name).select(["path", "label", column])
        yield rows.rename_columns(["path", "label", "features"])


def _read(output: Output, files: list[FileEntry]) -> Iterator[tuple[FileEntry, bytes]]:
    return zip(files, in_order(output.read, files))


class _Learning(Handle):
    """The handle verger_training of the library."""

    free = "verger_training_free"

    def __init__(self, manifest: Manifest, settings: Training) -> None:
        self._long_call = LongCall()
        # Stored, for the library calls its progress until it has finished.
        self._options = TrainOptions(
            method=settings.method.encode(),
            transform=settings.transform.encode() or None,
            column=settings.column.encode(),
            groups=settings.groups.encode() or None,
            shrinkage=settings.shrinkage,
            penalty=settings.penalty,
            coverage=settings.coverage,
            false_accepts=settings.false_accepts,
            threads=settings.threads or usable_threads(),
            progress=self._long_call.progress,
            label_level=settings.label_level,
            label_table=borrowed(settings.label_table.encode()),
        )
        document = borrowed(manifest.to_json())
        super().__init__("verger_training_create", document, self._options)

    def add(self, rows: pa.RecordBatch) -> None:
        with exported(rows) as batch:
            call("verger_training_add", self._pointer, *batch)

    def finish(self, before: Classifier | None) -> Classifier:
        last = None if before is None else before._pointer
        with self._long_call.running():
            return Classifier(self._pointer, last, make="verger_training_finish")


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> str:
    if value in choices:
        return value
    listed = ", ".join(map(repr, choices[:-1])) + f" or {choices[-1]!r}"
    raise BadCall(f"{name} {value!r}: give {listed}")


def _shrinkage(value: float | str) -> float:
    if value == AUTO:
        return 0.0
    share = real(value)
    if share is None or not 0 < share <= 1:
        raise BadCall(f"shrinkage {value!r}: give 'auto', or a number above 0 and up to 1")
    return share


def _number(name: str, value: object) -> float:
    number = real(value)
    if number is None or not number > 0:
        raise BadCall(f"{name} {value!r}: give a number above 0")
    return number
