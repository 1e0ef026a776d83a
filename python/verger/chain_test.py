"""The three verbs in one process, against the program."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import verger
from verger.runs.parts import preprocessing_schema

PROGRAM = Path(os.environ.get("VERGER_BUILD", "build")) / "verger"


def test_the_numbers_are_the_programs(golden: Path, tmp_path: Path) -> None:
    if not PROGRAM.is_file():
        pytest.skip(f"NOT RUN: {PROGRAM} is not built: make build")
    command: list[str | Path] = [PROGRAM, "run", golden, tmp_path / "out", "--components", "3"]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    expected = pq.read_table(tmp_path / "out" / "Results").sort_by("path")
    table = verger.extract(golden)
    table = verger.project(table, verger.fit(table, components=3))
    assert table.schema.names == [*preprocessing_schema().names, "pca_features"]
    for name in ("path", "label", "features", "pca_features"):
        assert table[name].to_pylist() == expected[name].to_pylist()


def test_files_may_be_named_one_by_one(golden: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no photo")
    files: list[str | Path] = [
        golden / "plum.jpg",
        bad,
        tmp_path / "nowhere.jpg",
        str(golden / "apple.jpg"),
    ]
    table = verger.extract(files, threads=1)
    assert table["path"].to_pylist() == [os.fspath(file) for file in files]
    assert table["label"].to_pylist() == ["photos", tmp_path.name, tmp_path.name, "photos"]
    assert [row is not None for row in table["features"].to_pylist()] == [True, False, False, True]
    assert table["error"].to_pylist()[2] == "cannot be read: No such file or directory"


def test_no_photos_and_no_features_are_said(tmp_path: Path) -> None:
    with pytest.raises(verger.BadInput, match="no photos in it"):
        verger.extract(tmp_path)
    (tmp_path / "bad.jpg").write_bytes(b"no photo")
    with pytest.raises(verger.BadInput, match="all its rows are null"):
        verger.fit(verger.extract(tmp_path))


def test_special_files_and_odd_names_are_rows_too(golden: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.jpg")  # opened, it would wait for a writer
    odd = tmp_path / os.fsdecode(b"odd\xff.jpg")
    odd.write_bytes((golden / "plum.jpg").read_bytes())
    table = verger.extract([tmp_path / "fifo.jpg", odd, "no\0name.jpg", tmp_path], threads=1)
    assert table["path"].to_pylist()[1:3] == [f"{tmp_path}/odd\\xff.jpg", "no\\x00name.jpg"]
    bad_name = "its name is not plain UTF-8 text: rename it"
    assert table["error"].to_pylist() == [
        "not a regular file",
        bad_name,
        bad_name,
        "not a regular file",
    ]


def test_project_carries_all_columns_and_makes_its_own_of_no_rows(features: pa.RecordBatch) -> None:
    carried = pa.array(range(200))
    columns, names = [features.column(0), carried, carried], ["features", "a", "a"]
    table = pa.Table.from_arrays(columns, names=names)
    pca = verger.fit(table, 3)
    assert verger.project(table, pca).schema.names == [*names, "pca_features"]
    nothing = pa.table({"features": pa.chunked_array([], features.schema.field(0).type)})
    assert verger.project(nothing, pca).schema.names == ["features", "pca_features"]


def test_limits_reject_and_say_which_option_raises_them(golden: Path) -> None:
    plum = golden / "plum.jpg"
    (few,) = verger.extract([plum], threads=1, max_pixels=1)["error"].to_pylist()
    match = re.fullmatch(r"JPEG: (\d+) x (\d+) pixels, more than --max-pixels 1", few)
    assert match is not None, few
    pixels = int(match[1]) * int(match[2])
    size = plum.stat().st_size
    short = verger.extract([plum], threads=1, max_bytes=size - 1)
    assert short["error"].to_pylist() == [
        f"too large: {size} bytes, more than --max-bytes {size - 1}"
    ]
    enough = verger.extract([plum], threads=1, max_pixels=pixels, max_bytes=size)
    assert enough["error"].to_pylist() == [None]
    for option in ("max_pixels", "max_bytes"):
        with pytest.raises(verger.BadCall, match=f"{option} -1: give 1 to"):
            verger.extract([plum], **{option: -1})  # type: ignore[arg-type]
