"""What the package's tests share: a few drawn photos, and features made up."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest


@pytest.fixture(scope="session")
def golden() -> Path:
    """A folder of 6 drawn photos, JPEG and PNG."""
    return Path(__file__).resolve().parents[2] / "tests" / "golden" / "photos"


@pytest.fixture(scope="session")
def contents(golden: Path) -> list[bytes]:
    """Those photos, in the order of their names."""
    photos = [file.read_bytes() for file in sorted(golden.iterdir())]
    assert len(photos) == 6
    return photos


@pytest.fixture(scope="session")
def features() -> pa.RecordBatch:
    """200 rows of 12 features with unlike variances, the fourth of them null."""
    numbers = random.Random(7)
    rows = [[numbers.gauss(axis, 1 + axis) for axis in range(12)] for _ in range(200)]
    column = pa.array(
        [None if row == 3 else rows[row] for row in range(200)], pa.list_(pa.float32())
    )
    return pa.RecordBatch.from_arrays([column], names=["features"])


@pytest.fixture
def python_handler() -> Iterator[None]:
    """A shell starts a program in the background with SIGINT ignored: set Python's handler."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
