from __future__ import annotations

import math
import random

import pyarrow as pa
import pytest

from verger.drift import Drift, drift_of
from verger.errors import BadInput
from verger.moments import Moments, moments_of
from verger.pca import Pca

DIMENSION = 12
Rows = list[list[float]]


def drawn(seed: int, count: int, away: float = 0.0, along: int = 0) -> Rows:
    """Features with unlike variances, their mean moved along one of them."""
    chance = random.Random(seed)
    rows = [[chance.gauss(0, 1 / (1 + axis)) for axis in range(DIMENSION)] for _ in range(count)]
    for row in rows:
        row[along] += away
    return rows


def counted(rows: Rows) -> Moments:
    column = pa.array(rows, pa.list_(pa.float32()))
    moments = moments_of([pa.RecordBatch.from_arrays([column], names=["features"])])
    assert moments is not None
    return moments


@pytest.fixture(scope="module")
def pca() -> Pca:
    return counted(drawn(1, 500)).fit(3)


def by_the_rows(rows: Rows, pca: Pca) -> Drift:
    """The same from the definition, row by row."""
    centred = [[x - m for x, m in zip(row, pca.mean)] for row in rows]
    mean = [sum(column) / len(rows) for column in zip(*centred)]
    every = sum(x * x for row in centred for x in row)
    inside = sum(
        sum(x * c for x, c in zip(row, axis)) ** 2 for row in centred for axis in pca.components
    )
    total = pca.explained_variance[0] / pca.explained_variance_ratio[0]
    return Drift(
        len(rows),
        math.sqrt(sum(x * x for x in mean) / total),
        1 - inside / every,
        1 - sum(pca.explained_variance_ratio),
    )


@pytest.mark.parametrize("away", [0.0, 2.0])
@pytest.mark.parametrize("along", [0, DIMENSION - 1])
def test_drift_is_that_of_the_rows(pca: Pca, away: float, along: int) -> None:
    rows = drawn(2, 100, away, along)
    drift, expected = drift_of(counted(rows), pca), by_the_rows(rows, pca)
    assert drift.photos == expected.photos == 100
    for name in ("mean_shift", "residual", "expected_residual"):
        assert getattr(drift, name) == pytest.approx(getattr(expected, name), abs=1e-6)


def test_only_photos_of_another_kind_ask_for_another_fit(pca: Pca) -> None:
    assert not drift_of(counted(drawn(3, 400)), pca).refit
    inside, outside = (drift_of(counted(drawn(3, 400, 5.0, along)), pca) for along in (0, 11))
    assert inside.refit, "their mean is far away"
    assert outside.refit
    assert outside.residual > 0.9 > 0.2 > inside.residual


def test_no_photos_have_not_drifted(pca: Pca) -> None:
    assert drift_of(None, pca) == drift_of(Moments(DIMENSION), pca) == Drift()
    assert not Drift().refit
    with pytest.raises(BadInput):
        drift_of(counted([[1.0, 2.0]]), pca)
