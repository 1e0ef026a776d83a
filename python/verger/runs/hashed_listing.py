"""A listing that tells no path."""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import IO

import pyarrow as pa

from verger.errors import StorageError
from verger.runs.photo_batches import SCHEMA, Row, in_batches, pieces

_ROWS_AT_ONCE = 1 << 17


def hash_of(path: str) -> str:
    """What stands for a path where paths are hashed."""
    return hashlib.sha256(path.encode()).hexdigest()


def hashed_listing(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The rows of a listing with each path replaced by `hash_of` it, in the order of the hashes.

    Labels stay; `file` says what to open. Reads all batches before it gives the first.

    Errors: StorageError if what is set aside cannot be written.
    Cost:   memory for 2^17 rows, or one of 256 of all if that is more; the others in a temporary
            file (TMPDIR). 6 us a photo.
    """
    try:
        with tempfile.TemporaryFile() as file:
            yield from in_batches(_sorted_rows(batches, file))
    except OSError as error:
        folder = tempfile.gettempdir()
        raise StorageError(
            f"cannot set a listing aside in '{folder}': {error.strerror}; make room there, or set "
            "TMPDIR to another folder"
        ) from error


def _sorted_rows(batches: Iterable[pa.RecordBatch], file: IO[bytes]) -> Iterator[Row]:
    # Hashes are spread evenly, so their first byte cuts rows into ranges of about equal size.
    ranges: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)  # offsets and sizes
    for rows in pieces(_hashed_rows(batches), _ROWS_AT_ONCE):
        parts: defaultdict[str, list[Row]] = defaultdict(list)
        for row in rows:
            parts[row[0][:2]].append(row)
        for name, part in parts.items():
            for batch in in_batches(part):
                data = batch.serialize()
                ranges[name].append((file.tell(), data.size))
                file.write(data)
    for name in sorted(ranges):
        found: list[Row] = []
        for offset, size in ranges[name]:
            file.seek(offset)
            batch = pa.ipc.read_record_batch(pa.py_buffer(file.read(size)), SCHEMA)
            found.extend(zip(*(column.to_pylist() for column in batch.columns)))
        found.sort()
        yield from found


def _hashed_rows(batches: Iterable[pa.RecordBatch]) -> Iterator[Row]:
    for batch in batches:
        for path, label, size, modified, problem, raw in zip(
            *(column.to_pylist() for column in batch.columns)
        ):
            file = path.encode() if raw is None else raw
            yield hash_of(path), label, size, modified, problem, file
