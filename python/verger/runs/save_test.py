"""Tables of features to outputs, which the program goes on with."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import verger
from verger.runs.output import Output
from verger.runs.storage import open_place

PROGRAM = Path(os.environ.get("VERGER_BUILD", "build")) / "verger"


@pytest.fixture(scope="module")
def photos(golden: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos, and one that is none."""
    folder = tmp_path_factory.mktemp("save") / "Fruits"
    shutil.copytree(golden, folder / "golden")
    (folder / "a bad one.jpg").write_bytes(b"no photo")
    return folder


@pytest.fixture(scope="module")
def table(photos: Path) -> pa.Table:
    return verger.extract(photos)


def run_program(*arguments: str | Path) -> str:
    if not PROGRAM.is_file():
        pytest.skip(f"NOT RUN: {PROGRAM} is not built: make build")
    done = subprocess.run(
        [PROGRAM, *arguments], capture_output=True, encoding="utf-8", timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_output_is_the_programs(photos: Path, table: pa.Table, tmp_path: Path) -> None:
    out, expected = tmp_path / "out", tmp_path / "wanted"
    verger.save(table, out)
    run_program("extract", photos, expected, "--max-reject-rate", "1")
    mine, theirs = (Output.open(open_place(place)).extracted() for place in (out, expected))
    for name in ("photos", "path_mode", "labels", "model", "rejects", "rows", "inputs", "moments"):
        assert getattr(mine, name) == getattr(theirs, name), name
    parts = [pq.read_table(place / "Preprocessing") for place in (out, expected)]
    assert parts[0].equals(parts[1])
    assert verger.verify(out) == []


def test_the_program_goes_on_with_it(photos: Path, table: pa.Table, tmp_path: Path) -> None:
    out = tmp_path / "out"
    projected = verger.project(table, verger.fit(table, 2))
    verger.save(projected.slice(1), out)
    run_program("reduce", out, "--components", "2")
    stdout = run_program(
        "run", photos, out, "--max-reject-rate", "1", "--components", "2", "--json"
    )
    summary = json.loads(stdout)
    assert (summary["extracted"], summary["reused"]) == (1, table.num_rows - 1)
    assert verger.verify(out) == []


def test_rows_may_come_in_any_order(table: pa.Table, bucket: Path) -> None:
    halves = [table.slice(2), table.slice(0, 2)]
    verger.save(pa.concat_tables(halves), "s3://fruits/out")
    output = Output.open(open_place("s3://fruits/out"))
    (part,) = output.extracted().preprocessing
    paths = table["path"].to_pylist()
    assert (part.first, part.last) == (min(paths), max(paths))


def without(table: pa.Table, column: str, rows: slice, value: str | None) -> pa.Table:
    """The table with other values in some rows of a column."""
    values = table[column].to_pylist()
    values[rows] = [value]
    index = table.schema.get_field_index(column)
    return table.set_column(index, column, pa.array(values, pa.string()))


def test_what_is_no_table_of_extract_is_refused(table: pa.Table, tmp_path: Path) -> None:
    out = tmp_path / "out"
    wrong = {
        "which network": table.replace_schema_metadata(None),
        "not one of verger.extract": table.drop_columns(["sha256"]),
        "2 rows of the table have this path": pa.concat_tables([table, table.slice(0, 1)]),
        "neither .* features nor an error": table.set_column(
            table.schema.get_field_index("error"), "error", pa.nulls(table.num_rows, pa.string())
        ),
    }
    wrong.update(
        {
            "the sha256 of its photo": without(table, "sha256", slice(1, 2), None),
            "the text of its error": without(table, "error", slice(0, 1), ""),
        }
    )
    for message, one in wrong.items():
        with pytest.raises(verger.BadCall, match=message):
            verger.save(one, out)
    for nothing in (table.slice(0, 0), table.slice(0, 1)):
        with pytest.raises(verger.BadInput, match="nothing to save"):
            verger.save(nothing, out)
    assert list(out.glob("Preprocessing/*")) == []


def test_an_output_that_is_there_stays(table: pa.Table, tmp_path: Path) -> None:
    verger.save(table, tmp_path / "out")
    with pytest.raises(verger.BadCall, match="already has an output: choose another OUT"):
        verger.save(table, tmp_path / "out")
    assert verger.verify(tmp_path / "out") == []
