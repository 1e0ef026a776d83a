"""Evaluation of classifiers: reads the tables and photos of an output for the library."""

from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Union

import pyarrow as pa

from verger._arrow import exported, take_batch
from verger._handle import Handle
from verger._library import borrowed, call, give_back
from verger._long_call import LongCall
from verger._structs import Bytes, EvaluateOptions
from verger._usable_threads import usable_threads
from verger.errors import VergerError
from verger.memory import NO_LIMIT, available_memory
from verger.runs import rules
from verger.runs.ahead import ahead
from verger.runs.label_table import Labels, label_table
from verger.runs.manifest import HASH, PartEntry
from verger.runs.output import Output, in_order, read_latest
from verger.runs.parts import good_rows
from verger.runs.storage import Place, open_place

File = Union[str, "os.PathLike[str]"]

_PHOTOS_AT_ONCE = 32
_READS_AT_ONCE = 16
_MEMORY_LEFT = 256 << 20  # for the rest of the process


def evaluate(
    out: File,
    *,
    test: File | None = None,
    method: str = "relative",
    transform: str | None = None,
    shrinkage: float | None = None,
    penalty: float | None = None,
    groups: str | None = None,
    label_level: int = 0,
    labels: Labels | None = None,
    photos: File | None = None,
    background: bool = True,
    threads: int = 0,
) -> dict[str, Any]:
    """Evaluate a classifier of OUT's features on photos that it was not trained on; returns the
    object of `verger evaluate --json`. Its `honest` has the naive and the honest score.

    `test`: another output by the same network; a classifier of OUT is tested on it. `transform`:
    "none" or "root"; None, as for `shrinkage`: the most accurate on held-out groups. `groups`:
    photos to hold out together, "folder:1" or a regular expression on paths whose first capture is
    the group; None: series of file names. `label_level`: labels are the folders this many levels
    above the photos' own; `labels`: a mapping, or a CSV file with two columns, from these to the
    labels to use instead. `photos`: the folder or bucket of the photos now; their borders are read
    again, unless `background` is false.

    Errors: BadInput if there is no output, or no photos can be held out; BadCall for groups
            that do not fit its paths, and options; BadModel for a test by another network;
            StorageError.
    Cost:   reads Preprocessing and up to 4,000 photos; about fifteen trainings.
    Memory: about three times the features; if that is too much, a sample is evaluated.
    """
    available = available_memory()
    options = EvaluateOptions(
        method=method.encode(),
        transform=None if transform is None else transform.encode(),
        groups=None if groups is None else groups.encode(),
        shrinkage=shrinkage or 0.0,
        penalty=penalty or 0.0,
        label_level=label_level,
        threads=threads if threads > 0 else usable_threads(),
        label_table=borrowed(label_table(labels).encode()),
        memory=0 if available == NO_LIMIT else max(available - _MEMORY_LEFT, available // 2),
    )

    def of_output(output: Output, other: Output | None = None) -> bytes:
        evaluation = _Evaluation(output, other, options)
        if background:
            evaluation.read_borders(None if photos is None else os.fspath(photos))
        return evaluation.finish()

    place = open_place(out)
    if test is None:
        return dict(json.loads(read_latest(place, of_output)))
    beside = open_place(test)
    document = read_latest(
        place, lambda output: read_latest(beside, lambda other: of_output(output, other))
    )
    return dict(json.loads(document))


class _Evaluation(Handle):
    """The handle verger_evaluation of the library."""

    free = "verger_evaluation_free"

    def __init__(self, output: Output, other: Output | None, options: EvaluateOptions) -> None:
        self._long_call = LongCall()
        options.progress = self._long_call.progress
        output.extracted()
        test = b""
        if other is not None:
            other.extracted()
            test = other.document
        super().__init__(
            "verger_evaluation_create",
            borrowed(output.document),
            borrowed(test),
            ctypes.byref(options),
        )
        self._output = output
        self._add_rows(output, 0)
        if other is not None:
            self._add_rows(other, 1)

    def _add_rows(self, output: Output, of_test: int) -> None:
        parts = output.extracted().preprocessing
        for rows in in_order(partial(_good_rows, output), parts):
            with exported(rows) as batch:
                call("verger_evaluation_add", self._pointer, of_test, *batch)

    def read_borders(self, photos: str | None) -> None:
        """Add the photos' borders; a photo that cannot be read is skipped, the rest does not need
        it.
        """
        manifest = self._output.extracted()
        if manifest.path_mode == HASH:
            return self._no_photos("paths are hashed, so the photos cannot be found again")
        where = manifest.photos if photos is None else photos
        try:
            if self._read_from(open_place(where)) == 0:
                self._no_photos(
                    f"no photo was found in {where}: give their folder by --photos (Python: "
                    "photos=)"
                )
        except VergerError as error:
            self._no_photos(str(error))
        return None

    def _read_from(self, place: Place) -> int:
        batch = take_batch("verger_evaluation_border_photos", self._pointer)
        paths = rules.texts_of(batch.column(0))
        contents = ahead(place.read_if_present, paths, _READS_AT_ONCE)
        photos = ((path, content) for path, content in zip(paths, contents) if content is not None)
        return sum(self._add_photos(some) for some in _pieces(photos))

    def _add_photos(self, photos: Sequence[tuple[str, bytes]]) -> int:
        paths, contents = zip(*photos)
        columns = [pa.array(paths, pa.string()), pa.array(contents, pa.large_binary())]
        with exported(pa.RecordBatch.from_arrays(columns, names=["path", "content"])) as batch:
            call("verger_evaluation_add_photos", self._pointer, *batch)
        return len(photos)

    def _no_photos(self, reason: str) -> None:
        call("verger_evaluation_no_photos", self._pointer, borrowed(reason))

    def finish(self) -> bytes:
        document, text = Bytes(), Bytes()
        pointers = ctypes.byref(document), ctypes.byref(text)
        with self._long_call.running():
            call("verger_evaluation_finish", self._pointer, *pointers)
        give_back(text)
        return give_back(document)


def _good_rows(output: Output, part: PartEntry) -> pa.RecordBatch:
    return good_rows(output.read(part.file), output.place.path_of(part.file.name))


def _pieces(photos: Iterator[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    piece: list[tuple[str, bytes]] = []
    for photo in photos:
        piece.append(photo)
        if len(piece) == _PHOTOS_AT_ONCE:
            yield piece
            piece = []
    if piece:
        yield piece
