"""Photos that are there more than once, or nearly so."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from program import column, manifest, summary, table, verger
from small_photos import jpeg, plant

COUNT = 1_500  # more than one part, and more than a million pairs


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, tiny: list[str]) -> Path:
    """An output of many photos of 3 labels, 8 features each. Not to be changed."""
    folder = tmp_path_factory.mktemp("many")
    plant(folder / "photos", COUNT, labels=3)
    verger("run", folder / "photos", folder / "out", *tiny)
    return folder / "out"


def unit(out: Path) -> float:
    """The root of the total variance."""
    pca = json.loads((out / "Model" / "pca.json").read_text())
    return float(np.sqrt(pca["explained_variance"][0] / pca["explained_variance_ratio"][0]))


def all_with_all(out: Path, within: float) -> dict[tuple[str, str], float]:
    """The distances of all photos from each other that are no larger, by numpy."""
    paths = table(out)["path"].to_pylist()
    features = column(out, "features").astype(np.float64)
    distances: dict[tuple[str, str], float] = {}
    for index, path in enumerate(paths):
        apart = np.linalg.norm(features[index + 1 :] - features[index], axis=1) / unit(out)
        for other in np.flatnonzero(apart <= within):
            distances[path, paths[index + 1 + other]] = float(apart[other])
    return distances


def pairs_of(result: dict[str, Any]) -> dict[tuple[str, str], float]:
    return {
        (pair["photos"][0]["path"], pair["photos"][1]["path"]): pair["distance"]
        for pair in result["near"]
    }


def names(photos: list[dict[str, str]]) -> list[str]:
    return [photo["path"] for photo in photos]


@pytest.mark.parametrize(
    "settings", [["-k", "3"], ["-k", "2", "--scores", "spark"], ["-k", "8"]], ids=str
)
def test_near_pairs_are_those_of_all_with_all(
    settings: list[str], many: Path, tmp_path: Path
) -> None:
    out = Path(shutil.copytree(many, tmp_path / "out"))
    verger("reduce", out, *settings)
    distances = all_with_all(out, 0.3)
    for within in (0.0, 0.02, 0.1, 0.3):
        expected = {pair: apart for pair, apart in distances.items() if apart <= within}
        assert bool(expected) == (within > 0.01), "or nothing is tested"
        result = summary("duplicates", out, "--within", str(within), "--most", "1000000")
        assert result["within"] == within
        assert pairs_of(result) == pytest.approx(expected, rel=1e-9)
        assert result["near_pairs"] == len(expected)
        order = [pair["distance"] for pair in result["near"]]
        assert order == sorted(order)
        across = [pair["across_labels"] for pair in result["near"]]
        assert across == [
            len({Path(path).parent for path in pair}) > 1 for pair in pairs_of(result)
        ]
        assert result["near_across_labels"] == sum(across)


def test_across_labels(many: Path) -> None:
    both = summary("duplicates", many, "--within", "0.1", "--most", "1000000")
    result = summary("duplicates", many, "--within", "0.1", "--most", "1000000", "--across-labels")
    assert 0 < result["near_pairs"] < both["near_pairs"]
    assert result["near"] == [pair for pair in both["near"] if pair["across_labels"]]


def test_nearest_are_listed_and_all_counted(many: Path) -> None:
    everything = summary("duplicates", many, "--within", "0.1", "--most", "1000000")
    result = summary("duplicates", many, "--within", "0.1", "--most", "7")
    assert result["near_pairs"] == everything["near_pairs"]
    assert result["near"] == everything["near"][:7]
    stdout = verger("duplicates", many, "--within", "0.1", "--most", "7").stdout
    assert stdout.count(" apart\n") + stdout.count(" apart, across labels\n") == 7
    assert f"{result['near_pairs']:,} pairs at most 0.1 apart" in stdout
    assert "7 listed" in stdout
    assert len(summary("duplicates", many, "--near")["near"]) == 100


def test_too_many_pairs(many: Path) -> None:
    refused = verger("duplicates", many, "--within", "100", check=2).stderr
    assert "--within 100" in refused
    assert "1,000,000" in refused


def test_no_distance(out: Path) -> None:
    for within in ("-0.1", "nan"):
        assert "not a distance" in verger("duplicates", out, f"--within={within}", check=2).stderr


def test_equal_bytes(photos: Path, out: Path, tiny: list[str]) -> None:
    """Groups within a label, across labels, and of rejects."""
    (photos / "Label 0" / "copy.jpg").write_bytes(jpeg(0))
    (photos / "Label 1" / "moved.jpg").write_bytes(jpeg(2))
    (photos / "Label 1" / "again.jpg").write_bytes(jpeg(2))
    for name in ("broken.jpg", "too.jpg"):
        (photos / "Label 0" / name).write_bytes(b"no photo")
    verger("run", photos, out, *tiny, "--max-reject-rate", "1")
    result = summary("duplicates", out)
    assert result["photos"] == 45
    assert result["spare"] == 4
    assert [(names(group["photos"]), group["across_labels"]) for group in result["equal"]] == [
        (["Label 0/broken.jpg", "Label 0/too.jpg"], False),
        (["Label 0/copy.jpg", "Label 0/frame_0000.jpg"], False),
        (["Label 0/frame_0002.jpg", "Label 1/again.jpg", "Label 1/moved.jpg"], True),
    ]
    assert result["equal"][2]["sha256"] == hashlib.sha256(jpeg(2)).hexdigest()
    assert "near" not in result

    across = summary("duplicates", out, "--across-labels")
    assert across["equal"] == result["equal"][2:]
    stdout = verger("duplicates", out).stdout
    assert "equal bytes\n  Label 0/copy.jpg\n  Label 0/frame_0000.jpg\n" in stdout
    assert "equal bytes, across labels\n  Label 0/frame_0002.jpg\n  Label 1/again.jpg\n" in stdout
    assert stdout.endswith("45 photos: 3 groups of equal bytes, 4 redundant\n")


def test_equal_photos_stand_for_one(photos: Path, out: Path, tiny: list[str]) -> None:
    """Equal photos are no near pair; a neighbour of equal photos is one pair for each label."""
    (photos / "Label 0" / "a.jpg").write_bytes(jpeg(0))
    (photos / "Label 1" / "a.jpg").write_bytes(jpeg(0))
    (photos / "Label 1" / "b.jpg").write_bytes(jpeg(0) + b"\n")  # the same pixels
    verger("run", photos, out, *tiny)
    near = summary("duplicates", out, "--within", "0")["near"]
    assert [(names(pair["photos"]), pair["distance"]) for pair in near] == [
        (["Label 0/a.jpg", "Label 1/b.jpg"], 0),
        (["Label 1/a.jpg", "Label 1/b.jpg"], 0),
    ]


def test_without_results(photos: Path, tiny: list[str], tmp_path: Path) -> None:
    verger("extract", photos, tmp_path / "out", *tiny)
    assert summary("duplicates", tmp_path / "out")["photos"] == 40
    assert "verger reduce" in verger("duplicates", tmp_path / "out", "--near", check=4).stderr
    verger("duplicates", tmp_path / "nothing", check=4)


def test_hashed_paths_are_said_with_their_label(
    photos: Path, tiny: list[str], tmp_path: Path
) -> None:
    (photos / "Label 0" / "copy.jpg").write_bytes(jpeg(0))
    verger("run", photos, tmp_path / "out", "--path-mode", "hash", *tiny)
    hashed = hashlib.sha256(b"Label 0/copy.jpg").hexdigest()
    assert f"  {hashed}  (Label 0)\n" in verger("duplicates", tmp_path / "out").stdout


def test_damaged_part_is_named(out: Path) -> None:
    part = out / manifest(out)["reduction"]["results"][0]["name"]
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    verger("duplicates", out)
    assert part.name in verger("duplicates", out, "--near", check=5).stderr
