"""Verger's PCA against scikit-learn 1.9.1's PCA(svd_solver="full"), in float64.

Axes agree to 1e-5 after the sign rule, explained variance ratios to 1e-8. Where eigenvalues are
equal, no solver's axes mean anything: there the spaces they span are compared instead.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[2]
TOOL = Path(os.environ.get("VERGER_BUILD", ROOT / "build")) / "tests" / "verger_pca_tool"

AXES = 1e-5
RATIOS = 1e-8
# Scores are float32, and of the magnitude of the largest.
SCORES = 1e-6


@dataclass(frozen=True)
class Fitted:
    """What verger_pca_tool wrote."""

    mean: np.ndarray
    axes: np.ndarray
    variance: np.ndarray
    ratios: np.ndarray
    scores: np.ndarray


def run_tool(
    folder: Path, features: np.ndarray, components: float, scores: str = "centred"
) -> subprocess.CompletedProcess[str]:
    features.tofile(folder / "features.f32")
    command: list[str | Path] = [TOOL, folder / "features.f32", str(features.shape[1])]
    command += [str(components), scores, folder / "pca.json", folder / "scores.f32"]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
    )


def fit(folder: Path, features: np.ndarray, components: float, scores: str = "centred") -> Fitted:
    done = run_tool(folder, features, components, scores)
    assert done.returncode == 0, done.stderr
    document = json.loads((folder / "pca.json").read_text())
    axes = np.array(document["components"])
    return Fitted(
        mean=np.array(document["mean"]),
        axes=axes,
        variance=np.array(document["explained_variance"]),
        ratios=np.array(document["explained_variance_ratio"]),
        scores=np.fromfile(folder / "scores.f32", np.float32).reshape(len(features), len(axes)),
    )


def like_features(rows: int, columns: int, seed: int) -> np.ndarray:
    """Rectified, in classes, with a decaying spectrum, as a network's features are."""
    random = np.random.default_rng(seed)
    rank = min(rows, columns, 300)
    basis = random.standard_normal((rank, columns)) * np.arange(1, rank + 1)[:, None] ** -0.6
    classes = random.standard_normal((40, rank))[np.arange(rows) % 40]
    hidden = (classes + 0.4 * random.standard_normal((rows, rank))) @ basis
    hidden += 0.1 * random.standard_normal((rows, columns))
    return np.maximum(hidden - 0.5, 0).astype(np.float32)


def with_constant_columns() -> np.ndarray:
    features = like_features(400, 500, seed=4)
    features[:, ::3] = 0.1
    features[:, 7] = 1e6
    return features


def clustered() -> np.ndarray:
    """Standard deviations in groups of 8: 1e-5 apart within a group, a fifth between groups."""
    random = np.random.default_rng(5)
    rows, columns = 900, 320
    left = np.linalg.qr(random.standard_normal((rows, columns)))[0]
    right = np.linalg.qr(random.standard_normal((columns, columns)))[0]
    group = np.arange(columns) // 8
    return ((left * (0.8**group * (1 - 1e-5 * (np.arange(columns) % 8)))) @ right).astype(
        np.float32
    )


DATA = {
    "wide": lambda: like_features(600, 2048, seed=1),  # fewer rows than columns
    "tall": lambda: like_features(1500, 1280, seed=2),
    "small": lambda: like_features(300, 64, seed=3),  # the dense solver's
    "constant": with_constant_columns,
    "clustered": clustered,
}


def one_thread() -> threadpool_limits:
    """BLAS threads that wait for a busy processor turn a second into ten."""
    return threadpool_limits(limits=1, user_api="blas")


@cache
def data(name: str) -> np.ndarray:
    with one_thread():
        return DATA[name]()


@cache
def reference(name: str) -> PCA:
    """All components, in float64: given float32, scikit-learn computes in float32."""
    with one_thread():
        return PCA(svd_solver="full").fit(data(name).astype(np.float64))


