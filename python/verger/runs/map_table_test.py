"""Maps: the program and the package make the same table."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import verger
from verger.errors import BadCall, BadInput
from verger.runs.interop_test import extracted, options, photos, pytestmark
from verger.runs.interop_test import verger as program

__all__ = ["extracted", "options", "photos", "pytestmark"]


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_it_is_what_the_program_writes(extracted: Path, tmp_path: Path, metric: str) -> None:
    file = tmp_path / "map.parquet"
    arguments = ["--neighbors", "4", "--metric", metric, "--features"]
    assert (
        program("map", extracted, file, *arguments) == f"{file}: 22 photos, 4 neighbours of each\n"
    )
    table = verger.map_table(extracted, neighbors=4, metric=metric, features=True)
    written = pq.read_table(file)
    assert written.schema.names == table.schema.names
    assert written.to_pylist() == table.to_pylist()


def test_its_rows_are_those_of_results_and_their_neighbours(extracted: Path) -> None:
    table = verger.map_table(extracted, neighbors=99).to_pydict()
    results = pq.read_table(extracted / "Results").to_pydict()
    assert table["path"] == results["path"]
    axes = zip(table["projection_x"], table["projection_y"])
    assert list(axes) == [tuple(row[:2]) for row in results["pca_features"]]
    index = verger.Index(len(results["features"][0]))
    rows = pa.RecordBatch.from_pydict({"features": pa.array(results["features"])})
    index.add(rows)
    neighbours = index.find(rows, 99).to_pydict()
    assert [at for row in table["neighbors"] for at in row["ids"]] == neighbours["row"]
    for own, row in enumerate(table["neighbors"]):
        assert sorted(row["ids"]) == list(range(22))
        assert row["distances"] == sorted(row["distances"])
        assert row["distances"][row["ids"].index(own)] == 0


def test_wrong_calls(extracted: Path, photos: Path, options: list[str], tmp_path: Path) -> None:
    with pytest.raises(BadCall, match="1 or more"):
        verger.map_table(extracted, neighbors=0)
    program("map", extracted, tmp_path / "map.csv", check=2)
    program("extract", photos, tmp_path / "out", *options)
    with pytest.raises(BadInput, match="verger reduce"):
        verger.map_table(tmp_path / "out")
    program("map", tmp_path / "out", tmp_path / "map.parquet", check=4)
    program("reduce", tmp_path / "out", "--components", "1")
    with pytest.raises(BadInput, match="a map needs two components"):
        verger.map_table(tmp_path / "out")
    program("map", tmp_path / "out", tmp_path / "map.parquet", check=4)
    assert not (tmp_path / "map.parquet").exists()
