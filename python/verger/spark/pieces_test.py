"""Pieces become whole again, however batches cut them; tests/spark has Spark cut them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from verger.spark.pieces import bounds_bytes, whole

VALUES = [b"abcd", None, b"", b"efgh" * 3, b"i", b"jk" * 5]


def cut(values: list[bytes | None], piece: int = 4) -> pa.RecordBatch:
    """As in_pieces cuts them, with another column, of their numbers."""
    rows = []
    for number, value in enumerate(values):
        pieces = [value]
        if value is not None and len(value) > piece:
            pieces = [value[at : at + piece] for at in range(0, len(value), piece)]
        for at, data in enumerate(pieces):
            rows.append((number, data, len(pieces) - 1 - at))
    kinds = {"number": pa.int64(), "_verger_piece": pa.binary(), "_verger_left": pa.int32()}
    columns = [pa.array(column, kind) for column, kind in zip(zip(*rows), kinds.values())]
    return pa.RecordBatch.from_arrays(columns, names=list(kinds))


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_values_come_back_whole(rows: int) -> None:
    all_rows = cut(VALUES)
    batches = [all_rows.slice(at, rows) for at in range(0, all_rows.num_rows, rows)]
    table = pa.Table.from_batches(whole(batches, "content"))
    assert table.to_pydict() == {"number": list(range(len(VALUES))), "content": VALUES}


def test_what_was_not_cut_stays() -> None:
    batch = pa.RecordBatch.from_arrays([pa.array(VALUES)], names=["content"])
    assert list(whole([batch], "content")) == [batch]


class Session:
    """A session whose configuration says one thing, or does not know it."""

    def __init__(self, value: str | None) -> None:
        self.value, self.conf = value, self

    def get(self, name: str) -> str:
        if self.value is None:
            raise RuntimeError(f"SQL_CONF_NOT_FOUND: {name}")
        return self.value


@pytest.mark.parametrize(
    ("value", "bounded"),
    [(None, False), ("67108864b", True), ("67108864", True), ("2147483646b", False), ("1g", False)],
)
def test_a_bound_of_spark_s_own_must_be_below_arrow_s(value: str | None, bounded: bool) -> None:
    session: Any = Session(value)
    assert bounds_bytes(session) is bounded
