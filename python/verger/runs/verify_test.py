"""Verify reads every file and reports each problem; core/runs/verify_test.cc has the problems."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import verger
from verger.errors import BadInput
from verger.runs.interop_test import VERGER, extracted, options, photos, pytestmark
from verger.runs.storage import LocalPlace

__all__ = ["extracted", "options", "photos", "pytestmark"]


def broken_part(out: Path) -> None:
    part = next((out / "Preprocessing").glob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-1] + b"?")


def lost_results(out: Path) -> None:
    next((out / "Results").glob("*.parquet")).unlink()


def lost_column(out: Path) -> None:
    """In a part of Results that the manifest has like this: one that another version wrote."""
    part = next((out / "Results").glob("*.parquet"))
    pq.write_table(pq.ParquetFile(part).read().drop_columns(["pca_features"]), part)
    (file,) = (out / "_verger").glob("manifest-*.json")
    manifest = json.loads(file.read_bytes())
    (entry,) = manifest["reduction"]["results"]
    data = part.read_bytes()
    entry.update(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    file.write_text(json.dumps(manifest))


def other_pca(out: Path) -> None:
    (out / "Model" / "pca.json").write_text('"verger-pca"')


def foreign_file(out: Path) -> None:
    (out / "Results" / "mine.csv").touch()


@pytest.mark.parametrize("harm", [broken_part, lost_results, lost_column, other_pca, foreign_file])
def test_the_program_tells_the_same(
    extracted: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    out = Path(shutil.copytree(extracted, tmp_path / "out"))
    assert verger.verify(out) == []
    harm(out)
    problems = verger.verify(out)
    result = subprocess.run(
        [VERGER, "verify", str(out)],
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert result.returncode == 5
    assert len(problems) == 1
    assert problems == result.stdout.splitlines()


def test_a_version_that_a_run_removes_is_left_for_the_next(
    extracted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Path(shutil.copytree(extracted, tmp_path / "out"))
    read = LocalPlace.read

    def committing(place: LocalPlace, name: str) -> bytes:
        """As if a run came to its next version just now."""
        manifest = out / "_verger" / "manifest-000001.json"
        if name.startswith("Preprocessing/") and manifest.exists():
            moved = out / "Preprocessing" / "part-00009.parquet"
            part = next((out / "Preprocessing").glob("part-*"))
            text = manifest.read_text()
            text = text.replace(f"Preprocessing/{part.name}", f"Preprocessing/{moved.name}")
            manifest.with_name("manifest-000002.json").write_text(text)
            manifest.unlink()
            part.rename(moved)
        return read(place, name)

    monkeypatch.setattr(LocalPlace, "read", committing)
    assert verger.verify(out) == []
    assert not (out / "_verger" / "manifest-000001.json").exists()


def test_there_must_be_an_output(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="has no output"):
        verger.verify(tmp_path)
