"""The three verbs in one process, against the program."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import verger

PROGRAM = Path(os.environ.get("VERGER_BUILD", "build")) / "verger"


def test_the_numbers_are_the_programs(golden: Path, tmp_path: Path) -> None:
    if not PROGRAM.is_file():
        pytest.skip(f"NOT RUN: {PROGRAM} is not built: make build")
    command: list[str | Path] = [PROGRAM, "run", golden, tmp_path / "out", "--components", "3"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    wanted = pq.read_table(tmp_path / "out" / "Results").sort_by("path")
    found = verger.extract(golden)
    found = verger.project(found, verger.fit(found, components=3))
    assert found.schema.names == ["path", "label", "features", "error", "pca_features"]
    for name in ("path", "label", "features", "pca_features"):
        assert found[name].to_pylist() == wanted[name].to_pylist()


def test_files_may_be_named_one_by_one(golden: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no photo")
    files: list[str | Path] = [
        golden / "plum.jpg",
        bad,
        tmp_path / "nowhere.jpg",
        str(golden / "apple.jpg"),
    ]
    found = verger.extract(files, threads=1)
    assert found["path"].to_pylist() == [os.fspath(file) for file in files]
    assert found["label"].to_pylist() == ["photos", tmp_path.name, tmp_path.name, "photos"]
    assert [row is not None for row in found["features"].to_pylist()] == [True, False, False, True]
    assert found["error"].to_pylist()[2] == "cannot be read: No such file or directory"


def test_no_photos_and_no_features_are_said(tmp_path: Path) -> None:
    with pytest.raises(verger.BadInput, match="no photos in it"):
        verger.extract(tmp_path)
    (tmp_path / "bad.jpg").write_bytes(b"no photo")
    with pytest.raises(verger.BadInput, match="no row that is not null"):
        verger.fit(verger.extract(tmp_path))
