"""Batches in memory, and on disk beyond a bound."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import pyarrow as pa

from verger.errors import StorageError

_IN_MEMORY = 20 << 20  # bytes


class BatchStore:
    """Batches of one schema: the first 20 MB in memory, the others in a file of the folder for
    temporary files (TMPDIR), which has no name and so goes with the process.
    """

    def __init__(self, in_memory: int = _IN_MEMORY) -> None:
        self._left = in_memory
        self._batches: list[pa.RecordBatch | tuple[int, int]] = []  # or offset and size
        self._schema: pa.Schema | None = None
        self._file: IO[bytes] | None = None

    def __len__(self) -> int:
        return len(self._batches)

    def add(self, batch: pa.RecordBatch) -> int:
        """Add a batch and return its number, from 0. Errors: StorageError if the file cannot be
        written.
        """
        self._schema = batch.schema
        if batch.nbytes <= self._left:
            self._left -= batch.nbytes
            self._batches.append(batch)
        else:
            self._left = 0  # so that those in the file are in order
            with _storage():
                if self._file is None:
                    self._file = tempfile.TemporaryFile()  # noqa: SIM115  (it lives as long as this)
                data = batch.serialize()
                self._batches.append((self._file.seek(0, 2), data.size))
                self._file.write(data)
        return len(self._batches) - 1

    def read(self, number: int) -> pa.RecordBatch:
        """Return the batch of a number. Errors: as `add`."""
        entry = self._batches[number]
        if isinstance(entry, pa.RecordBatch):
            return entry
        assert self._file is not None
        with _storage():
            self._file.seek(entry[0])
            data = self._file.read(entry[1])
        return pa.ipc.read_record_batch(pa.py_buffer(data), self._schema)


@contextmanager
def _storage() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"cannot set rows aside in '{tempfile.gettempdir()}': {error.strerror}; make room "
            "there, or set TMPDIR to another folder"
        ) from error
