"""`--decode fast`: fewer pixels, a part of the identity, for every network."""

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
ROWS = 4


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Three JPEGs of which two are large enough to be scaled, and a PNG."""
    folder = tmp_path / "photos" / "Plum"
    folder.mkdir(parents=True)
    fruit(1, 400).resize((400, 300)).save(folder / "a.jpg", quality=90)
    fruit(2, 300).resize((130, 300)).save(folder / "b.jpg", quality=90)
    fruit(3, 100).save(folder / "c.jpg", quality=90)
    fruit(4, 300).save(folder / "d.png")
    return folder.parent


@pytest.fixture
def network(tmp_path: Path) -> Path:
    return pixels_network(tmp_path / "pixels.onnx", SIDE, SIDE)


def features(out: Path) -> dict[str, np.ndarray]:
    rows = pq.read_table(out / "Preprocessing").to_pylist()
    return {Path(row["path"]).name: np.array(row["features"], "f4") for row in rows}


def drafted(path: Path, side: int, size: tuple[int, int]) -> np.ndarray:
    """The network's input, as Pillow makes it of a draft with twice `side` pixels."""
    image = Image.open(path)
    image.draft("RGB", (2 * side, 2 * side))
    return np.asarray(image.convert("RGB").resize(size), "f4").transpose(2, 0, 1) / 127.5 - 1


# Of [-1, 1]: our own decoder is near a draft, and small images are the same to the bit.
NEAR = 0.15


def test_pixels_are_near_those_of_a_draft(photos: Path, network: Path, tmp_path: Path) -> None:
    model: list[str | Path] = ["--model", network, "--preset", "mobilenet-v2"]
    verger("extract", photos, tmp_path / "fast", *model, "--decode", "fast")
    fast = features(tmp_path / "fast")
    verger("extract", photos, tmp_path / "exact", *model, "--decode", "exact")
    exact = features(tmp_path / "exact")
    for name, row in fast.items():
        expected = drafted(photos / "Plum" / name, SIDE, (SIDE, SIDE)).ravel()
        scaled = name in {"a.jpg", "b.jpg"}
        assert np.abs(row - expected).max() < (NEAR if scaled else 1e-6)
        assert np.abs(row - expected).mean() < 0.01
    same = {name for name in fast if np.array_equal(fast[name], exact[name])}
    assert same == {"c.jpg", "d.png"}


def test_a_crop_is_cut_out_of_twice_its_pixels(photos: Path, network: Path, tmp_path: Path) -> None:
    model: list[str | Path] = [
        "--model",
        network,
        "--preset",
        "mobilenet-v2",
        "--resize",
        "crop:40",
    ]
    verger("extract", photos, tmp_path / "out", *model, "--decode", "fast")
    # 400 x 300 at 1/2, since 300 / 4 < 2 * 40: the shorter side becomes 40, the longer 53.
    resized = drafted(photos / "Plum" / "a.jpg", 40, (53, 40))
    middle = resized[:, 4 : 4 + SIDE, 10 : 10 + SIDE]
    apart = np.abs(features(tmp_path / "out")["a.jpg"] - middle.ravel())
    assert apart.max() < NEAR
    assert apart.mean() < 0.01


def test_rows_of_both_never_mix(photos: Path, network: Path, tmp_path: Path) -> None:
    command: list[str | Path] = [
        "extract",
        photos,
        tmp_path / "out",
        "--model",
        network,
        "--preset",
        "timm",
    ]
    command += ["--resize", "stretch"]
    verger(*command)
    exact = manifest(tmp_path / "out")["model"]
    assert "decode" not in exact["identity"]
    again = summary(*command, "--decode", "fast")
    assert (again["extracted"], again["reused"]) == (ROWS, 0)
    fast = manifest(tmp_path / "out")["model"]
    assert fast["identity"] == exact["identity"] + ":decode=fast2"
    assert fast["sha256"] == exact["sha256"]
    again = summary(*command, "--decode", "fast")
    assert (again["extracted"], again["reused"]) == (0, ROWS)


def test_the_embedded_network_takes_it(photos: Path, tmp_path: Path) -> None:
    verger("extract", photos, tmp_path / "out", "--decode", "fast")
    model = manifest(tmp_path / "out")["model"]
    assert model["preset"] == "efficientnet-lite,decode=fast"
    assert model["identity"].endswith(":decode=fast2")
    stdout = verger("model", "inspect", "efficientnet-lite0", "--decode", "fast").stdout
    assert model["identity"] in stdout


def test_the_embedded_network_takes_no_other_part(photos: Path, tmp_path: Path) -> None:
    command: list[str | Path] = [
        "extract",
        photos,
        tmp_path / "out",
        "--decode",
        "fast",
        "--filter",
        "box",
    ]
    stderr = verger(*command, check=USAGE).stderr
    assert "of a preset, only size, decode and views can be chosen" in stderr
    assert not (tmp_path / "out").exists()


def test_limits_are_of_the_size_that_a_photo_has(photos: Path, tmp_path: Path) -> None:
    command: list[str | Path] = [
        "extract",
        photos,
        tmp_path / "out",
        "--decode",
        "fast",
        "--max-pixels",
        "100000",
    ]
    result = summary(*command, "--max-reject-rate", "1")
    assert result["rejected"] == 1
    errors = pq.read_table(tmp_path / "out" / "Preprocessing")["error"].to_pylist()
    assert "JPEG: 400 x 300 pixels, more than --max-pixels 100000" in errors
