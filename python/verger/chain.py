"""The three verbs in one process: extract, fit, project."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Optional, Union

import pyarrow as pa

from verger._columns import joined
from verger._limits import limits
from verger.errors import BadCall, BadInput
from verger.extractor import Extractor
from verger.model import Model
from verger.moments import moments_of
from verger.pca import Pca
from verger.runs.listing import list_photos, photo_of
from verger.runs.local import LocalPlace
from verger.runs.read import read_photo
from verger.runs.storage import open_place

File = Union[str, "os.PathLike[str]"]

_PHOTO = [("path", pa.string()), ("label", pa.string()), ("content", pa.binary())]
_SCHEMA = pa.schema([*_PHOTO, ("error", pa.string())])


def extract(
    photos: File | Iterable[File],
    model: Model | File | None = None,
    preset: str | None = None,
    threads: int = 0,
) -> pa.Table:
    """Features of photos: path, label, features (list<float32>), error; a row a photo, in order.

    `photos` is a folder (or s3://bucket/prefix), of which all photos are taken, sorted, with paths
    below it; or files. The folder that holds a photo names its label. `model` is a name, a file or
    an open Model; None: the network inside the library. A photo that cannot be read or decoded has
    null features and its reason in `error`.

    Errors: BadInput if there is no photo or no such model; BadModel, BadCall as Model.open.
    Cost:   memory for the features, 8 kB a photo with ResNet-50; a few photos at a time.
    """
    if isinstance(model, Model) and preset is not None:
        raise BadCall(f"preset {preset!r}: an open Model has its own: leave it out")
    network = model if isinstance(model, Model) else Model.open(model, preset)
    rows = _folder(os.fspath(photos)) if isinstance(photos, (str, os.PathLike)) else _files(photos)
    batches = list(Extractor(network, threads).stream(_in_batches(rows)))
    if not batches:
        raise BadInput(f"{photos}: no photos in it: they are files that end in .jpg, .png or .webp")
    # Columns in the order of an output's Preprocessing.
    return pa.Table.from_batches(batches).select(["path", "label", "features", "error"])


Row = tuple[str, str, Optional[bytes], Optional[str]]


def _folder(folder: str) -> Iterator[Row]:
    place = open_place(folder)
    for photo in list_photos(place, None):
        outcome = read_photo(place, photo)
        yield photo.path, photo.label, outcome.content, outcome.error or None


def _files(files: Iterable[File]) -> Iterator[Row]:
    for file in files:
        photo = photo_of(os.fspath(file))
        outcome = read_photo(LocalPlace("", "/"), photo)
        yield photo.path, photo.label, outcome.content, outcome.error or None


def _in_batches(rows: Iterator[Row]) -> Iterator[pa.RecordBatch]:
    held = []
    for row in rows:
        held.append(row)
        if len(held) == limits().photos_at_once:
            yield _batch(held)
            held = []
    if held:
        yield _batch(held)


def _batch(rows: Iterable[Row]) -> pa.RecordBatch:
    columns = [pa.array(values, field.type) for values, field in zip(zip(*rows), _SCHEMA)]
    return pa.RecordBatch.from_arrays(columns, schema=_SCHEMA)


def fit(table: pa.Table, components: int | float = 50, features: str = "features") -> Pca:
    """The PCA of a column of feature vectors; rows that are null are passed over.

    Errors: BadInput if there are no features, or not enough for so many components.
    """
    moments = moments_of(table.to_batches(), features)
    if moments is None:
        raise BadInput(f"no features in column '{features}': it has no row that is not null")
    return moments.fit(components)


def project(
    table: pa.Table, pca: Pca, scores: str = "centred", features: str = "features"
) -> pa.Table:
    """The table with one more column, `pca_features: list<float32>`."""
    # Of no batch at all, one without rows has the columns that the others would have.
    batches = table.to_batches() or [pa.RecordBatch.from_pylist([], table.schema)]
    return pa.Table.from_batches(
        [joined(batch, pca.project(batch, scores, features)) for batch in batches]
    )
