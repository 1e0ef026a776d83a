"""Evaluation against scikit-learn 1.9.1: splits, classifiers, metrics."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.calibration import calibration_curve
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score, top_k_accuracy_score

ROOT = Path(__file__).resolve().parents[2]
TOOL = Path(os.environ.get("VERGER_BUILD", ROOT / "build")) / "tests" / "verger_evaluate_tool"

LABELS = 12
DIMENSION = 48
FRAMES = 60
BINS = 15
POINTS = 0.2  # how far our accuracy may be from scikit-learn's

Floats = npt.NDArray[np.float32]


def turning_fruit(seed: int = 3) -> tuple[list[str], Floats]:
    """Photos called as those of Fruits-360; labels lie so near that some answers are wrong."""
    random = np.random.default_rng(seed)
    paths: list[str] = []
    rows = []
    for label in range(LABELS):
        centre = 0.8 * random.normal(size=DIMENSION)
        for axis in ("r0_", "r1_")[: 1 + label % 2] if label else ("", "r_", "r2_"):
            start = centre + 1.5 * random.normal(size=DIMENSION)
            turn = random.normal(size=(2, DIMENSION))
            for frame in range(FRAMES):
                angle = 2 * np.pi * frame / FRAMES
                paths.append(f"label {label:02}/{axis}{frame * 360 // FRAMES}_100.jpg")
                rows.append(start + np.sin(angle) * turn[0] + np.cos(angle) * turn[1])
    noise = random.normal(size=(len(rows), DIMENSION))
    return paths, np.maximum(4 + np.array(rows) + 0.8 * noise, 0).astype(np.float32)


def run_rows(folder: Path, paths: list[str], rows: Floats, *settings: str) -> dict[str, Any]:
    rows.tofile(folder / "features.f32")
    done = subprocess.run(
        [TOOL, "rows", folder / "features.f32", str(rows.shape[1]), *settings],
        input="".join(f"{path}\n" for path in paths),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))


def splits(paths: list[str]) -> dict[str, tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]]:
    """Which photos are trained on, and which are tested, as the documents say it."""
    labels = np.array([path.split("/")[0] for path in paths])
    ranks = np.array([hashlib.sha256(path.encode()).digest()[:8] for path in paths])
    tested = np.zeros(len(paths), dtype=bool)
    for label in np.unique(labels):
        of_label = np.flatnonzero(labels == label)
        order = of_label[np.argsort(ranks[of_label])]
        tested[order[: (len(order) + 2) // 4]] = True
    names = [re.fullmatch(r"(r\d?_)?(\d+)_100\.jpg", path.split("/")[1]) for path in paths]
    angles = np.array([int(name[2]) % 360 for name in names if name])
    first = np.array([name[1] in (None, "r0_") for name in names if name])
    all_splits = {
        "random": (~tested, tested),
        "angle": (angles < 240, (angles >= 250) & (angles < 350)),
        "axis": (first, ~first),
    }
    return {
        name: (train, test & np.isin(labels, labels[train]))
        for name, (train, test) in all_splits.items()
    }


def rooted(rows: Floats) -> Floats:
    roots = np.sqrt(rows)
    return np.asarray(roots / np.linalg.norm(roots, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize("transform", ["none", "root"])
@pytest.mark.parametrize("shrinkage", [0.2, 0.6])
def test_discriminant_analysis_is_scikit_learns(
    tmp_path: Path, transform: str, shrinkage: float
) -> None:
    paths, rows = turning_fruit()
    ours = run_rows(tmp_path, paths, rows, "lda", transform, str(shrinkage))
    theirs = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage)
    compare(ours, theirs, paths, rooted(rows) if transform == "root" else rows)


def test_logistic_regression_is_scikit_learns(tmp_path: Path) -> None:
    paths, rows = turning_fruit()
    ours = run_rows(tmp_path, paths, rows, "logistic", "none", "0.2")
    compare(ours, LogisticRegression(max_iter=5000, tol=1e-6), paths, rows)


def compare(ours: dict[str, Any], theirs: Any, paths: list[str], rows: Floats) -> None:
    labels = np.array([path.split("/")[0] for path in paths])
    wrong = 0.0
    for name, (train, test) in splits(paths).items():
        assert ours[name]["photos_trained"] == train.sum()
        assert ours[name]["photos_tested"] == test.sum()
        theirs.fit(rows[train].astype(np.float64), labels[train])
        answers = theirs.predict(rows[test].astype(np.float64))
        accuracy = (answers == labels[test]).mean()
        assert ours[name]["accuracy"] == pytest.approx(accuracy, abs=POINTS / 100), name
        f1 = f1_score(labels[test], answers, average="macro")
        assert ours[name]["macro_f1"] == pytest.approx(f1, abs=POINTS / 100), name
        wrong += 1 - accuracy
    assert wrong > 0.02, "where all answers are right, nothing is compared"


def test_the_naive_score_is_told_beside_the_honest_one(tmp_path: Path) -> None:
    paths, rows = turning_fruit()
    ours = run_rows(tmp_path, paths, rows, "lda", "root", "0.2")
    honest = ours["honest"]
    least = min(ours[name]["accuracy"] for name in ("angle", "axis", "groups"))
    assert honest["naive"] == ours["random"]["accuracy"]
    assert honest["honest"] == least == ours[honest["split"]]["accuracy"]
    assert honest["inflation"] == pytest.approx(100 * (honest["naive"] - least))
    assert ours["leaks"]["photos_with_leak"] > 0.9 * ours["leaks"]["photos_tested"]


def calibration_error(probabilities: Floats, labels: npt.NDArray[np.int64]) -> float:
    """As Guo et al. have it: bins of equal width, open below."""
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    total = 0.0
    for low in np.arange(BINS) / BINS:
        inside = (confidence > low) & (confidence <= low + 1 / BINS)
        if inside.any():
            total += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
    return total


@pytest.mark.parametrize("seed", range(4))
def test_metrics_are_scikit_learns(tmp_path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)
    count, names = 700, 9
    labels = random.integers(0, names - 1, size=count)  # one label is only ever an answer
    scores = random.normal(size=(count, names)) + 2 * np.eye(names)[labels]
    odds = np.exp(2 * scores)
    probabilities = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
    unknown = random.random(count) < 0.3
    novelty = (random.normal(size=count) + unknown).round(1).astype(np.float32)  # with ties
    probabilities.tofile(tmp_path / "probabilities.f32")
    lines = [
        f"{label} {each!r} {int(new)}"
        for label, each, new in zip(labels, novelty.tolist(), unknown, strict=True)
    ]
    done = subprocess.run(
        [TOOL, "metrics", tmp_path / "probabilities.f32", str(names), "0.1"],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=True,
    )
    ours = {name: float(value) for name, value in map(str.split, done.stdout.splitlines())}
    answers = probabilities.argmax(axis=1)
    sets = (probabilities >= np.float32(0.1)) | (np.arange(names) == answers[:, None])
    bound = np.sort(novelty[unknown])[int(0.05 * unknown.sum())]
    shares, means = calibration_curve(answers == labels, probabilities.max(axis=1), n_bins=BINS)
    theirs = {
        "accuracy": (answers == labels).mean(),
        "macro_f1": f1_score(labels, answers, average="macro", zero_division=0),
        "top3": top_k_accuracy_score(labels, probabilities, k=3, labels=np.arange(names)),
        "calibration_error": calibration_error(probabilities, labels),
        "coverage": sets[np.arange(count), labels].mean(),
        "set_size": sets.sum(axis=1).mean(),
        "auroc": roc_auc_score(unknown, novelty),
        "true_accepts": (novelty[~unknown] < bound).mean(),
        **{f"accuracy_{bin}": share for bin, share in enumerate(shares)},
        **{f"probability_{bin}": mean for bin, mean in enumerate(means)},
    }
    assert ours == pytest.approx(theirs, abs=1e-6)
