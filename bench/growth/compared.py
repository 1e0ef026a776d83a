"""Holds two outputs against each other, before any time counts."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.fs
import pyarrow.parquet as pq
from features import Floats

Rows = tuple[list[str], Floats]


def features(place: Path | str, filesystem: pyarrow.fs.FileSystem | None = None) -> Rows:
    """Paths, sorted, and features (photos x dimension) of an output's Preprocessing.

    Rejects are left out. `place` is a path of `filesystem`, if one is given.
    """
    table = pq.read_table(
        f"{place}/Preprocessing", columns=["path", "features"], filesystem=filesystem
    )
    table = table.filter(table["features"].is_valid()).sort_by("path")
    matrix = np.asarray(table["features"].combine_chunks().flatten()).reshape(len(table), -1)
    return table["path"].to_pylist(), matrix


def features_apart(ours: Rows, reference: Rows) -> float:
    """The largest difference of two outputs' features, by the largest of the reference.

    Errors: AssertionError unless both have the same paths.
    """
    assert ours[0] == reference[0], f"rows differ: {len(ours[0])} and {len(reference[0])}"
    return _apart(ours[1], reference[1])


def pca_apart(ours: Path, reference: Path) -> dict[str, float]:
    """Largest differences of two outputs' PCAs, each by the largest number of the reference.

    Signs are not taken out: axes have theirs fixed (docs/feature-format.md).
    """
    pcas = [json.loads((out / "Model" / "pca.json").read_text()) for out in (ours, reference)]
    names = ("mean", "components", "explained_variance")
    return {name: _apart(*(np.array(pca[name]) for pca in pcas)) for name in names}


def _apart(ours: npt.NDArray[Any], reference: npt.NDArray[Any]) -> float:
    assert ours.shape == reference.shape, f"shapes differ: {ours.shape} and {reference.shape}"
    return float(np.abs(ours - reference).max() / np.abs(reference).max())
