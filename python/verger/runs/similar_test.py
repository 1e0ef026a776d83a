"""Similar photos: the program and the package list the same."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

import verger
from verger.errors import BadCall, BadInput
from verger.runs.interop_test import options, photos, pytestmark
from verger.runs.interop_test import verger as program

__all__ = ["options", "photos", "pytestmark"]


@pytest.fixture(scope="module")
def out(photos: Path, options: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of photos of which one is there twice; not to be changed."""
    folder = tmp_path_factory.mktemp("similar")
    twice = Path(shutil.copytree(photos, folder / "photos"))
    first = sorted(photos.glob("Label */frame*"))[0]
    shutil.copy(first, twice / "Label 1" / "again.jpg")
    program("run", twice, folder / "out", *options, "--components", "3")
    return folder / "out"


def good_rows(out: Path) -> pa.Table:
    table = ds.dataset(out / "Preprocessing", format="parquet").to_table()
    return table.filter(table["features"].is_valid()).sort_by("path")


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_it_is_what_the_program_lists(
    out: Path, photos: Path, metric: str, options: list[str]
) -> None:
    model = options[:2]
    files = sorted(photos.glob("Label */frame*"))[:3]
    rows = good_rows(out)["path"].to_pylist()[:2]
    arguments_ = [*map(str, files), "--metric", metric, "--most", "4", *model]
    for row in rows:
        arguments_ += ["--row", row]
    neighbours = verger.similar(
        out, files, rows=rows, most=4, metric=metric, model=model[1]
    ).to_pylist()
    lines = program("similar", out, *arguments_, "--format", "jsonl").splitlines()
    assert neighbours == [json.loads(line) for line in lines]
    table = csv.DictReader(io.StringIO(program("similar", out, *arguments_, "--format", "csv")))
    assert neighbours == [{**row, "distance": float(row["distance"])} for row in table]
    text = program("similar", out, *arguments_)
    assert text.splitlines()[0] == str(files[0])
    assert text.count("\n  0.0000  ") >= 3  # each photo's own row
    assert len(neighbours) == 5 * 4


def test_equal_photos_are_nearest_in_the_order_of_their_paths(out: Path, photos: Path) -> None:
    first = sorted(photos.glob("Label */frame*"))[0]
    own = first.relative_to(photos).as_posix()
    twins = sorted([own, "Label 1/again.jpg"])
    neighbours = verger.similar(out, rows=twins, most=1).to_pydict()
    assert neighbours["query"] == twins
    assert neighbours["path"] == twins[::-1]  # not itself
    assert neighbours["distance"] == [0.0, 0.0]


def test_wrong_calls(out: Path, photos: Path, options: list[str], tmp_path: Path) -> None:
    with pytest.raises(BadCall, match="give a photo"):
        verger.similar(out)
    with pytest.raises(BadInput, match="no row 'none.jpg' with features"):
        verger.similar(out, rows="none.jpg")
    with pytest.raises(BadInput, match="no such photo: give a photo"):
        verger.similar(out, tmp_path / "none.jpg", model=options[1])
    with pytest.raises(BadInput, match="has no output"):
        verger.similar(tmp_path, rows="a")
    with pytest.raises(BadInput, match="are from another network"):
        verger.similar(out, sorted(photos.glob("Label */*"))[0], model="efficientnet-lite1")
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no photo")
    with pytest.raises(BadInput, match="broken.jpg: "):
        verger.similar(out, broken, model=options[1])
