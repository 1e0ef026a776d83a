"""verger traits: the numbers of the Python package, in every format."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from program import VERGER, run_python, verger
from small_photos import jpeg, plant

MEASURED = ["lab_l", "lab_a", "lab_b", "area", "roundness"]
COLUMNS = ["path", "folder", *MEASURED, "error"]
IN_PYTHON = """
import json, sys, verger
for row in verger.traits(sys.argv[1]).to_pylist():
    print(json.dumps(row))
"""


@pytest.fixture(scope="module")
def harvest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 photos with traits, one without a plain background, and one that is no photo."""
    folder = plant(tmp_path_factory.mktemp("harvest") / "photos", 40)
    shelf = np.random.default_rng(1).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    Image.fromarray(shelf).save(folder / "Label 0" / "shelf.png")
    (folder / "Label 1" / "broken.jpg").write_text("no photo")
    return folder


def rows_of(*arguments: str | bytes | Path, check: int = 0) -> list[dict[str, Any]]:
    result = verger("traits", *arguments, "--format", "jsonl", check=check)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return [dict.fromkeys(COLUMNS) | line for line in lines]


def test_numbers_are_those_of_python(harvest: Path) -> None:
    result = run_python(IN_PYTHON, str(harvest), env=dict(os.environ), timeout=300)
    assert result.returncode == 0, result.stderr
    expected = [json.loads(line) for line in result.stdout.splitlines()]
    for row in expected:
        row["folder"] = row.pop("label")
    rows = rows_of(harvest)
    assert rows == expected
    assert len(rows) == 42
    assert sum(row["area"] is not None for row in rows) == 40
    shelf = next(row for row in rows if row["path"] == "Label 0/shelf.png")
    assert [shelf[name] for name in ("folder", "error", *MEASURED)] == ["Label 0"] + [None] * 6
    broken = next(row for row in rows if row["path"] == "Label 1/broken.jpg")
    assert [broken[name] for name in MEASURED] == [None] * 5
    assert "JPEG" in broken["error"]
    assert rows_of(harvest, "--threads", "1") == rows


def test_formats_say_the_same(harvest: Path) -> None:
    rows = rows_of(harvest)
    text = verger("traits", harvest, "--format", "csv").stdout
    fields = list(csv.DictReader(io.StringIO(text, newline="")))
    assert list(fields[0]) == COLUMNS
    for field, row in zip(fields, rows, strict=True):
        for name in ("path", "folder", "error"):
            assert field[name] == (row[name] or "")
        for name in MEASURED:
            assert (float(field[name]) if field[name] else None) == row[name]
    command: list[str | Path] = [VERGER, "traits", harvest, "--format", "parquet"]
    parquet = subprocess.run(command, capture_output=True, check=True, timeout=300)
    assert parquet.stderr == b""
    table = pq.read_table(io.BytesIO(parquet.stdout))
    assert table.schema.names == COLUMNS
    assert table.to_pylist() == rows
    header, *lines = verger("traits", harvest, "-q").stdout.splitlines()
    assert header.split() == [*MEASURED, "path"]
    for line, row in zip(lines, rows, strict=True):
        *numbers, path = line.split(maxsplit=5)
        if row["area"] is None:
            assert numbers == ["-"] * 5
            assert path.startswith(f"{row['path']}: {row['error'] or 'no plain background'}")
        else:
            assert path == row["path"]
            for number, name in zip(numbers, MEASURED, strict=True):
                assert float(number) == pytest.approx(row[name], abs=0.051)


def test_photos_by_name_and_several_folders(harvest: Path) -> None:
    photo = harvest / "Label 1" / "frame_0001.jpg"
    by_folder = next(row for row in rows_of(harvest) if row["path"] == "Label 1/frame_0001.jpg")
    named, *others = rows_of(photo, harvest / "Label 0")
    assert named == {**by_folder, "path": str(photo)}
    assert len(others) == 21
    assert {row["folder"] for row in others} == {"Label 0"}


def test_names_as_nobody_should_have_them(tmp_path: Path) -> None:
    folder = tmp_path / 'a, "b" | \U0001f34f'
    folder.mkdir()
    names = ["-dash.jpg", "\u6843, \u68a8.jpg", 'q"uo"te;.jpg', "=cmd.jpg"]
    for seed, name in enumerate(names):
        (folder / name).write_bytes(jpeg(seed))
    rows = rows_of(folder)
    assert sorted(row["path"] for row in rows) == sorted(names)
    assert {row["folder"] for row in rows} == {folder.name}
    assert all(row["error"] is None for row in rows)
    text = verger("traits", folder, "--format", "csv").stdout
    fields = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(field["path"], field["folder"]) for field in fields] == [
        (row["path"], row["folder"]) for row in rows
    ]
    with open(os.fsencode(folder) + b"/\x1b[31m\xff\n.jpg", "wb") as file:
        file.write(jpeg(9))
    printable = "\\x1b[31m\\xff\\x0a.jpg"
    for form, around in (("text", 1), ("csv", 1), ("jsonl", 0)):
        result = verger("traits", folder, "--format", form, check=3)
        assert "\x1b" not in result.stdout + result.stderr
        assert "rename it" in result.stdout
        assert len(result.stdout.splitlines()) == 5 + around
        assert (printable if around else json.dumps(printable)) in result.stdout


def test_rejects_and_what_is_not_there(harvest: Path, tmp_path: Path) -> None:
    done = verger("traits", harvest, "--max-pixels", "100", "--format", "csv", check=3)
    assert "42 of 42 photos cannot be measured: see the column error" in done.stderr
    assert len(list(csv.reader(io.StringIO(done.stdout, newline="")))) == 43
    assert "more than --max-pixels 100" in done.stdout
    assert "--max-bytes 10" in verger("traits", harvest, "--max-bytes", "10", check=3).stdout
    assert "none.jpg does not exist" in verger("traits", harvest / "none.jpg", check=4).stderr
    assert "has no photos" in verger("traits", tmp_path, check=4).stderr
    verger("traits", check=2)
    verger("traits", harvest, "--format", "xml", check=2)


def test_a_closed_stdout_is_an_error(harvest: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [VERGER, "traits", harvest], stdout=full, stderr=subprocess.PIPE, timeout=300
        )
    assert done.returncode == 5
    assert b"cannot write to stdout" in done.stderr
