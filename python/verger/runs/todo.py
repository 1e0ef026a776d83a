"""The rows that a run has to produce, of any number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pyarrow as pa

from verger.runs.batch_store import BatchStore
from verger.runs.photo import Photo
from verger.runs.photo_batches import rows_of


class Todo(NamedTuple):
    """A row of verger_plan_todo, which has the meaning of each."""

    path: str
    label: str
    size: int | None
    modified: int | None
    problem: str | None = None
    file: bytes | None = None
    sha256: str | None = None
    error: str | None = None
    part: int | None = None  # index in the plan's parts; None: the photo has to be read
    row: int | None = None  # index among all rows of that part

    @property
    def photo(self) -> Photo:
        """The photo as it was listed."""
        return Photo(*self[:6])

    @property
    def is_taken_over(self) -> bool:
        """Whether the row is copied from a row of a part."""
        return self.part is not None


class TodoRows:
    """Batches of verger_plan_todo: the first in memory, the others set aside on disk."""

    def __init__(self) -> None:
        self.rows = 0
        self._store = BatchStore()

    def add(self, batch: pa.RecordBatch) -> None:
        """Add a batch. Errors: StorageError if it cannot be written to disk."""
        self.rows += batch.num_rows
        self._store.add(batch)

    def cut(self, most: int) -> Iterator[bytes]:
        """Yield all rows, `most` at a time, each time in the order of their paths; for `unpack`."""
        rows: list[pa.RecordBatch] = []
        left = most
        for number in range(len(self._store)):
            batch = self._store.read(number)
            while batch.num_rows > 0:
                rows.append(batch.slice(0, left))
                batch = batch.slice(left)
                left -= rows[-1].num_rows
                if left == 0:
                    yield _pack(rows)
                    rows, left = [], most
        if rows:
            yield _pack(rows)


def unpack(data: bytes) -> list[Todo]:
    """Return the rows of one item of `TodoRows.cut`."""
    with pa.ipc.open_stream(data) as stream:
        return [Todo(*row) for batch in stream for row in rows_of(batch)]


def _pack(batches: list[pa.RecordBatch]) -> bytes:
    table = pa.Table.from_batches(batches).sort_by("path")
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, table.schema, options=options) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())
