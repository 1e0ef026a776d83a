"""--views and --augment: features are the mean over views, which an output keeps to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from program import manifest, summary, verger
from small_photos import fruit, pixels_network

USAGE = 2
SIDE = 32
ROWS = 3


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos" / "Plum"
    folder.mkdir(parents=True)
    fruit(1, 60).resize((60, 40)).save(folder / "a.png")
    fruit(2, 300).resize((130, 300)).save(folder / "b.png")
    fruit(3, 32).save(folder / "c.png")
    return folder.parent


@pytest.fixture
def network(tmp_path: Path) -> list[str | Path]:
    """Its features are its pixels, from -1 to 1."""
    return ["--model", pixels_network(tmp_path / "n.onnx", SIDE, SIDE), "--preset", "mobilenet-v2"]


def features(out: Path) -> dict[str, np.ndarray]:
    rows = pq.read_table(out / "Preprocessing").to_pylist()
    return {Path(row["path"]).name: np.array(row["features"], "f4") for row in rows}


def tensor(image: Image.Image) -> np.ndarray:
    return np.asarray(image, "f8").transpose(2, 0, 1).ravel() / 127.5 - 1


def test_three_views_are_averaged(photos: Path, network: list[str | Path], tmp_path: Path) -> None:
    verger("extract", photos, tmp_path / "out", *network, "--views", "3", "--batch", "2")
    for name, row in features(tmp_path / "out").items():
        image = Image.open(photos / "Plum" / name)
        whole = image.resize((SIDE, SIDE))
        left, top = ((side + 5) // 10 for side in image.size)
        middle = image.crop((left, top, image.width - left, image.height - top))
        mirrored = whole.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        views = [whole, mirrored, middle.resize((SIDE, SIDE))]
        expected = np.mean([tensor(view) for view in views], axis=0)
        assert np.abs(row - expected).max() < 1e-6, name


def test_augment_is_eight_views(photos: Path, network: list[str | Path], tmp_path: Path) -> None:
    verger("extract", photos, tmp_path / "out", *network, "--augment")
    assert manifest(tmp_path / "out")["model"]["preset"] == "mobilenet-v2,views=8"
    assert summary("extract", photos, tmp_path / "out", *network, "--views", "8")["extracted"] == 0
    for name, row in features(tmp_path / "out").items():
        # The mean of all turns and mirror images is the same turned and mirrored.
        planes = row.reshape(3, SIDE, SIDE)
        for turned in (planes[:, ::-1], planes[:, :, ::-1], planes.transpose(0, 2, 1)):
            assert np.abs(planes - turned).max() < 1e-6, name
        whole = tensor(Image.open(photos / "Plum" / name).resize((SIDE, SIDE)))
        assert abs(row.mean() - whole.mean()) < 1e-6
    result = verger(
        "extract", photos, tmp_path / "no", *network, "--augment", "--views", "3", check=USAGE
    )
    assert "excludes" in result.stderr


def test_rows_keep_their_views(photos: Path, network: list[str | Path], tmp_path: Path) -> None:
    command: list[str | Path] = ["extract", photos, tmp_path / "out", *network]
    verger(*command)
    one = manifest(tmp_path / "out")["model"]
    assert "views" not in one["identity"]
    again = summary(*command, "--views", "1")
    assert (again["extracted"], again["reused"]) == (0, ROWS)
    assert manifest(tmp_path / "out")["model"] == one
    again = summary(*command, "--views", "3")
    assert (again["extracted"], again["reused"]) == (ROWS, 0)
    several = manifest(tmp_path / "out")["model"]
    assert several["identity"] == one["identity"] + ":views=3"
    assert several["sha256"] == one["sha256"]
    assert summary(*command)["extracted"] == 0  # as the rows are
    assert summary(*command, "--views", "1")["extracted"] == ROWS
    assert manifest(tmp_path / "out")["model"] == one


def test_views_that_cannot_be_are_refused(photos: Path, tmp_path: Path) -> None:
    assert "{1,3,8}" in verger("extract", photos, tmp_path, "--views", "2", check=USAGE).stderr
    wide: list[str | Path] = ["--model", pixels_network(tmp_path / "w.onnx", 16, 32)]
    wide += ["--preset", "mobilenet-v2"]
    stderr = verger("extract", photos, tmp_path / "out", *wide, "--views", "8", check=USAGE).stderr
    assert "views 8 are turned, and the network takes 32 x 16 pixels, no square" in stderr
    assert not (tmp_path / "out").exists()
    verger("extract", photos, tmp_path / "out", *wide, "--views", "3")


def test_int8_and_what_was_compiled_go_with_views(photos: Path, tmp_path: Path) -> None:
    """The embedded calibration is of the network, however many views it sees."""
    for out in ("first", "second"):  # the second starts by what the first compiled
        verger("extract", photos, tmp_path / out, "--precision", "int8", "--views", "3")
    first, second = features(tmp_path / "first"), features(tmp_path / "second")
    verger("extract", photos, tmp_path / "fp32", "--views", "3")
    for name, row in features(tmp_path / "fp32").items():
        assert np.array_equal(first[name], second[name])
        assert first[name] @ row > 0.95 * np.linalg.norm(first[name]) * np.linalg.norm(row)
