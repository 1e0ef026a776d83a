"""Nearest photos of an output: reads its parts for the library."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Union

import pyarrow as pa
import pyarrow.compute as pc

from verger._arrow import exported, take_batch
from verger._columns import column
from verger._handle import Handle
from verger._library import call
from verger.errors import BadCall, BadInput
from verger.extractor import Extractor
from verger.index import read_most, search_options
from verger.model import Model
from verger.runs.manifest import PartEntry
from verger.runs.model_for_output import model_of_output
from verger.runs.output import Output, in_order, read_latest
from verger.runs.parts import good_rows
from verger.runs.storage import Place, open_place
from verger.runs.text import printable

File = Union[str, "os.PathLike[str]"]


def similar(
    out: File,
    photos: File | Iterable[File] = (),
    *,
    rows: str | Iterable[str] = (),
    most: int = 10,
    metric: str = "cosine",
    model: Model | File | None = None,
    threads: int = 0,
) -> pa.Table:
    """Find the photos of the output OUT that look most like others, as `verger similar` lists them:
    query, path, label, distance; query by query, nearest first, and of equal distances the first.

    `photos` are files (or s3://bucket/key); their features are extracted as OUT's were. `rows` are
    photos of OUT, by the paths that its rows have; they are not their own neighbours. Every row is
    compared: nothing near is missed. `metric`: "cosine", 1 - the cosine of the angle between
    features, from 0 to 2, or "euclidean". `model` is the file of OUT's network, or it opened, where
    its name in OUT does not lead to it.

    Errors: BadInput if there is no output, photo or row of that name, a photo cannot be decoded, or
            the model is another than OUT's; BadCall if nothing is asked for; StorageError.
    Cost:   reads Preprocessing. Memory: some parts of it.
    """
    files = [photos] if isinstance(photos, (str, os.PathLike)) else list(photos)
    paths = [rows] if isinstance(rows, str) else list(rows)
    if not files and not paths:
        raise BadCall("give a photo, or a row of OUT by --row (Python: rows=)")
    names = [*(os.fspath(file) for file in files), *paths]

    def find(output: Output) -> pa.Table:
        queries = [
            *_of_photos(output, model, names[: len(files)], threads),
            *_of_rows(output, paths),
        ]
        own = [*([None] * len(files)), *paths]
        batch = pa.RecordBatch.from_arrays(
            [pa.array(queries, pa.list_(pa.float32())), pa.array(own, pa.string())],
            names=["features", "path"],
        )
        return _Search(output, batch, read_most(most), metric, threads).find(names)

    return read_latest(open_place(out), find)


class _Search(Handle):
    """The handle verger_photo_search of the library."""

    free = "verger_photo_search_free"

    def __init__(
        self, output: Output, batch: pa.RecordBatch, most: int, metric: str, threads: int
    ) -> None:
        options = search_options(metric, threads)
        dimension = output.extracted().model.dimension
        with exported(batch) as queries:
            super().__init__(
                "verger_photo_search_create", dimension, *queries, most, ctypes.byref(options)
            )
        self._output = output

    def find(self, names: Sequence[str]) -> pa.Table:
        """Return the neighbours of each query. `names`: of the queries."""
        parts = self._output.extracted().preprocessing
        for rows in in_order(partial(_good_rows, self._output), parts):
            with exported(rows) as batch:
                call("verger_photo_search_add", self._pointer, *batch)
        neighbours = take_batch("verger_photo_search_results", self._pointer)
        queries = pa.array(names, pa.string()).take(column(neighbours, "query"))
        columns = [column(neighbours, name) for name in ("path", "label", "distance")]
        return pa.table([queries, *columns], names=["query", "path", "label", "distance"])


def _good_rows(output: Output, part: PartEntry) -> pa.RecordBatch:
    return good_rows(output.read(part.file), output.place.path_of(part.file.name))


def _read(photo: str) -> bytes:
    folder, _, name = photo.rpartition("/")
    place: Place = open_place(folder or ("/" if photo.startswith("/") else "."))
    content = place.read_if_present(name)
    if content is None:
        raise BadInput(
            f"{printable(photo)}: no such photo: give a photo, or the path of a row of OUT by "
            "--row "
            "(Python: rows=)"
        )
    return content


def _of_photos(
    output: Output,
    model: Model | File | None,
    names: Sequence[str],
    threads: int,
) -> list[list[float]]:
    if not names:
        return []
    extractor = Extractor(model_of_output(output, model), threads)
    contents = pa.array(map(_read, names), pa.large_binary())
    batch = pa.RecordBatch.from_arrays([contents], names=["content"])
    features: list[list[float]] = []
    for done in extractor.stream([batch]):
        for vector, error in zip(
            column(done, "features").to_pylist(), column(done, "error").to_pylist()
        ):
            if error is not None:
                raise BadInput(f"{printable(names[len(features)])}: {printable(error)}")
            features.append(vector)
    return features


def _of_rows(output: Output, paths: Sequence[str]) -> list[list[float]]:
    features: dict[str, list[float]] = {}
    for part in output.extracted().preprocessing:
        missing = [path for path in paths if path not in features and _may_have(part, path)]
        if not missing:
            continue
        rows = _good_rows(output, part)
        matches = rows.filter(pc.is_in(rows.column(0), value_set=pa.array(missing)))
        features.update(
            zip(column(matches, "path").to_pylist(), column(matches, "features").to_pylist())
        )
    for path in paths:
        if path not in features:
            raise BadInput(
                f"{output.place.path_of('')}: no row '{printable(path)}' with features: give a "
                "path as its rows have it; verger show lists some"
            )
    return [features[path] for path in paths]


def _may_have(part: PartEntry, path: str) -> bool:
    return not part.last or part.first.encode() <= path.encode() <= part.last.encode()
