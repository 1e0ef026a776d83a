"""Are the scores of `verger evaluate` those that scikit-learn gives?

On the features of an output of Fruits-360, by the splits of docs/honest-results.md: scikit-learn's
LinearDiscriminantAnalysis (solver lsqr, shrinkage 0.2) and LogisticRegression (C = 1) beside
`verger evaluate --method lda|logistic --transform none --shrinkage 0.2`. The splits are made here
once more, from the paths alone. With --unknown, photos of other fruit are classified as well: the
share that is called unknown by a classifier trained on the output, at 5 % false accepts.

    python bench/evaluate/run.py OUT [--unknown PHOTOS]
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
import sklearn
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from figures import row
from machine import BUILD, save

FRAME = re.compile(r"(?:(r\d?)_)?(\d+)_100\.\w+$")
TRAIN, TEST, OUTSIDE = 0, 1, 2
Roles = npt.NDArray[np.int64]
METHODS: dict[str, Callable[[], Any]] = {
    "lda": lambda: LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.2),
    "logistic": lambda: LogisticRegression(C=1.0, max_iter=2000),
}


def read(out: Path) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.str_], list[str]]:
    """Features (rows, dimension), labels and paths of the photos that have features."""
    table = pq.read_table(out / "Preprocessing", columns=["path", "label", "features"])
    table = table.filter(table["features"].is_valid())
    values = table["features"].combine_chunks().flatten().to_numpy()
    features = values.reshape(table.num_rows, -1).astype(np.float64)
    return features, np.array(table["label"].to_pylist()), table["path"].to_pylist()


def split_at_random(paths: list[str], labels: npt.NDArray[np.str_]) -> Roles:
    """The quarter of each label whose paths have the least SHA-256 is tested."""
    roles = np.full(len(paths), TRAIN)
    rows_of: dict[str, list[int]] = collections.defaultdict(list)
    for index, label in enumerate(labels):
        rows_of[label].append(index)
    for rows in rows_of.values():
        rows.sort(key=lambda index: hashlib.sha256(paths[index].encode()).digest())
        roles[rows[: (len(rows) + 2) // 4]] = TEST
    return roles


def split_by_frame(paths: list[str], labels: npt.NDArray[np.str_], by_axis: bool) -> Roles:
    roles = np.full(len(paths), OUTSIDE)
    for index, path in enumerate(paths):
        match = FRAME.search(path)
        if match is None:
            raise SystemExit(f"{path}: not named as frames of Fruits-360 are")
        angle = int(match[2]) % 360
        if by_axis:
            roles[index] = TRAIN if match[1] in (None, "r0") else TEST
        elif angle < 240:
            roles[index] = TRAIN
        elif 250 <= angle < 350:
            roles[index] = TEST
    trained = set(labels[roles == TRAIN])
    new = np.array([label not in trained for label in labels])
    roles[(roles == TEST) & new] = OUTSIDE
    return roles


def evaluate(out: Path, method: str) -> dict[str, Any]:
    command: list[str | Path] = [BUILD / "verger", "evaluate", out, "--json", "-q"]
    command += ["--no-background", "--method", method, "--transform", "none", "--shrinkage", "0.2"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def share_unknown(out: Path, photos: Path) -> float:
    """Of the photos, the share that a classifier of the output calls unknown."""
    subprocess.run([BUILD / "verger", "train", out, "-q"], check=True, capture_output=True)
    command: list[str | Path] = [BUILD / "verger", "classify", out, photos, "-q"]
    done = subprocess.run([*command, "--format", "jsonl"], check=True, capture_output=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return sum(answer["unknown"] for answer in answers) / len(answers)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="output of Fruits-360")
    parser.add_argument("--unknown", type=Path, help="photos of fruit that OUT does not know")
    parser.add_argument("--quick", action="store_true", help="discriminant analysis alone")
    options = parser.parse_args()
    features, labels, paths = read(options.out)
    splits = {
        "random": split_at_random(paths, labels),
        "angle": split_by_frame(paths, labels, by_axis=False),
        "axis": split_by_frame(paths, labels, by_axis=True),
    }
    figures: dict[str, Any] = {}
    rows = []
    for method in ["lda"] if options.quick else list(METHODS):
        ours = evaluate(options.out, method)
        for name, roles in splits.items():
            fit = METHODS[method]().fit(features[roles == TRAIN], labels[roles == TRAIN])
            theirs = 100 * fit.score(features[roles == TEST], labels[roles == TEST])
            mine = 100 * ours[name]["accuracy"]
            figures[f"{method} {name}"] = {"verger": mine, "scikit_learn": theirs}
            print(f"{method:8} {name:6} {mine:.2f} %, scikit-learn {theirs:.2f} %", flush=True)
            what = f"points between the accuracies of both: {method}, {name}"
            rows.append(row(what, abs(mine - theirs), "count", at_most=0.2))
    if options.unknown:
        figures["unknown"] = share_unknown(options.out, options.unknown)
        what = f"photos of {options.unknown.name} that are called unknown, at 5 % false accepts"
        rows.append(row(what, figures["unknown"], "share"))
        print(f"unknown: {figures['unknown']:.3f} of the photos of {options.unknown.name}")
    save(
        "evaluate",
        figures,
        title="Scores of verger evaluate beside scikit-learn's on the same features and splits",
        rows=rows,
        versions={"scikit-learn": sklearn.__version__},
        quick=options.quick,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
