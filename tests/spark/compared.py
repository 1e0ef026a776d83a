"""The program's output of the same photos, and how near another comes to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from program import manifest, verger

FEATURES = 1e-6  # of the largest
SCORES = 1e-5
BAD_PHOTOS = {
    "Label 0/no photo.jpg": b"<html>not found</html>",
    "Label 1/empty.jpg": b"",
    "Label 1/cut off.jpg": None,  # half of another photo
}


def spoil(photos: Path) -> list[str]:
    """Puts a few photos that cannot be decoded among the others, and returns their paths."""
    good = next(photos.rglob("frame_*.jpg")).read_bytes()
    for path, content in BAD_PHOTOS.items():
        (photos / path).write_bytes(good[: len(good) // 2] if content is None else content)
    return sorted(BAD_PHOTOS)


def matrix(column: pa.ChunkedArray) -> npt.NDArray[np.float32]:
    """A column of vectors of one length."""
    return np.array(column.to_pylist(), np.float32)


def difference(actual: pa.ChunkedArray, expected: pa.ChunkedArray) -> float:
    """The largest, by the largest number that is wanted."""
    a, b = matrix(actual), matrix(expected)
    assert a.shape == b.shape
    return float(np.abs(a - b).max() / np.abs(b).max())


def rejects(out: Path) -> list[dict[str, str]]:
    """Paths and reasons, as the manifest has them."""
    return list(manifest(out)["rejects"])


def assert_as_the_program(actual: Path, expected: Path) -> None:
    """Two outputs of the same photos agree, and the program finds nothing wrong with the first."""
    verger("verify", actual)
    ours, theirs = (pq.read_table(out / "Results").sort_by("path") for out in (actual, expected))
    assert ours.schema.names == theirs.schema.names
    for name in ("path", "label"):
        assert ours[name].to_pylist() == theirs[name].to_pylist()
    assert difference(ours["features"], theirs["features"]) <= FEATURES
    assert difference(ours["pca_features"], theirs["pca_features"]) <= SCORES
    assert rejects(actual) == rejects(expected)
    for key in ("inputs", "rows", "labels", "model"):
        assert manifest(actual)[key] == manifest(expected)[key]


def the_same_photo(photos: Path) -> Callable[[str], str]:
    """The program's path of what Spark's binaryFile calls by its whole URL."""
    return lambda url: url.removeprefix("file:").lstrip("/").removeprefix(f"{photos}"[1:] + "/")
