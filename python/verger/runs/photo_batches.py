"""Batches of a listing: their columns, and the rule of names behind them."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Optional, TypeVar

import pyarrow as pa

from verger._arrow import exported, take_batch
from verger._library import borrowed
from verger.runs.files import Files

SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("label", pa.string()),
        ("size", pa.int64()),
        ("modified", pa.int64()),
        ("problem", pa.string()),
        ("file", pa.binary()),
    ]
)
ROWS = 4096  # of a batch

# As in SCHEMA. A path that ends in "/" is that of a folder which could not be listed.
Row = tuple[str, str, Optional[int], Optional[int], Optional[str], Optional[bytes]]
_Item = TypeVar("_Item")


class WalkedName(NamedTuple):
    """A photo or a folder; `row` is its place among the names that were given."""

    row: int
    path: str
    label: str
    problem: str | None  # of a folder: none of its photos would be listed


def walk_names(
    folder: str, root: bytes, names: Sequence[bytes], folders: Sequence[bool], files: Files
) -> list[WalkedName]:
    """Return the photos and folders among all names below `folder`, as verger_walk_names gives
    them.

    `root` is the name of the whole place. Adds to the counts of `files`. Cost: 50 us, and 2 us a
    name.
    """
    columns = [pa.array(names, pa.large_binary()), pa.array(folders, pa.bool_())]
    batch = pa.RecordBatch.from_arrays(columns, names=["name", "folder"])
    below, whole = borrowed(folder), borrowed(root)
    with exported(batch) as columns_of_names:
        counts = ctypes.byref(files.counts)
        walked = take_batch(
            "verger_walk_names", below, whole, int(files.include_hidden), *columns_of_names, counts
        )
    return list(map(WalkedName._make, zip(*(column.to_pylist() for column in walked.columns))))


def alike(
    walked: Sequence[WalkedName], folders: Sequence[bool]
) -> Iterator[tuple[WalkedName, list[int]]]:
    """Yield each photo, with no rows, and each path of folders, with the rows of all that print
    alike.
    """
    position = 0
    while position < len(walked):
        name = walked[position]
        position += 1
        if not folders[name.row]:
            yield name, []
            continue
        rows = [name.row]
        while (
            position < len(walked)
            and walked[position].path == name.path
            and folders[walked[position].row]
        ):
            rows.append(walked[position].row)
            position += 1
        yield name, rows


def unread_row(path: str) -> Row:
    """Return the row of a folder that could not be listed."""
    return f"{path}/", "", None, None, None, None


def is_unread(path: str) -> bool:
    """Return whether the row stands for such a folder."""
    return path.endswith("/")


def in_batches(rows: Iterable[Row]) -> Iterator[pa.RecordBatch]:
    """Yield the rows in batches of ROWS."""
    for part in pieces(rows, ROWS):
        columns = [pa.array(values, field.type) for values, field in zip(zip(*part), SCHEMA)]
        yield pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def rows_of(batch: pa.RecordBatch) -> Iterator[Row]:
    """Return the rows of a batch."""
    return zip(*(column.to_pylist() for column in batch.columns))


def pieces(
    items: Iterable[_Item],
    count: int,
    size: Callable[[_Item], int] = lambda item: 0,
    most: int = 1,
) -> Iterator[list[_Item]]:
    """Yield the items, `count` at a time, or fewer as soon as their sizes come to `most`."""
    few: list[_Item] = []
    total = 0
    for item in items:
        few.append(item)
        total += size(item)
        if len(few) == count or total >= most:
            yield few
            few, total = [], 0
    if few:
        yield few


def file_of(path: str, raw: bytes) -> bytes | None:
    """Return the value of the column `file`: the name in storage, None if it is the path."""
    return None if path.encode() == raw else raw
