"""How fast a classifier is trained: Verger's discriminant analysis beside scikit-learn's.

10,605 rows of 1280 features in 63 labels, shrinkage 0.2, in memory: moments and fit on two threads,
against LinearDiscriminantAnalysis(solver="eigen", shrinkage=0.2) with as many threads as it takes.
Their answers to the same rows are compared first; then the ratios of neighbours in time count.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import sklearn
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from features import like_features
from figures import ratios, row, spread
from machine import BUILD, save

TOOL = BUILD / "tests" / "verger_train_tool"
SHRINKAGE = 0.2
THREADS = 2


def labelled(rows: int, columns: int, labels: int) -> tuple[np.ndarray, np.ndarray]:
    """Features whose labels lie apart, as much as labels of fruit do."""
    rng = np.random.default_rng(11)
    truth = np.sort(rng.integers(0, labels, rows)).astype(np.int32)
    features = like_features(rows, columns)
    means = rng.normal(0, features.std(axis=0) * 0.6, (labels, columns))
    return np.maximum(features + means[truth], 0).astype(np.float32), truth


def run_verger(features: np.ndarray, truth: np.ndarray, folder: Path) -> tuple[float, np.ndarray]:
    """Seconds to train, and the scores of the rows."""
    rows, labels, scores = folder / "rows.f32", folder / "labels.i32", folder / "scores.f64"
    if not rows.exists():
        features.tofile(rows)
        truth.tofile(labels)
    command: list[str | Path] = [TOOL, rows, labels, str(features.shape[1]), "lda", "none"]
    command += [str(SHRINKAGE), str(THREADS), scores]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["train"], np.fromfile(scores).reshape(len(truth), -1)


def run_sklearn(
    solver: str, features: np.ndarray, truth: np.ndarray
) -> tuple[float, LinearDiscriminantAnalysis]:
    start = time.perf_counter()
    fit = LinearDiscriminantAnalysis(solver=solver, shrinkage=SHRINKAGE).fit(features, truth)
    return time.perf_counter() - start, fit


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10605)
    parser.add_argument("--columns", type=int, default=1280)
    parser.add_argument("--labels", type=int, default=63)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one round")
    options = parser.parse_args()

    features, truth = labelled(options.rows, options.columns, options.labels)
    seconds: dict[str, list[float]] = {"verger": [], "eigen": [], "lsqr": []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(1 if options.quick else options.repeat):
            elapsed, scores = run_verger(features, truth, Path(folder))
            seconds["verger"].append(elapsed)
            for solver in ("eigen", "lsqr"):
                elapsed, fit = run_sklearn(solver, features, truth)
                seconds[solver].append(elapsed)
                same = float((scores.argmax(axis=1) == fit.predict(features)).mean())
                if same < 0.999:
                    print(f"{same:.4f} of the answers are {solver}'s: no times", file=sys.stderr)
                    return 1
    for name, runs in seconds.items():
        print(f"{name:8} {min(runs):.3f} to {max(runs):.3f} s")
    size = f"{options.rows:,} × {options.columns}, {options.labels} labels"
    figures = {"scikit_learn": sklearn.__version__, "seconds": seconds}
    save(
        "train",
        figures,
        title="Discriminant analysis in memory, two threads of Verger beside scikit-learn",
        rows=[
            row(
                f"beside scikit-learn's solver eigen, {size}",
                ratios(seconds["eigen"], seconds["verger"]),
                at_least=10,
            ),
            row(f"beside its solver lsqr, {size}", ratios(seconds["lsqr"], seconds["verger"])),
            row(f"training, {size}", spread(seconds["verger"]), "seconds", at_most=0.3),
        ],
        versions={"scikit-learn": sklearn.__version__},
        quick=options.quick,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
