"""On 64-bit ARM, features are those of x86-64 within the bound of docs/numerics.md."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .conftest import BUILD, EMULATOR, ROOT, UNPACKED

PHOTO = ROOT / "tests" / "golden" / "photos" / "apple.jpg"
BOUND = 1e-5  # of the largest feature, as for other kernels of the engine
CODE = """\
import sys, verger
import pyarrow.parquet as pq
pq.write_table(verger.extract([sys.argv[1]]), sys.argv[2])
"""
LONG = 1200  # seconds


def extract(python: list[str], library: Path, packages: Path, file: Path) -> pa.Table:
    """Extract with that library, by a Python of its processor, and read the rows back here."""
    path = os.pathsep.join([str(ROOT / "python"), str(packages)])
    subprocess.run(
        [*python, "-B", "-c", CODE, PHOTO, file],
        env={**os.environ, "VERGER_LIBRARY": str(library), "PYTHONPATH": path},
        check=True,
        timeout=LONG,
    )
    return pq.read_table(file)


def test_features_are_those_of_x86_64(tmp_path: Path) -> None:
    # With the newest processor, the default, six photos did not end in eight minutes.
    there = [*EMULATOR, "-cpu", "cortex-a72", str(UNPACKED / "root" / "usr" / "bin" / "python3.11")]
    packages = Path(pa.__file__).parents[1]
    arm = extract(there, BUILD / "lib" / "libverger.so", UNPACKED / "wheels", tmp_path / "arm")
    x86 = extract(
        [sys.executable], ROOT / "build" / "lib" / "libverger.so", packages, tmp_path / "x86"
    )
    assert arm.drop_columns("features") == x86.drop_columns("features")
    features = [np.array(table["features"].to_pylist(), np.float64) for table in (arm, x86)]
    assert features[0].shape == (1, 1280)
    difference = np.abs(features[0] - features[1]).max() / features[1].max()
    print(f"largest difference: {difference:.1e} of the largest feature")
    assert difference <= BOUND
