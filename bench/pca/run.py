"""How fast features are reduced: Verger's PCA beside scikit-learn's, on the same features.

10,605 rows of 2048 features, 50 components: moments, fit and projection on one thread, against
scikit-learn's fit_transform in float32 with as many threads as it takes. What they give is
compared first, with covariance_eigh in float64 as the judge; then the best of `--repeat` times
counts. Reading and writing files is in neither time.
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
from sklearn.decomposition import PCA

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from features import like_features
from figures import ratios, row
from machine import BUILD, save

TOOL = BUILD / "tests" / "verger_pca_tool"
SOLVERS = ("covariance_eigh", "full", "randomized")


def run_verger(
    features: np.ndarray, components: int, folder: Path
) -> tuple[dict[str, float], np.ndarray]:
    """Seconds of each step, and the axes."""
    path = folder / "features.f32"
    if not path.exists():
        features.tofile(path)
    command: list[str | Path] = [TOOL, path, str(features.shape[1]), str(components), "centred"]
    command += [folder / "pca.json", folder / "scores.f32"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    axes = np.array(json.loads((folder / "pca.json").read_text())["components"])
    return json.loads(done.stdout), axes


def run_sklearn(
    solver: str, features: np.ndarray, components: int
) -> tuple[dict[str, float], np.ndarray]:
    start = time.perf_counter()
    pca = PCA(n_components=components, svd_solver=solver, random_state=1)
    pca.fit_transform(features)
    return {"total": time.perf_counter() - start}, pca.components_


def axis_error(axes: np.ndarray, judge: np.ndarray) -> float:
    """The largest difference of an entry, up to each axis's sign."""
    signs = np.sign((axes * judge).sum(axis=1))[:, None]
    return float(np.abs(axes * signs - judge).max())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10605)
    parser.add_argument("--columns", type=int, default=2048)
    parser.add_argument("--components", type=int, default=50)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one round")
    options = parser.parse_args()
    repeat = 1 if options.quick else options.repeat

    features = like_features(options.rows, options.columns)
    wide = features.astype(np.float64)
    judge = PCA(options.components, svd_solver="covariance_eigh").fit(wide).components_

    times: dict[str, list[dict[str, float]]] = {}
    errors: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repeat):
            seconds, axes = run_verger(features, options.components, Path(folder))
            seconds["total"] = sum(seconds.values())
            times.setdefault("verger", []).append(seconds)
            errors["verger"] = axis_error(axes, judge)
            for solver in SOLVERS:
                seconds, axes = run_sklearn(solver, features, options.components)
                times.setdefault(solver, []).append(seconds)
                errors[solver] = axis_error(axes, judge)
    if errors["verger"] > 1e-5:
        print(f"Verger's axes are {errors['verger']:.1e} off: no times", file=sys.stderr)
        return 1

    best = {name: min(runs, key=lambda run: run["total"]) for name, runs in times.items()}
    for name, seconds in best.items():
        steps = ", ".join(f"{step} {s:.2f}" for step, s in seconds.items() if step != "total")
        print(
            f"{name:16} {seconds['total']:6.2f} s   axes {errors[name]:.0e} off"
            + (f"   ({steps})" if steps else "")
        )
    totals = {name: [run["total"] for run in runs] for name, runs in times.items()}
    figures = {
        "scikit_learn": sklearn.__version__,
        "rows": options.rows,
        "columns": options.columns,
        "components": options.components,
        "seconds": times,
        "axis_error": errors,
    }
    size = f"{options.rows:,} × {options.columns} to {options.components} components"
    save(
        "pca",
        figures,
        title="PCA in memory, one thread of Verger beside scikit-learn",
        rows=[
            row(
                f"moments, fit and projection beside scikit-learn's {solver}, {size}",
                ratios(totals[solver], totals["verger"]),
            )
            for solver in SOLVERS
        ],
        versions={"scikit-learn": sklearn.__version__},
        quick=options.quick,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
