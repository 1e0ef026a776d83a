"""The plan of a run: what is done and what is missing. Reads parts; the library merges them."""

from __future__ import annotations

import ctypes
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import pyarrow as pa

from verger._arrow import exported, take_batch
from verger._handle import Handle
from verger._library import call, take_bytes
from verger._structs import PartContent, PlanOptions
from verger.errors import Damaged
from verger.runs import rules
from verger.runs.ahead import ahead
from verger.runs.contents import Contents
from verger.runs.manifest import HASH, PLAIN, ModelIdentity, PartEntry, Reject, read_part_entry
from verger.runs.output import Output
from verger.runs.parts import (
    MODEL_KEY,
    PRESET_KEY,
    decode_columns,
    own_metadata,
    preprocessing_schema,
)
from verger.runs.place import Missing, Place
from verger.runs.todo import TodoRows

_QUEUE, _PART, _LISTING, _TODO, _NOTHING = range(5)  # verger_plan_request
_COLUMNS = ("path", "label", "size", "modified", "sha256", "error")
_READERS = 4  # checksums take a core, a bucket answers slowly


class QueuedPart(NamedTuple):
    """A part to read: all of it, with its SHA-256, or some columns."""

    name: str
    whole: bool


class PartData(NamedTuple):
    """A part as it was read; bytes, sha256 and metadata only where the whole part was requested."""

    rows: pa.RecordBatch
    bytes: int = 0
    sha256: str | None = None
    metadata: dict[str, str] | None = None


# The type of read_parts.
ReadParts = Callable[[Place, Sequence[QueuedPart]], Iterator["PartData | None"]]


@dataclass
class Plan:
    """The result of a plan: verger_plan_result documents each field."""

    kept_parts: list[PartEntry]
    kept_all_listed: bool
    unlisted: list[str]
    replaced: list[str]
    damaged: list[str]
    parts: list[str]
    rejects: list[Reject]
    labels: set[str]
    listed: int
    vanished: int
    unread: int
    outdated: int
    reused_rows: int
    todo: TodoRows
    contents: Contents

    @property
    def inputs(self) -> int:
        """The number of photos, listed or not, that the plan covers."""
        return self.listed + self.vanished + self.unread


def read_part(place: Place, part: QueuedPart) -> PartData | None:
    """Read a part; return None if it is damaged or missing. Errors: StorageError."""
    display_name = place.path_of(part.name)
    if not part.whole:
        # If this fails, the whole file is read, which distinguishes damage from failing storage.
        with suppress(Damaged, Missing), place.open_file(part.name) as file:
            return PartData(decode_columns(file, display_name, _COLUMNS, preprocessing_schema()))
    data = place.read_if_present(part.name)
    if data is None:
        return None
    try:
        rows = decode_columns(data, display_name, _COLUMNS, preprocessing_schema())
        if not part.whole:
            return PartData(rows)
        sha256 = hashlib.sha256(data).hexdigest()
        return PartData(rows, len(data), sha256, own_metadata(data, display_name))
    except Damaged:
        return None


def read_parts(place: Place, parts: Sequence[QueuedPart]) -> Iterator[PartData | None]:
    """Yield read_part of each part, in order; four at a time, in this process."""
    return ahead(partial(read_part, place), parts, _READERS)


def make_plan(
    output: Output,
    photos: Iterable[pa.RecordBatch],
    model: ModelIdentity,
    sync: bool = False,
    path_mode: str = PLAIN,
    read: ReadParts = read_parts,
    max_pixels: int = 0,
    max_bytes: int = 0,
) -> Plan:
    """Compare the rows of `output` with the listing `photos`, whose paths are as `path_mode` has
    them. `sync` drops the rows of photos that are no longer listed. Rejects of lower limits than
    `max_pixels` and `max_bytes` (0: those of limits()) are tried again.

    Cost:   reads every part but for its features; as a whole those that storage changed since the
            manifest was put, or all if damage was seen in the output. 9 bytes of memory a row.
    Errors: StorageError.
    """
    options = PlanOptions(
        model_sha256=model.sha256.encode(),
        model_identity=model.identity.encode(),
        dimension=model.dimension,
        drop_vanished=sync,
        hashed=path_mode == HASH,
        check_all=output.place.exists(rules.CHECK),
        max_pixels=max_pixels,
        max_bytes=max_bytes,
    )
    plan = _Plan(output, options).run(iter(photos), read)
    if options.check_all and not plan.damaged:
        output.check_is_done()
    return plan


class _Plan(Handle):
    """The handle verger_plan of the library."""

    free = "verger_plan_free"

    def __init__(self, output: Output, options: PlanOptions) -> None:
        self._place = output.place
        with exported(_files_of(output.place)) as files:
            super().__init__("verger_plan_create", output.state.as_c(), *files, options)

    def run(self, photos: Iterator[pa.RecordBatch], read: ReadParts) -> Plan:
        todo, request = TodoRows(), ctypes.c_int()
        parts: Iterator[PartData | None] = iter(())
        while True:
            call("verger_plan_next", self._pointer, ctypes.byref(request))
            if request.value == _QUEUE:
                queue = take_batch("verger_plan_queue", self._pointer)
                rows = zip(*(queue.column(name).to_pylist() for name in ("name", "whole")))
                queued = [QueuedPart(name, bool(whole)) for name, whole in rows]
                parts = read(self._place, queued)
            elif request.value == _PART:
                self._add_part(next(parts))
            elif request.value == _LISTING:
                self._add("verger_plan_add_listing", next(photos, None))
            elif request.value == _TODO:
                todo.add(take_batch("verger_plan_todo", self._pointer))
            else:
                return self._result(todo)

    def _add(self, name: str, batch: pa.RecordBatch | None, *content: Any) -> None:
        if batch is None:
            call(name, self._pointer, *content, None, None)
            return
        with exported(
            batch
        ) as rows:  # the library takes ownership; then `exported` releases nothing
            call(name, self._pointer, *content, *rows)

    def _add_part(self, part: PartData | None) -> None:
        if part is None:
            self._add("verger_plan_add_part", None, None)
            return
        metadata = part.metadata or {}
        texts = (part.sha256, metadata.get(MODEL_KEY), metadata.get(PRESET_KEY))
        sha256, model, identity = (text.encode() if text is not None else None for text in texts)
        content = PartContent(
            bytes=part.bytes, sha256=sha256, model_sha256=model, model_identity=identity
        )
        self._add("verger_plan_add_part", part.rows, ctypes.byref(content))

    def _result(self, todo: TodoRows) -> Plan:
        result = json.loads(take_bytes("verger_plan_result", self._pointer))
        del result["todo"]
        result["kept_parts"] = list(map(read_part_entry, result.pop("kept")))
        result["reused_rows"] = result.pop("taken")
        result["rejects"] = [Reject(**reject) for reject in result["rejects"]]
        result["labels"] = set(result["labels"])
        contents = Contents("verger_plan_contents", self._pointer)
        return Plan(**result, todo=todo, contents=contents)


def _files_of(place: Place) -> pa.RecordBatch:
    files = [
        (f"{folder}/{file.name}", file.bytes, file.modified)
        for folder in (rules.PREPROCESSING, rules.STATE)
        for file in place.list_files(folder)
    ]
    names, sizes, times = zip(*files) if files else ((), (), ())
    columns = [rules.names_of(names).column(0)]
    columns += [pa.array(numbers, pa.int64()) for numbers in (sizes, times)]
    return pa.RecordBatch.from_arrays(columns, names=["name", "bytes", "modified"])
