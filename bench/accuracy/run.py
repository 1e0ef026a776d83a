"""How often does a plain classifier on the features name a fruit it has not seen?

    python bench/accuracy/run.py                    the choices below, on both sets
    python bench/accuracy/run.py --choice "Lite0 at 160: --input-size 160" --choice …
    python bench/accuracy/run.py --sets grocery
    python bench/accuracy/run.py --every 4          every fourth photo of Fruits-360: a trial

Each choice is a name and options of `verger extract`, whose features scikit-learn's
LinearDiscriminantAnalysis is trained and tried on, its covariance shrunk by Ledoit and Wolf's rule
(without that, 1280 features from 1776 photos are learned by heart):

random   Fruits-360, three of four photos of each label for training: neighbours of each frame are
angles   Fruits-360, frames 0 to 239 of a turn for training, 250 to 349 to be named
axis     Fruits-360, names without a prefix or with r0_ for training; other axes to be named
grocery  natural photos: the set's train (1776) for training, its val (196) to be named
swapped  its val for training, its train to be named: less to learn from, nine times as many answers

Writes BUILD/bench/accuracy.json. Needs ../shared/fruits360 and ../shared/grocery, or --shared.
"""

import argparse
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
import sklearn
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from figures import Row, row
from machine import BUILD, ROOT, save

CHOICES = (
    "Lite0 at 224:",
    "Lite0 at 224, bf16: --precision bf16",
    "Lite0 at 224, int8: --precision int8",
    "Lite0 at 224, decode fast: --decode fast",
    "Lite0 at 224, 3 views: --views 3",
    "Lite0 at 224, 8 views: --views 8",
    "Lite0 at 112: --input-size 112",
    "Lite0 at 112, int8: --input-size 112 --precision int8",
    "Lite0 at 288: --input-size 288",
    "Lite1 at 240: --model efficientnet-lite1",
    "Lite1 at 240, int8: --model efficientnet-lite1 --precision int8",
    "Lite2 at 260: --model efficientnet-lite2",
    "Lite2 at 260, int8: --model efficientnet-lite2 --precision int8",
    "Lite2 at 320: --model efficientnet-lite2 --input-size 320",
    "Lite2 at 320, int8: --model efficientnet-lite2 --input-size 320 --precision int8",
)
FRAME = re.compile(r"(?:(?P<axis>r\d*)_)?(?P<frame>\d+)_\d+\.jpg")

Mask = npt.NDArray[np.bool_]
Split = Callable[[list[str], npt.NDArray[Any]], tuple[Mask, Mask]]  # train, test


def _frames(paths: list[str]) -> list[re.Match[str]]:
    matches = [FRAME.fullmatch(path.rpartition("/")[2]) for path in paths]
    return [match for match in matches if match is not None]


def random(paths: list[str], labels: npt.NDArray[Any]) -> tuple[Mask, Mask]:
    generator = np.random.default_rng(0)
    test = np.zeros(len(paths), bool)
    for label in np.unique(labels):
        rows = generator.permutation(np.flatnonzero(labels == label))
        test[rows[: round(len(rows) / 4)]] = True
    return ~test, test


def angles(paths: list[str], _: npt.NDArray[Any]) -> tuple[Mask, Mask]:
    turned = np.array([int(match["frame"]) % 360 for match in _frames(paths)])
    return turned < 240, (turned >= 250) & (turned < 350)


def axis(paths: list[str], _: npt.NDArray[Any]) -> tuple[Mask, Mask]:
    train = np.array([match["axis"] in (None, "r0") for match in _frames(paths)])
    return train, ~train


def grocery(paths: list[str], _: npt.NDArray[Any]) -> tuple[Mask, Mask]:
    train = np.array([path.startswith("train/") for path in paths])
    return train, ~train


def swapped(paths: list[str], labels: npt.NDArray[Any]) -> tuple[Mask, Mask]:
    train, test = grocery(paths, labels)
    return test, train


