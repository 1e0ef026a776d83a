"""The photos of an output that lie nearest to others; what they are, numpy says."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from program import table, verger
from small_photos import jpeg, plant

COUNT = 1_100  # more than two parts


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory, tiny: list[str]) -> Path:
    """A folder with photos and an output of them. Not to be changed."""
    folder = tmp_path_factory.mktemp("similar")
    plant(folder / "photos", COUNT, labels=3)
    verger("run", folder / "photos", folder / "out", *tiny)
    return folder


def nearest(out: Path, row: str, metric: str, most: int) -> list[tuple[float, str]]:
    """By numpy, in float64, of all other rows; of equal distances the first path."""
    results: pa.Table = table(out)
    paths = results["path"].to_pylist()
    features = np.array(results["features"].to_pylist(), np.float64)
    own = features[paths.index(row)]
    if metric == "cosine":
        lengths = np.linalg.norm(features, axis=1) * np.linalg.norm(own)
        far = 1 - features @ own / lengths
    else:
        far = np.linalg.norm(features - own, axis=1)
    apart = [(round(float(d), 9), path) for d, path in zip(far, paths, strict=True) if path != row]
    return sorted(apart)[:most]


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("threads", ["1", "2"])
def test_the_nearest_are_numpys(many: Path, metric: str, threads: str) -> None:
    rows = table(many / "out")["path"].to_pylist()[:: COUNT // 4]
    options = [argument for row in rows for argument in ("--row", row)]
    result = verger(
        "similar", many / "out", *options, "--metric", metric, "--most", "12", "--threads", threads,
        "--format", "jsonl",
    ).stdout  # fmt: skip
    lines = [json.loads(line) for line in result.splitlines()]
    for row in rows:
        of_row = [line for line in lines if line["query"] == row]
        actual = [(round(line["distance"], 9), line["path"]) for line in of_row]
        assert sorted(actual) == nearest(many / "out", row, metric, 12)


def test_a_photo_of_the_output_finds_its_row_first(many: Path, tiny: list[str]) -> None:
    photo = many / "photos" / "Label 1" / "frame_0001.jpg"
    stdout = verger("similar", many / "out", photo, "--model", tiny[1], "--most", "3").stdout
    lines = stdout.splitlines()
    assert lines[:2] == [str(photo), "  0.0000  Label 1/frame_0001.jpg"]
    assert len(lines) == 4


def test_csv_quotes_what_it_must(many: Path, tiny: list[str], tmp_path: Path) -> None:
    odd = tmp_path / 'a "b", c.jpg'
    odd.write_bytes(jpeg(5))
    stdout = verger("similar", many / "out", odd, "--model", tiny[1], "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(stdout)))
    assert len(rows) == 10
    assert {row["query"] for row in rows} == {str(odd)}
    assert rows[0].keys() == {"query", "path", "label", "distance"}


def test_before_the_reduction_and_with_private_names(tmp_path: Path, tiny: list[str]) -> None:
    plant(tmp_path / "photos", 12)
    shutil.copy(tmp_path / "photos/Label 0/frame_0000.jpg", tmp_path / "photos/Label 1/twin.jpg")
    verger("extract", tmp_path / "photos", tmp_path / "out", *tiny, "--path-mode", "hash")
    photo = tmp_path / "photos" / "Label 0" / "frame_0000.jpg"
    stdout = verger("similar", tmp_path / "out", photo, "--model", tiny[1], "--most", "2").stdout
    assert [line[:10] for line in stdout.splitlines()[1:]] == ["  0.0000  "] * 2
    for label in ("(Label 0)", "(Label 1)"):  # which no hash shows
        assert label in stdout


def test_refusals(many: Path, tiny: list[str], tmp_path: Path) -> None:
    out = many / "out"
    assert "a row of OUT by --row" in verger("similar", out, check=2).stderr
    assert "no row 'none.jpg'" in verger("similar", out, "--row", "none.jpg", check=4).stderr
    assert "no such photo" in verger("similar", out, "none.jpg", "--model", tiny[1], check=4).stderr
    photo = many / "photos" / "Label 1" / "frame_0001.jpg"
    assert "unknown model 'tiny'" in verger("similar", out, photo, check=4).stderr
    other = verger("similar", out, photo, "--model", "efficientnet-lite0", check=4).stderr
    assert "are from another network" in other
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no photo")
    assert "broken.jpg: " in verger("similar", out, broken, "--model", tiny[1], check=4).stderr
    verger("similar", tmp_path, "--row", "a", check=4)
