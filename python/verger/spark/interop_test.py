"""The program and the chain of this package do the same with what grows, goes and is kept."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from verger.runs.manifest import HASH, Manifest
from verger.spark.conftest import COMPONENTS, Orchard
from verger.spark.summary import summary_json

ROOT = Path(__file__).resolve().parents[3]
VERGER = Path(os.environ.get("VERGER_BUILD", ROOT / "build")) / "verger"
pytestmark = pytest.mark.skipif(
    not VERGER.is_file(), reason=f"NOT TESTED: {VERGER} is not there: run 'make build'"
)
# What differs between two runs of one and the same program, or only one of the two can tell.
OWN = ("seconds", "photos_per_second", "s3")
# Of both, what ChainOnSpark calls it.
SPELLED = {"sync": "--sync", "keep_pca": "--keep-pca", "path_mode": "--path-mode=hash"}
Run = Callable[..., dict[str, Any]]


def verger(*arguments: str | Path, check: int = 0) -> str:
    """Runs the program; what it prints."""
    done = subprocess.run(
        [VERGER, *arguments], capture_output=True, encoding="utf-8", timeout=300, check=False
    )
    assert done.returncode == check, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout


def by_the_program(orchard: Orchard, **options: Any) -> dict[str, Any]:
    """A run of the program; its JSON summary."""
    spelled = [SPELLED[name] for name in options]
    if "keep_pca" not in options:
        spelled.append(f"--components={COMPONENTS.components}")
    return dict(json.loads(verger(*command(orchard), *spelled, "--json")))


def command(orchard: Orchard) -> list[str | Path]:
    model: list[str | Path] = ["--model", orchard.network, "--preset", "torchvision"]
    return ["run", orchard.photos, orchard.out, *model]


def by_this_package(orchard: Orchard, **options: Any) -> dict[str, Any]:
    """A run of the chain; its JSON summary."""
    return dict(json.loads(summary_json(orchard.run(**options), orchard.summary)))


def rows(orchard: Orchard) -> list[dict[str, Any]]:
    """All of Preprocessing, by path."""
    return list(pq.read_table(orchard.out / "Preprocessing").sort_by("path").to_pylist())


def assert_both_do_the_same(orchard: Orchard, **options: Any) -> dict[str, Any]:
    """Both go on with the same output, each on a copy of its own. The program's is kept."""
    original, copy = orchard.out, orchard.out.with_name("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(original, copy)
    orchard.out = copy
    ours, mine, manifest = by_this_package(orchard, **options), rows(orchard), orchard.latest()
    assert "is whole" in verger("verify", copy)
    orchard.out = original
    theirs = by_the_program(orchard, **options)
    for name in OWN:
        ours.pop(name, None)
        theirs.pop(name, None)
    assert_near(ours.pop("drift", {}), theirs.pop("drift", {}))
    assert_near(ours.pop("explained_variance"), theirs.pop("explained_variance"))
    assert ours == theirs
    assert mine == rows(orchard)
    assert_same_manifest(manifest, orchard.latest())
    # And each finds nothing to do in what the other has made.
    for out, run in ((copy, by_the_program), (original, by_this_package)):
        orchard.out = out
        before = orchard.latest()
        assert run(orchard, **options)["extracted"] == 0
        assert orchard.latest() == before, run.__name__
    return theirs


def assert_near(actual: Any, expected: Any) -> None:
    assert actual == pytest.approx(expected, rel=1e-6, abs=1e-9)


def assert_same_manifest(ours: Manifest, theirs: Manifest) -> None:
    """But for how many parts there are, and last bits."""
    for name in ("photos", "path_mode", "labels", "model", "rejects", "rows", "inputs"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert ours.reduction is not None
    assert theirs.reduction is not None
    assert asdict(ours.reduction.settings) == asdict(theirs.reduction.settings)
    for manifest in (ours, theirs):
        assert manifest.reduction is not None
    fitted = [m.reduction.moments == m.moments.sha256 for m in (ours, theirs) if m.reduction]
    assert fitted[0] == fitted[1]


@pytest.fixture(params=["program first", "package first"])
def grown(request: pytest.FixtureRequest, orchard: Orchard) -> Orchard:
    """An output; then photos came, went, changed and came twice."""
    (orchard.photos / "Label 0" / "bad.jpg").write_bytes(b"no photo")
    (by_the_program if request.param == "program first" else by_this_package)(orchard)
    change(orchard)
    return orchard


def change(orchard: Orchard) -> None:
    (orchard.photos / "Label 0" / "bad.jpg").unlink(missing_ok=True)
    orchard.plant(4, first=20)
    orchard.photo(3).unlink()
    orchard.photo(4).unlink()
    content = orchard.photo(6).read_bytes()
    orchard.photo(5).write_bytes(content)
    (orchard.photos / "Label 1" / "copy.jpg").write_bytes(content)


def test_rows_of_missing_photos(grown: Orchard) -> None:
    summary = assert_both_do_the_same(grown)
    assert (summary["inputs"], summary["vanished_kept"], summary["extracted"]) == (25, 2, 4)
    summary = assert_both_do_the_same(grown, sync=True)
    assert (summary["inputs"], summary["vanished_kept"], summary["extracted"]) == (23, 0, 0)


def test_a_kept_pca(grown: Orchard) -> None:
    summary = assert_both_do_the_same(grown, keep_pca=True)
    assert summary["components"] == COMPONENTS.components
    grown.plant(3, first=30)
    assert_both_do_the_same(grown)
    latest = grown.latest()
    assert latest.reduction is not None
    assert latest.reduction.moments == latest.moments.sha256, "it was fitted again"


@pytest.mark.parametrize("first", [by_the_program, by_this_package])
def test_hashed_paths(orchard: Orchard, first: Run) -> None:
    first(orchard, path_mode=HASH)
    change(orchard)
    assert_both_do_the_same(orchard, path_mode=HASH)
    assert all(b"frame_" not in f.read_bytes() for f in orchard.out.rglob("*") if f.is_file())
    verger(*command(orchard), check=2)


@pytest.mark.parametrize("mode", ["plain", "hash"])
def test_what_a_killed_run_of_the_other_mode_left_is_not_taken(orchard: Orchard, mode: str) -> None:
    """Its rows must not be kept as those of photos that are gone."""
    other, options = ({"path_mode": HASH}, {}) if mode == "plain" else ({}, {"path_mode": HASH})
    by_this_package(orchard, **other)
    for file in (orchard.out / "_verger").glob("*-*"):
        file.unlink()
    summary = by_the_program(orchard, **options)
    assert (summary["inputs"], summary["vanished_kept"]) == (20, 0)
    assert {len(row["path"]) == 64 for row in rows(orchard)} == {mode == "hash"}
