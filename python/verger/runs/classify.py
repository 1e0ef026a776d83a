"""Classify photos with the classifier of an output, and teach it labels from a few photos."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from typing import Union

import pyarrow as pa
import pyarrow.compute as pc

from verger.classifier import Classifier
from verger.errors import BadInput
from verger.extractor import Extractor
from verger.model import Model
from verger.pca import Pca
from verger.runs.model_for_output import model_of_output
from verger.runs.output import Output, read_latest
from verger.runs.photo_features import extract_photos, find_photos
from verger.runs.storage import open_place
from verger.runs.text import printable
from verger.runs.training import publish_classifier, require_classifier

Name = Union[str, "os.PathLike[str]"]


def classify(
    out: Name,
    photos: Name | Iterable[Name],
    top: int = 3,
    *,
    model: Model | Name | None = None,
    output: str | None = None,
    pool: str | None = None,
    threads: int = 0,
    max_pixels: int = 0,
    max_bytes: int = 0,
) -> pa.Table:
    """Classify photos by the classifier of the output OUT: labels with probabilities, or unknown,
    in the columns of `verger classify`, a row a photo.

    `photos` are folders, s3://bucket/prefix, or files. Columns: path; label, the likeliest;
    probability; unknown, likely none of the labels; set, likely labels, which contain the right one
    as often as the classifier promises; top and top_probabilities, the `top` likeliest; novelty;
    folder, the one that holds the photo; error, why there is no answer.

    `model` is the network's file, needed if OUT's network is neither inside the library nor in the
    store, with the same `output` and `pool`. The limits are those of verger.extract. Warns if OUT's
    rows have changed since the classifier was trained.

    Errors: BadInput if there is no classifier, no photo, or not the network; StorageError.
    """
    place = open_place(out)

    def read(opened: Output) -> tuple[Answers, Model]:
        answers = Answers(opened, require_classifier(opened), top)
        return answers, model_of_output(opened, model, onnx_output=output, pool=pool)

    answers, network = read_latest(place, read)
    if answers.note:
        warnings.warn(f"{place.path_of('')}: {answers.note}", stacklevel=2)
    sources = find_photos(photos, place)
    extractor = Extractor(network, threads, max_pixels=max_pixels, max_bytes=max_bytes)
    return pa.Table.from_batches(
        [answers.of(batch) for batch in extract_photos(sources, extractor, max_bytes)]
    )


class Answers:
    """Answers by the classifier of an output."""

    def __init__(self, output: Output, classifier: Classifier, top: int) -> None:
        """Read what answers need. Errors: BadModel if the output's features are another network's;
        BadInput if the classifier was trained on pca_features that the output no longer has.
        """
        # A note for the user, such as that the classifier is older than the rows; "": none.
        self.note = classifier.note_beside(output.document)
        self._classifier, self._top = classifier, top
        self._pca: Pca | None = None
        description = classifier.describe()
        if description["network"]["column"] == "features":
            return
        reduction = output.reduced()
        self._pca = Pca.from_json(output.read(reduction.pca).decode())
        self._scores = reduction.settings.scores
        if description["dimension"] != self._pca.n_components:
            raise BadInput(
                "the classifier was trained on pca_features of another PCA: run verger train again"
            )

    def of(self, photos: pa.RecordBatch) -> pa.RecordBatch:
        """Return the columns of `classify` for a batch of path, label, features and error."""
        rows = photos.select(["features"])
        if self._pca is not None:
            rows = self._pca.project(rows, self._scores).rename_columns(["features"])
        answers = self._classifier.answer(rows, self._top)
        columns = [photos.column("path"), *answers.columns]
        columns += [photos.column("label"), photos.column("error")]
        names = ["path", *answers.schema.names, "folder", "error"]
        return pa.RecordBatch.from_arrays(columns, names=names)


def teach(
    out: Name,
    label: str,
    photos: Name | Iterable[Name],
    *,
    model: Model | Name | None = None,
    output: str | None = None,
    pool: str | None = None,
    threads: int = 0,
) -> Classifier:
    """Teach the classifier of the output OUT a label, new or known, from a few photos, as `verger
    teach` does; the old photos are not needed.

    `photos`, `model`, `output` and `pool` are those of `classify`; a photo that cannot be read is a
    warning. The classifier stores the features of the photos, and the next training keeps the
    label.

    Errors: BadInput if there is no classifier, or none of the photos can be read; BadCall for a
            classifier by logistic regression or of pca_features, or an empty label; InUse;
            StorageError.
    """
    place = open_place(out)
    Output.open(place)  # before anything is made
    with Output.open_for_writing(place) as opened:
        classifier = require_classifier(opened)
        classifier.check_teachable()  # before photos are read
        classifier.note_beside(opened.document)  # raises for another network
        sources = find_photos(photos, place)
        network = model_of_output(opened, model, onnx_output=output, pool=pool)
        batches = list(extract_photos(sources, Extractor(network, threads)))
        good = _good(pa.Table.from_batches(batches))
        classifier = classifier.teach(label, good)
        publish_classifier(opened, classifier)
        return classifier


def unteach(out: Name, label: str) -> Classifier:
    """Remove the taught photos of a label from the classifier of the output OUT.

    Errors: BadInput if there is no classifier; BadCall if nothing was taught; InUse; StorageError.
    """
    place = open_place(out)
    Output.open(place)
    with Output.open_for_writing(place) as opened:
        classifier = require_classifier(opened).unteach(label)
        publish_classifier(opened, classifier)
        return classifier


def _good(photos: pa.Table) -> pa.Table:
    """Return the photos with features; warn of the others. Errors: BadInput if there is none."""
    errors = photos["error"]
    for row in photos.filter(pc.is_valid(errors)).select(["path", "error"]).to_pylist():
        warnings.warn(f"{printable(row['path'])}: {printable(row['error'])}", stacklevel=3)
    good = photos.filter(pc.is_null(errors))
    if good.num_rows == 0:
        raise BadInput("none of the photos can be read: nothing was taught")
    return good
