"""Parts merge to the whole, and go out again."""

from __future__ import annotations

import json
import pickle
import random
import struct
from typing import Any

import pyarrow as pa
import pytest

from verger.class_moments import ClassMoments, class_moments_of
from verger.errors import BadCall, BadInput


def rows(count: int, seed: int = 3, dimension: int = 5) -> pa.Table:
    """Rows of three labels with features above 0; every tenth has none."""
    chance = random.Random(seed)
    labels = [f"Label {row % 3}" for row in range(count)]
    vectors = [
        None if row % 10 == 9 else [abs(chance.gauss(row % 3, 1)) for _ in range(dimension)]
        for row in range(count)
    ]
    return pa.table({"label": labels, "features": pa.array(vectors, pa.list_(pa.float32()))})


def read_safetensors(data: bytes) -> dict[str, list[Any]]:
    """The arrays of a file. Source: the format's own description (8 bytes, JSON, data)."""
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    arrays: dict[str, list[Any]] = {"labels": json.loads(header.pop("__metadata__")["labels"])}
    for name, one in header.items():
        begin, end = one["data_offsets"]
        kind = {"F64": "d", "F32": "f", "I64": "q"}[one["dtype"]]
        inside = data[8 + size + begin : 8 + size + end]
        arrays[name] = list(struct.unpack(f"<{len(inside) // struct.calcsize(kind)}{kind}", inside))
    return arrays


def assert_same(mine: ClassMoments, expected: ClassMoments) -> None:
    got, want = read_safetensors(mine.save()), read_safetensors(expected.save())
    assert got.keys() == want.keys() == {"labels", "counts", "means", "scatter"}
    assert got["labels"] == want["labels"]
    for name in ("counts", "means", "scatter"):
        assert got[name] == pytest.approx(want[name], rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("transform", ["none", "root"])
def test_parts_merge_to_the_whole_and_go_out_again(transform: str) -> None:
    table = rows(100)
    whole = class_moments_of(table, transform)
    assert whole is not None
    assert whole.count == 90
    first, rest = (class_moments_of(part, transform) for part in (table[:37], table[37:]))
    assert first is not None
    assert rest is not None
    merged = ClassMoments.load(rest.save())
    merged.merge(first)
    assert_same(merged, whole)
    merged.subtract(first)
    assert_same(merged, rest)


def test_means_are_those_of_the_rows() -> None:
    table = rows(60)
    moments = read_safetensors(pickle.loads(pickle.dumps(class_moments_of(table, "none"))).save())
    good = [row for row in table.to_pylist() if row["features"] is not None]
    own = [row["features"] for row in good if row["label"] == "Label 1"]
    assert moments["labels"] == ["Label 0", "Label 1", "Label 2"]
    assert moments["counts"][1] == len(own)
    expected = [sum(column) / len(own) for column in zip(*own)]
    assert moments["means"][5:10] == pytest.approx(expected)


def test_saved_moments_come_back_bit_for_bit() -> None:
    moments = class_moments_of(rows(40))
    assert moments is not None
    assert ClassMoments.load(moments.save()).save() == moments.save()
    with pytest.raises(BadInput):
        ClassMoments.load(moments.save()[:-1])


def test_rows_without_features_are_no_moments() -> None:
    assert (
        class_moments_of(rows(100).filter(pa.array([row % 10 == 9 for row in range(100)]))) is None
    )


def test_wrong_calls_are_named() -> None:
    moments = ClassMoments(5)
    for dimension in (0, 65537, 1.5, True):
        with pytest.raises(BadCall, match="from 1 to 65536"):
            ClassMoments(dimension)  # type: ignore[arg-type]
    with pytest.raises(BadCall, match="'root' or 'none'"):
        moments.add(rows(10), "log")
    with pytest.raises(BadCall, match="column 'label' is null in 1 rows"):
        moments.add(pa.table({"label": ["a", None], "features": [[1.0] * 5] * 2}))
    with pytest.raises(BadCall, match="holds int64: give text"):
        moments.add(pa.table({"label": [1], "features": [[1.0] * 5]}))
    with pytest.raises(BadInput):
        moments.add(pa.table({"label": ["a", "b"], "features": [[1.0] * 5, [1.0] * 4]}))
    assert moments.count == 0
    more = class_moments_of(rows(10))
    assert more is not None
    with pytest.raises(BadCall):
        moments.subtract(more)
