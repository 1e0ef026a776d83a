"""On 64-bit ARM, photos have Pillow's pixels to the byte, and PCA is within its bounds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT

LONG = 1200  # seconds; the emulator is several times slower than this machine


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
