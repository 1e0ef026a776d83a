"""The index as Python has it; what it finds, core/search/index_test.cc has."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest

import verger
from verger.errors import BadCall, BadInput


def rows_of(batch: pa.RecordBatch) -> list[tuple[int, int, float]]:
    return list(zip(*(column.to_pylist() for column in batch.columns)))


def cosine(a: list[float], b: list[float]) -> float:
    dot = math.fsum(x * y for x, y in zip(a, b))
    return 1 - dot / math.sqrt(math.fsum(x * x for x in a) * math.fsum(y * y for y in b))


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_it_finds_what_comparing_all_finds(features: pa.RecordBatch, metric: str) -> None:
    vectors = features.column(0).to_pylist()  # of which the fourth is null
    index = verger.Index(12, metric, threads=2)
    index.add(features.slice(0, 150))
    index.add(features.slice(150))
    neighbours = rows_of(index.find(features, most=5))
    distance = cosine if metric == "cosine" else math.dist
    expected = []
    for query, vector in enumerate(vectors):
        if vector is None:
            continue
        apart = [(distance(vector, row), at) for at, row in enumerate(vectors) if row is not None]
        expected += [(query, at, far) for far, at in sorted(apart)[:5]]
    assert [row[:2] for row in neighbours] == [row[:2] for row in expected]
    assert [row[2] for row in neighbours] == pytest.approx([row[2] for row in expected], abs=1e-12)


def test_a_row_is_not_its_own_neighbour(features: pa.RecordBatch) -> None:
    index = verger.Index(12)
    index.add(features)
    own = pa.RecordBatch.from_arrays(
        [features.column(0), pa.array(range(200), pa.int32())], names=["features", "row"]
    )
    with_own = rows_of(index.find(features, most=3))
    without = rows_of(index.find(own, most=2))
    assert all(query != row for query, row, _ in without)
    assert without == [row for row in with_own if row[0] != row[1]]


def test_features_outlive_the_batch_they_came_in() -> None:
    index = verger.Index(2)
    for number in range(50):
        values = pa.array([[float(number), 1.0]], pa.list_(pa.float32()))
        index.add(pa.RecordBatch.from_arrays([values], names=["features"]))
    queries = pa.RecordBatch.from_arrays([pa.array([[30.0, 1.0]])], names=["features"])
    assert rows_of(index.find(queries, most=1)) == [(0, 30, 0.0)]


def test_wrong_calls(features: pa.RecordBatch) -> None:
    for dimension in (0, 65537, 1.5, "12"):
        with pytest.raises(BadCall, match="whole number from 1 to 65536"):
            verger.Index(dimension)  # type: ignore[arg-type]
    with pytest.raises(BadCall, match="metric 'manhattan': there are cosine and euclidean"):
        verger.Index(12, "manhattan")
    index = verger.Index(11)
    with pytest.raises(BadInput, match="row 0 has 12 features where 11"):
        index.add(features)
    for most in (0, -1, 2.5):
        with pytest.raises(BadCall, match="1 or more"):
            index.find(features, most=most)  # type: ignore[arg-type]
