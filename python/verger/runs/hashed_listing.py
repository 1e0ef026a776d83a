"""A listing whose paths are hashed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

import pyarrow as pa

from verger.runs.batch_store import BatchStore
from verger.runs.photo_batches import Row, in_batches, is_unread, pieces, rows_of, unread_row

_ROWS_AT_ONCE = 1 << 17


def hash_of(path: str) -> str:
    """Return the SHA-256 that replaces a path where paths are hashed."""
    return hashlib.sha256(path.encode()).hexdigest()


def hashed_listing(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a listing with each path replaced by `hash_of` it, in the order of the
    hashes.

    Labels stay; `file` is the file to open. Folders that could not be listed have one row, "/", for
    hashes do not show what lies in them. Reads all batches before the first is yielded.

    Errors: StorageError if what is set aside cannot be written.
    Cost:   memory for 2^17 rows, or a 256th of all if that is more; the others in a BatchStore.
            6 us a photo.
    """
    # Hashes are spread evenly, so their first byte cuts rows into ranges of about equal size.
    ranges: defaultdict[str, list[int]] = defaultdict(list)
    store = BatchStore()
    unread: list[str] = []
    for rows in pieces(_hashed_rows(batches, unread), _ROWS_AT_ONCE):
        parts: defaultdict[str, list[Row]] = defaultdict(list)
        for row in rows:
            parts[row[0][:2]].append(row)
        for name, part in parts.items():
            ranges[name] += map(store.add, in_batches(part))
    if unread:
        yield from in_batches([unread_row("")])  # "/" sorts before the digits of hashes
    for name in sorted(ranges):
        rows = [row for number in ranges[name] for row in rows_of(store.read(number))]
        yield from in_batches(sorted(rows))


def _hashed_rows(batches: Iterable[pa.RecordBatch], unread: list[str]) -> Iterator[Row]:
    for path, label, size, modified, problem, file in chain.from_iterable(map(rows_of, batches)):
        if is_unread(path):
            unread.append(path)
            continue
        raw = path.encode() if file is None else file
        yield hash_of(path), label, size, modified, problem, raw
