"""On 64-bit ARM, photos have Pillow's pixels to the byte, and PCA has the bits of x86-64."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from .conftest import ROOT

LONG = 3600  # seconds; the emulator is many times slower than this machine


@pytest.mark.parametrize("name", ["test_pixels.py", "test_resize.py", "test_pca.py"])
def test_parity_with_other_libraries(emulated: Path, name: str) -> None:
    """The tests of tests/parity that need no more than the core's own programs."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", ROOT / "tests" / "parity" / name],
        env={**os.environ, "VERGER_BUILD": str(emulated)},
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize(
    ("rows", "columns", "components"),
    [(300, 64, "20"), (400, 500, "50"), (200, 256, "0.9"), (600, 1280, "50")],
)
def test_pca_has_the_bits_of_this_machine(
    emulated: Path, tmp_path: Path, rows: int, columns: int, components: str
) -> None:
    """Of a processor with fused multiply-add, which Highway's kernels use on both."""
    random = np.random.default_rng(columns)
    spread = np.exp(-np.arange(columns) / 40)
    features = random.normal(size=(rows, columns)) * spread + 3
    features.astype(np.float32).tofile(tmp_path / "features.f32")
    results = []
    for build in (emulated, ROOT / "build"):
        outputs = [tmp_path / "pca.json", tmp_path / "scores.f32"]
        tool = [build / "tests" / "verger_pca_tool", tmp_path / "features.f32"]
        options = [str(columns), components, "centred"]
        subprocess.run([*tool, *options, *outputs], check=True, capture_output=True, timeout=LONG)
        results.append([file.read_bytes() for file in outputs])
        for file in outputs:
            file.unlink()
    assert results[0] == results[1]
