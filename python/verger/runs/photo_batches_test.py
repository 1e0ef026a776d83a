from __future__ import annotations

import ctypes

import pyarrow as pa
import pytest

from verger._arrow import exported, take_batch
from verger._library import borrowed
from verger._structs import ListingCounts
from verger.errors import BadCall
from verger.runs.files import Files
from verger.runs.photo_batches import ROWS, SCHEMA, Row, alike, in_batches, walk_names


def test_names_come_in_the_order_of_a_walk() -> None:
    names = [b"a", b"a.jpg", b"\xff.jpg", b"\\xff.jpg", b"notes.md", b"\xfe", b"\\xfe"]
    folders = [True, False, False, False, False, True, True]
    walked = walk_names("in", b"root", names, folders, Files())
    assert [(name.path, names[name.row]) for name in walked] == [
        (r"in/\xfe", rb"\xfe"),
        (r"in/\xfe", b"\xfe"),
        (r"in/\xff.jpg", rb"\xff.jpg"),
        (r"in/\xff.jpg (another)", b"\xff.jpg"),
        ("in/a.jpg", b"a.jpg"),
        ("in/a", b"a"),
    ]
    assert [name.problem is None for name in walked] == [True, True, True, False, True, True]
    assert walked[4].label == "in"
    assert [(name.path, rows) for name, rows in alike(walked, folders)] == [
        (r"in/\xfe", [6, 5]),
        (r"in/\xff.jpg", []),
        (r"in/\xff.jpg (another)", []),
        ("in/a.jpg", []),
        ("in/a", [0]),
    ]


def test_no_names_and_names_below_the_root() -> None:
    assert walk_names("", b"root", [], [], Files()) == []
    (name,) = walk_names("", b"ro\xffot", [b"a.jpg"], [False], Files())
    assert (name.path, name.label) == ("a.jpg", r"ro\xffot")


@pytest.mark.parametrize("names", [["name"], ["folder"], ["name", "folder"]])
def test_other_columns_are_refused(names: list[str]) -> None:
    batch = pa.RecordBatch.from_arrays([pa.array([1.5])] * len(names), names=names)
    counts = ctypes.byref(ListingCounts())
    with exported(batch) as columns, pytest.raises(BadCall, match="column 'name'"):
        take_batch("verger_walk_names", borrowed(b""), borrowed(b""), 0, *columns, counts)


def test_rows_come_in_batches() -> None:
    rows: list[Row] = [(str(n), "label", n, None, None, None) for n in range(ROWS + 1)]
    batches = list(in_batches(rows))
    assert [batch.num_rows for batch in batches] == [ROWS, 1]
    assert all(batch.schema == SCHEMA for batch in batches)