SPLITS: dict[str, dict[str, Split]] = {
    "fruits360": {"random": random, "angles": angles, "axis": axis},
    "grocery": {"grocery": grocery, "swapped": swapped},
}


def photos_of(folder: Path, every: int, links: Path) -> Path:
    """`folder`, or a folder of links to every so-many-th of its photos."""
    if every == 1:
        return folder
    for photo in sorted(folder.rglob("*.jpg"))[::every]:
        link = links / photo.relative_to(folder)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(photo)
    return links


def accuracies(out: Path, splits: dict[str, Split]) -> dict[str, dict[str, float]]:
    table = pq.read_table(out / "Preprocessing", columns=["path", "label", "features"])
    assert table["features"].null_count == 0, "photos were rejected"
    paths = table["path"].to_pylist()
    labels = np.array(table["label"].to_pylist())
    features = np.stack(table["features"].to_numpy()).astype(np.float64)
    results = {}
    for name, split in splits.items():
        train, test = split(paths, labels)
        test &= np.isin(labels, labels[train])
        classifier = LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
        classifier.fit(features[train], labels[train])
        right = classifier.predict(features[test]) == labels[test]
        results[name] = {
            "accuracy": float(right.mean()),
            "right": int(right.sum()),
            "photos": int(test.sum()),
            "trained_on": int(train.sum()),
        }
    return results


def measure(choice: str, folders: dict[str, Path]) -> dict[str, Any]:
    name, _, options = choice.partition(":")
    figures: dict[str, Any] = {"choice": name.strip(), "options": options.strip(), "splits": {}}
    for folder, photos in folders.items():
        with tempfile.TemporaryDirectory() as scratch:
            out = Path(scratch) / "out"
            command = [str(BUILD / "verger"), "extract", str(photos), str(out), "--quiet"]
            command += shlex.split(options)
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            figures["splits"] |= accuracies(out, SPLITS[folder])
    return figures


def gains(results: list[dict[str, Any]]) -> list[Row]:
    """Points that a larger network on larger photos gains on natural photos."""
    splits = {figures["choice"]: figures["splits"] for figures in results}
    small, large = splits.get("Lite0 at 224"), splits.get("Lite2 at 320")
    if small is None or large is None:
        return []
    return [
        row(
            f"gain of Lite2 at 320 over Lite0 at 224, {split}: {large[split]['photos']:,} photos",
            100 * (large[split]["accuracy"] - small[split]["accuracy"]),
            "points",
            at_least=3,
        )
        for split in SPLITS["grocery"]
        if split in large
    ]


def line(cells: list[str]) -> str:
    return f"{cells[0]:<28}" + "".join(f"{cell:>10}" for cell in cells[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description="Accuracy of features, by choice.")
    parser.add_argument("--choice", action="append", help="NAME: OPTIONS of verger extract")
    parser.add_argument("--sets", default="fruits360,grocery")
    parser.add_argument("--every", type=int, default=1, help="of Fruits-360, for a trial")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    options = parser.parse_args()
    sets = options.sets.split(",")
    results = []
    with tempfile.TemporaryDirectory() as links:
        folders = {}
        for name in sets:
            every = options.every if name == "fruits360" else 1
            folders[name] = photos_of(options.shared / name, every, Path(links))
        names = [split for name in sets for split in SPLITS[name]]
        print(line(["%", *names]), flush=True)
        for choice in options.choice or CHOICES:
            figures = measure(choice, folders)
            results.append(figures)
            shares = [f"{100 * figures['splits'][name]['accuracy']:.1f}" for name in names]
            print(line([figures["choice"], *shares]), flush=True)
    versions = {"scikit-learn": sklearn.__version__, "numpy": np.__version__}
    save(
        "accuracy",
        {"every": options.every, "results": results},
        title="Accuracy of scikit-learn's LDA with Ledoit and Wolf's shrinkage on the features",
        rows=gains(results),
        versions=versions,
    )


if __name__ == "__main__":
    main()
