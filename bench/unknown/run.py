"""Which score tells fruit that a classifier has never seen: ours beside the usual ones.

Of an output of Fruits-360 (or any photos named like its frames), ten labels are held out in each of
five draws; a discriminant analysis is fitted to frames 0 to 239 degrees of the others, and frames
250 to 349 of all are scored. The figure is the area under the ROC curve, its mean over the draws.
NumPy, SciPy and scikit-learn compute everything but the features, so that it judges the choice in
core/classify/novelty.cc and not its code.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
import scipy
import sklearn
from scipy.linalg import cholesky, solve_triangular
from scipy.special import softmax
from sklearn.metrics import roc_auc_score

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from figures import row, spread
from machine import save

Doubles = npt.NDArray[np.float64]
FRAME = re.compile(r"(?:r\d?_)?(\d+)_100\.\w+$")
SHRINKAGE = 0.2
DRAWS = 5
HELD_OUT = 10
OURS = "distance between places in the space of discriminants, by their distances from its centre"


def read(out: Path) -> tuple[Doubles, npt.NDArray[np.str_], npt.NDArray[np.int64]]:
    """Square roots of features at length 1, labels, and the angle of each frame."""
    table = pq.read_table(out / "Results", columns=["path", "label", "features"])
    values = table["features"].combine_chunks().flatten().to_numpy()
    features = np.sqrt(np.maximum(values.reshape(table.num_rows, -1).astype(np.float64), 0))
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    matches = [FRAME.search(path) for path in table["path"].to_pylist()]
    angles = [int(match[1]) % 360 if match else -1 for match in matches]
    return features, np.array(table["label"].to_pylist()), np.array(angles)


class Fit:
    """Linear discriminant analysis with shrinkage, by its definition."""

    def __init__(self, rows: Doubles, labels: npt.NDArray[np.str_]) -> None:
        names, index = np.unique(labels, return_inverse=True)
        self.means = np.array([rows[index == i].mean(axis=0) for i in range(len(names))])
        within = rows - self.means[index]
        covariance = within.T @ within / len(rows)
        width = rows.shape[1]
        shrunk = (1 - SHRINKAGE) * covariance
        shrunk[np.diag_indices(width)] += SHRINKAGE * np.trace(covariance) / width
        self.factor = cholesky(shrunk, lower=True)
        self.white_means = self.whiten(self.means)
        self.priors = np.log(np.bincount(index) / len(rows))
        self.centre = self.white_means.mean(axis=0)
        basis = np.linalg.svd(self.white_means - self.centre, full_matrices=False)[2]
        self.basis = basis[: len(names) - 1].T
        self.all_mean = rows.mean(axis=0)
        total = rows - self.all_mean
        self.axes = np.linalg.eigh(total.T @ total)[1]

    def whiten(self, rows: Doubles) -> Doubles:
        return np.asarray(solve_triangular(self.factor, rows.T, lower=True).T)

    def scores(self, rows: Doubles) -> Iterator[tuple[str, Doubles]]:
        """Scores that are to be higher for fruit of no known label."""
        white = self.whiten(rows)
        squares = (white**2).sum(axis=1)[:, None] + (self.white_means**2).sum(axis=1)
        mahalanobis = squares - 2 * white @ self.white_means.T
        linear = self.priors - mahalanobis / 2
        ordered = np.sort(linear, axis=1)
        yield "largest probability (temperature 10)", -softmax(linear / 10, axis=1).max(axis=1)
        yield "margin of the two likeliest labels", ordered[:, -2] - ordered[:, -1]
        yield "Mahalanobis distance to the nearest label", mahalanobis.min(axis=1)
        residual = (rows - self.all_mean) @ self.axes[:, :-300]
        yield "ViM's residual of 300 components", np.linalg.norm(residual, axis=1)
        places = (white - self.centre) @ self.basis
        means = (self.white_means - self.centre) @ self.basis
        distances = ((places[:, None] - means[None]) ** 2).sum(axis=2)
        yield "distance in the space of discriminants", distances.min(axis=1)
        both = (places**2).sum(axis=1)[:, None] + (means**2).sum(axis=1)
        yield OURS, (distances / both).min(axis=1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT", help="what verger run made of Fruits-360")
    options = parser.parse_args()
    rows, labels, angles = read(options.out)
    if (angles < 0).any():
        print(f"{options.out}: some names are no frames of a turning fruit", file=sys.stderr)
        return 4
    areas: dict[str, list[float]] = {}
    for draw in range(DRAWS):
        random = np.random.RandomState(draw)
        unknown = np.isin(labels, random.choice(np.unique(labels), HELD_OUT, replace=False))
        train = (angles < 240) & ~unknown
        test = (angles >= 250) & (angles < 350)
        fit = Fit(rows[train], labels[train])
        for name, scores in fit.scores(rows[test]):
            areas.setdefault(name, []).append(float(roc_auc_score(unknown[test], scores)))
    for name, values in areas.items():
        print(f"{np.mean(values):.3f}  {name}")
    save(
        "unknown",
        {"areas": areas, "rows": len(rows), "labels": len(np.unique(labels))},
        title="Fruit of no known label: area under the ROC curve, 10 of the labels held out",
        rows=[row(name, spread(values), "share") for name, values in areas.items()],
        versions={
            "NumPy": np.__version__,
            "SciPy": scipy.__version__,
            "scikit-learn": sklearn.__version__,
        },
        quick=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
