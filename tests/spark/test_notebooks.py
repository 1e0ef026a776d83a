"""The notebooks of examples/ run to their end, and show and save what they say."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from orchard.draw import Plan, draw
from orchard.varieties import VARIETIES
from PIL import Image

from .notebooks import RunNotebook, run_jupyter, run_zeppelin
from .venvs import SparkVenv

EACH = 6
ROWS = EACH * len(VARIETIES)
PICTURES = 3  # some photos, the variance, the map

only_3_5 = pytest.mark.parametrize("spark_venv", ["3.5"], indirect=True)


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six photos of each label, and one that is none."""
    folder = tmp_path_factory.mktemp("sample") / "an orchard"
    draw(folder, Plan(photos=EACH))
    first = VARIETIES[0]
    # The first of its label, so that it is also among the few that are looked at.
    (folder / first.species / first.label / "0 no photo.jpg").write_bytes(b"no photo")
    return folder


def test_in_jupyter(verger_venv: SparkVenv, orchard: Path, tmp_path: Path) -> None:
    notebook = run_jupyter(verger_venv, orchard, tmp_path / "out")
    assert_results(notebook)
    assert_saved(tmp_path / "out")


# The Zeppelin of EMR 7.5.0 knows no later Spark.
@only_3_5
def test_in_zeppelin(verger_venv: SparkVenv, orchard: Path, tmp_path: Path) -> None:
    notebook = run_zeppelin(verger_venv, orchard, tmp_path / "out")
    assert_results(notebook)
    assert_saved(tmp_path / "out")


def assert_results(notebook: RunNotebook) -> None:
    counts = dict(re.findall(r"^\|(.+?) *\|(\d+) *\|$", notebook.text, flags=re.MULTILINE))
    for number, variety in enumerate(VARIETIES):
        assert int(counts[variety.label]) == (EACH if number else EACH + 1)
    assert f"{ROWS + 1} photos, 1 rejected\n" in notebook.text
    assert counts["not a JPEG, PNG or WebP photo"] == "1"
    assert f"Dimensions: ({ROWS}, 4)\n" in notebook.text
    assert len(notebook.pictures) == PICTURES
    for picture in notebook.pictures:
        assert colours(picture) > 1


def colours(picture: bytes) -> int:
    image = Image.open(io.BytesIO(picture))
    assert image.format == "PNG"
    counts = image.convert("RGB").getcolors(image.width * image.height)
    assert counts is not None
    return len(counts)


def assert_saved(out: Path) -> None:
    results = pq.read_table(out / "results")
    assert results.num_rows == ROWS
    assert results.column_names == ["path", "label", "features", "pca_features"]
    assert set(results["label"].to_pylist()) == {v.label for v in VARIETIES}
    lengths = {len(scores) for scores in results["pca_features"].to_pylist()}
    assert len(lengths) == 1
    assert 1 < lengths.pop() < ROWS
