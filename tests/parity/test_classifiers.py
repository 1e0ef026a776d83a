"""Verger's classifiers against scikit-learn 1.9.1's, in float64.

LDA says the same of every row; its scores differ from theirs by what all labels of a row have in
common, to 1e-6. Probabilities of logistic regression agree to 1e-3.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("VERGER_BUILD", ROOT / "build"))
os.environ.setdefault("VERGER_LIBRARY", str(BUILD / "lib" / "libverger.so"))
sys.path.insert(0, str(ROOT / "python"))

import verger  # noqa: E402

SCORES = 1e-6
PROBABILITIES = 1e-3


def synthetic(rows: int = 400, dimension: int = 24, labels: int = 7, seed: int = 1) -> pa.Table:
    """Rows whose labels overlap, of unlike counts and scales."""
    rng = np.random.default_rng(seed)
    truth = np.minimum(rng.integers(0, labels + 2, rows), labels - 1)
    centres = rng.normal(0, 1, (labels, dimension))
    mixed = rng.normal(0, 1, (dimension, dimension)) * np.geomspace(0.3, 1, dimension)
    features = (3 + centres[truth] + rng.normal(0, 1, (rows, dimension)) @ mixed).astype(np.float32)
    return pa.table(
        {
            "path": [f"Label {label}/{row}.jpg" for row, label in enumerate(truth)],
            "label": [f"Label {label}" for label in truth],
            "features": pa.array(list(features), pa.list_(pa.float32())),
            "size": pa.array([1] * rows, pa.int64()),
            "modified": pa.array([1] * rows, pa.timestamp("us", tz="UTC")),
            "sha256": [f"{row:064x}" for row in range(rows)],
            "error": pa.array([None] * rows, pa.string()),
        },
        metadata={
            "verger.model.sha256": "aa",
            "verger.model.preset": "keras:224x224",
            "verger.model.name": "m",
            "verger.model.preset_name": "keras",
            "verger.model.dimension": str(dimension),
            "verger.photos": "photos",
        },
    )


def matrix(table: pa.Table) -> np.ndarray:
    return np.stack(table["features"].to_numpy()).astype(np.float64)


def read_safetensors(file: Path) -> dict[str, np.ndarray]:
    data = file.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__")
    kinds = {"F64": np.float64, "F32": np.float32, "I64": np.int64}
    arrays = {}
    for name, one in header.items():
        begin, end = (8 + size + at for at in one["data_offsets"])
        arrays[name] = np.frombuffer(data[begin:end], kinds[one["dtype"]]).reshape(one["shape"])
    return arrays


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return synthetic()


@pytest.fixture
def out(table: pa.Table, tmp_path: Path) -> Path:
    verger.save(table, tmp_path / "out")
    return tmp_path / "out"


def train(out: Path, *arguments: str) -> dict[str, np.ndarray]:
    """What `verger train` writes."""
    subprocess.run([BUILD / "verger", "train", out, *arguments, "-q"], check=True, timeout=300)
    return read_safetensors(out / "Model" / "classifier.safetensors")


@pytest.mark.parametrize("shrinkage", [0.2, 0.01, 1.0])
def test_lda_says_what_theirs_says(out: Path, table: pa.Table, shrinkage: float) -> None:
    arrays = train(out, "--method", "lda", "--transform", "none", "--shrinkage", str(shrinkage))
    x, y = matrix(table), np.array(table["label"].to_pylist())
    with threadpool_limits(1):
        theirs = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage).fit(x, y)
        expected = theirs.decision_function(x)
    mine = x @ arrays["weights"].T + arrays["bias"]
    difference = mine - expected
    assert np.abs(difference - difference.mean(axis=1, keepdims=True)).max() < SCORES
    answers = verger.Classifier.load(out / "Model" / "classifier.safetensors").classify(table)
    assert answers["label"].to_pylist() == list(theirs.predict(x))
    assert 2 / 7 < np.mean(np.array(answers["label"].to_pylist()) == y) < 1


def test_lda_s_probabilities_are_theirs_before_calibration(out: Path, table: pa.Table) -> None:
    moments = verger.class_moments_of(table, "none")
    assert moments is not None
    manifest = next((out / "_verger").glob("manifest-*.json")).read_bytes()
    mine = verger.Classifier.fit(moments, manifest, "none", 0.2, "lda").classify(table, top=7)
    x, y = matrix(table), np.array(table["label"].to_pylist())
    with threadpool_limits(1):
        theirs = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.2).fit(x, y)
        expected = theirs.predict_proba(x)
    assert np.abs(by_label(mine, theirs.classes_) - expected).max() < 1e-5


@pytest.mark.parametrize("penalty", [1.0, 20.0])
def test_logistic_regression_is_theirs(out: Path, table: pa.Table, penalty: float) -> None:
    arguments = ("--method", "logistic", "--transform", "none", "--penalty", str(penalty))
    arrays = train(out, *arguments, "--shrinkage", "0.2")
    x, y = matrix(table), np.array(table["label"].to_pylist())
    with threadpool_limits(1):
        theirs = LogisticRegression(C=1 / penalty, tol=1e-6, max_iter=2000).fit(x, y)
        expected = theirs.predict_proba(x)
    scores = x @ arrays["weights"].T + arrays["bias"]
    mine = np.exp(scores - scores.max(axis=1, keepdims=True))
    assert np.abs(mine / mine.sum(axis=1, keepdims=True) - expected).max() < PROBABILITIES


def by_label(answers: pa.Table, labels: np.ndarray) -> np.ndarray:
    """Probabilities in the order of `labels`."""
    rows = answers.select(["top", "top_probabilities"]).to_pylist()
    shares = [dict(zip(row["top"], row["top_probabilities"], strict=True)) for row in rows]
    return np.array([[share[label] for label in labels] for share in shares])