def signed(axes: np.ndarray) -> np.ndarray:
    """The sign rule: the entry of largest magnitude, the first of equals, is positive."""
    largest = axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)]
    return axes * np.sign(largest)[:, None]


def check(ours: Fitted, name: str, centred: bool = True) -> None:
    expected = reference(name)
    count = len(ours.axes)
    axes = signed(expected.components_[:count])
    np.testing.assert_allclose(ours.mean, expected.mean_, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(ours.axes, axes, rtol=0, atol=AXES)
    np.testing.assert_allclose(
        ours.ratios, expected.explained_variance_ratio_[:count], rtol=0, atol=RATIOS
    )
    np.testing.assert_allclose(ours.variance, expected.explained_variance_[:count], rtol=1e-8)
    shift = expected.mean_ if centred else 0
    scores = (data(name).astype(np.float64) - shift) @ axes.T
    np.testing.assert_allclose(ours.scores, scores, rtol=0, atol=SCORES * np.abs(scores).max())


@pytest.mark.parametrize("components", [1, 50])
@pytest.mark.parametrize("name", DATA)
def test_counts(tmp_path: Path, name: str, components: int) -> None:
    ours = fit(tmp_path, data(name), components)
    assert len(ours.axes) == components
    check(ours, name)


def share_count(ratios: np.ndarray, share: float) -> int:
    """scikit-learn's rule for n_components below 1."""
    return int(np.searchsorted(np.cumsum(ratios), share, side="right")) + 1


SHARES = [0.5, 0.8, 0.95, 0.999]


@pytest.mark.parametrize(
    ("name", "share"),
    [("wide", 0.5), ("wide", 0.95), ("tall", 0.5), ("tall", 0.95)]
    + [(name, share) for name in ("small", "constant") for share in SHARES],
)
def test_shares(tmp_path: Path, name: str, share: float) -> None:
    ours = fit(tmp_path, data(name), share)
    assert len(ours.axes) == share_count(reference(name).explained_variance_ratio_, share)
    check(ours, name)


@pytest.mark.parametrize("share", SHARES)
def test_share_count_is_the_rule_of_scikit_learn(share: float) -> None:
    by_share = PCA(n_components=share, svd_solver="full").fit(data("small").astype(np.float64))
    assert by_share.n_components_ == share_count(
        reference("small").explained_variance_ratio_, share
    )


def test_spark_scores_are_not_centred(tmp_path: Path) -> None:
    check(fit(tmp_path, data("tall"), 10, "spark"), "tall", centred=False)


def test_equal_eigenvalues_span_the_same_space(tmp_path: Path) -> None:
    """Each column alone varies, by +-1 in rows of its own: 30 equal eigenvalues, then 270.

    30 is more than the solver's block holds, so it also shows that none is passed over.
    """
    columns = 300
    features = np.zeros((2 * columns, columns), np.float32)
    size = np.where(np.arange(columns) < 30, 2, 1).astype(np.float32)
    features[np.arange(columns), np.arange(columns)] = size
    features[np.arange(columns) + columns, np.arange(columns)] = -size
    with one_thread():
        expected = PCA(svd_solver="full").fit(features.astype(np.float64))
    for count in (30, 45):
        ours = fit(tmp_path, features, count)
        np.testing.assert_allclose(
            ours.ratios, expected.explained_variance_ratio_[:count], rtol=0, atol=RATIOS
        )
        np.testing.assert_allclose(ours.axes @ ours.axes.T, np.eye(count), atol=1e-12)
        np.testing.assert_allclose(
            ours.axes[:30].T @ ours.axes[:30],
            expected.components_[:30].T @ expected.components_[:30],
            atol=AXES,
        )


def test_too_many_components_are_refused(tmp_path: Path) -> None:
    done = run_tool(tmp_path, data("small")[:12], 30)
    assert done.returncode == 1
    assert "12 photos allow at most 11" in done.stderr
