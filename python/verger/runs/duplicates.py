"""Equal and near-equal photos of an output: reads its tables for the library."""

from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import pyarrow as pa

from verger._arrow import exported, take_batch
from verger._handle import Handle
from verger._library import borrowed, call, take_bytes
from verger._structs import DuplicatesOptions
from verger.runs import rules
from verger.runs.manifest import FileEntry
from verger.runs.output import Output, in_order, read_latest
from verger.runs.parts import decode_columns, preprocessing_schema, results_schema
from verger.runs.storage import open_place


def duplicates(
    out: str | os.PathLike[str],
    within: float | None = None,
    most: int = 100,
    across_labels: bool = False,
) -> dict[str, Any]:
    """Find equal and near photos of the output OUT; returns the object of `verger duplicates
    --json`.

    `equal` lists groups of photos with equal bytes. If `within` is given, `near` lists the `most`
    nearest pairs whose features are at most that many standard deviations apart (two random photos:
    about 1.4), and `near_pairs` counts all such pairs. `across_labels`: only groups and pairs with
    more than one label.

    Errors: BadInput if there is no output, or for near pairs no Results; BadCall if there may be
            more than a million pairs; StorageError.
    Cost:   reads Preprocessing; for near pairs Results too, then the parts that hold candidates.
    """
    options = DuplicatesOptions(
        near_pairs=within is not None, within=within or 0.0, most=most, across_labels=across_labels
    )
    document = read_latest(open_place(out), lambda output: find_duplicates(output, options))
    return dict(json.loads(document))


def find_duplicates(output: Output, options: DuplicatesOptions) -> bytes:
    """Find the duplicates of an open output, as JSON."""
    return _Duplicates(output, options).find()


class _Duplicates(Handle):
    """The handle verger_duplicates of the library."""

    free = "verger_duplicates_free"

    def __init__(self, output: Output, options: DuplicatesOptions) -> None:
        document = borrowed(output.document)
        super().__init__("verger_duplicates_create", document, ctypes.byref(options))
        self._output = output
        self._near = bool(options.near_pairs)

    def find(self) -> bytes:
        output = self._output
        reduction = output.reduced() if self._near else None  # before anything is read
        parts = [part.file for part in output.extracted().preprocessing]
        for _, rows in self._read(
            parts, ["path", "label", "sha256", "error"], preprocessing_schema()
        ):
            self._add("part", rows)
        if reduction is not None:
            results = [result.part.file for result in reduction.results]
            for file, rows in self._read(results, ["path", "pca_features"], results_schema()):
                self._add("scores", rows.rename_columns(["path", "features"]), file)
            document = borrowed(output.read(reduction.pca))
            call("verger_duplicates_search", self._pointer, document, None, None)
            while names := self._parts_to_read():
                some = [file for file in parts if file.name in names]
                for file, rows in self._read(some, ["features"], preprocessing_schema()):
                    self._add("features", rows, file)
        return take_bytes("verger_duplicates_finish", self._pointer)

    def _read(
        self, files: Sequence[FileEntry], columns: list[str], schema: pa.Schema
    ) -> Iterator[tuple[FileEntry, pa.RecordBatch]]:
        return zip(files, in_order(partial(self._columns, columns, schema), files))

    def _columns(self, columns: list[str], schema: pa.Schema, file: FileEntry) -> pa.RecordBatch:
        name = self._output.place.path_of(file.name)
        return decode_columns(self._output.read(file), name, columns, schema)

    def _add(self, what: str, rows: pa.RecordBatch, file: FileEntry | None = None) -> None:
        name = () if file is None else (borrowed(file.name.encode()),)
        with exported(rows) as batch:
            call(f"verger_duplicates_add_{what}", self._pointer, *name, *batch)

    def _parts_to_read(self) -> list[str]:
        batch = take_batch("verger_duplicates_needed_parts", self._pointer)
        return rules.texts_of(batch.column(0))
