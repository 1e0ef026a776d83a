"""Counts and shares as NumPy and others have them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

import verger
from verger.extractor import Extractor, read_count
from verger.moments import read_components


class Five:
    """A whole number of someone else's."""

    def __index__(self) -> int:
        return 5


class Half:
    """A number of someone else's."""

    def __float__(self) -> float:
        return 0.5


def test_what_stands_for_a_number_is_taken() -> None:
    assert read_components(Five()) == (5, 0.0)  # type: ignore[arg-type]
    assert read_components(Half()) == (0, 0.5)  # type: ignore[arg-type]
    assert read_count("threads", Five(), 8) == 5
    assert verger.Moments(Five()).count == 0  # type: ignore[arg-type]


def test_numbers_of_numpy_are_taken(features: pa.RecordBatch) -> None:
    np = pytest.importorskip("numpy", reason="NOT RUN: NumPy is not installed")
    table = pa.Table.from_batches([features])
    plain = verger.fit(table, components=5).to_json()
    for kind in (np.int8, np.int32, np.int64, np.uint16):
        assert verger.fit(table, components=kind(5)).to_json() == plain
    for kind in (np.float32, np.float64):
        assert read_components(kind(0.5)) == (0, 0.5)
    assert Extractor(verger.Model.open(), np.int32(1), np.int64(4)).threads == 1
    with pytest.raises(verger.BadCall):
        read_components(np.bool_(True))
    with pytest.raises(verger.BadCall):
        read_count("threads", np.bool_(True), 8)


@pytest.mark.parametrize(
    "number", [True, False, 0, -1, 65537, 1.0, 1.5, 0.0, float("nan"), "5", b"5", None, [5]]
)
def test_what_is_neither_a_count_nor_a_share_is_refused(number: Any) -> None:
    with pytest.raises(verger.BadCall, match="give a number of components"):
        read_components(number)


@pytest.mark.parametrize("dimension", [True, 0, -1, 65537, 1.5, "5", None])
def test_what_is_no_dimension_is_refused(dimension: Any) -> None:
    with pytest.raises(verger.BadCall, match="give a whole number from 1 to 65536"):
        verger.Moments(dimension)
