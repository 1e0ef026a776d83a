"""The wheel for 64-bit ARM runs the whole chain, and its output is that of x86-64."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from verger._version import VERSION

from .conftest import EMULATOR, ROOT, UNPACKED

PHOTOS = ROOT / "tests" / "golden" / "photos"
BOUND = 1e-5  # of the largest feature, as for other kernels of the engine
RUN = (
    "--components",
    "2",
    "--max-reject-rate",
    "0.5",
    "--threads",
    "1",
    "--batch",
    "2",
    "--no-report",
)
LONG = 1800  # seconds


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The wheel's program, beside pyarrow as pip puts it, under the emulator."""
    [wheel] = (ROOT / "dist" / "arm64").glob("verger-*_aarch64.whl")
    site = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (site / "pyarrow").symlink_to(UNPACKED / "wheels" / "pyarrow")
    file = site / "verger" / "bin" / "verger"
    file.chmod(0o755)  # as pip makes it; zipfile does not
    return [*EMULATOR, "-cpu", "cortex-a72", str(file)]


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six photos of two labels, and one that is damaged."""
    folder = tmp_path_factory.mktemp("orchard")
    for number, photo in enumerate(sorted(PHOTOS.iterdir())):
        label = folder / ("even", "odd")[number % 2]
        label.mkdir(exist_ok=True)
        shutil.copy(photo, label)
    (folder / "even" / "broken.jpg").write_bytes((PHOTOS / "apple.jpg").read_bytes()[:500])
    return folder


def call(program: list[str], *arguments: str | Path) -> str:
    done = subprocess.run(
        [*program, *map(str, arguments)], capture_output=True, text=True, timeout=LONG, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def rows(out: Path, part: str) -> pa.Table:
    """A part of the output, by the photos' names."""
    table = pq.read_table(out / part)
    return table.sort_by("path")


def assert_close(arm: pa.Table, x86: pa.Table, name: str) -> None:
    """The vectors of photos without an error."""
    vectors = [
        np.array([row for row in table[name].to_pylist() if row is not None], np.float64)
        for table in (arm, x86)
    ]
    assert vectors[0].shape == vectors[1].shape
    difference = np.abs(vectors[0] - vectors[1]).max() / np.abs(vectors[1]).max()
    print(f"{name}: {difference:.1e} of the largest")
    assert difference <= BOUND


def test_it_is_a_program(program: list[str]) -> None:
    assert call(program, "--version").split()[-1] == VERSION


def test_a_run_is_that_of_x86_64(program: list[str], orchard: Path, tmp_path: Path) -> None:
    built = [str(ROOT / "build" / "verger")]
    outs = {name: tmp_path / name for name in ("arm", "x86")}
    call(program, "run", orchard, outs["arm"], *RUN)
    call(built, "run", orchard, outs["x86"], *RUN)
    for out in outs.values():
        call(built, "verify", out)
        call(program, "verify", out)
    arm, x86 = (rows(out, "Preprocessing") for out in outs.values())
    assert arm.drop_columns("features") == x86.drop_columns("features")
    assert [bool(error) for error in arm["error"].to_pylist()].count(True) == 1
    assert_close(arm, x86, "features")
    arm, x86 = (rows(out, "Results") for out in outs.values())
    assert arm.schema == x86.schema
    assert arm["path"] == x86["path"]
    assert_close(arm, x86, "pca_features")
    by_arm, by_x86 = (
        json.loads(call(of, "show", outs["arm"], "--json")) for of in (program, built)
    )
    assert by_arm == by_x86
