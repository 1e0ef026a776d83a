"""Features of several views are the mean of those of images that Pillow makes.

The embedded network is run on each of these images by OpenVINO's own package, from its ONNX file.
Seen with Pillow 13.0.0 and OpenVINO 2026.4.1: differences of 4e-8 of the largest feature.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import openvino
import pytest
import verger
from PIL import Image, ImageOps

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("VERGER_BUILD", REPOSITORY / "build"))
PHOTOS = sorted((REPOSITORY / "tests" / "golden" / "photos").iterdir())
NETWORK = BUILD / "networks" / "efficientnet-lite0.onnx"
SIDE = 224
BOUND = 1e-5  # of the largest feature
Floats = npt.NDArray[np.float32]
Turn = Image.Transpose
TURNS = [
    Turn.FLIP_LEFT_RIGHT,
    Turn.ROTATE_180,
    Turn.FLIP_TOP_BOTTOM,
    Turn.TRANSPOSE,
    Turn.ROTATE_270,
    Turn.TRANSVERSE,
    Turn.ROTATE_90,
]
EXACT = TURNS[:3]  # in them lines stay lines


def resized(image: Image.Image) -> Image.Image:
    return image.resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def middle(image: Image.Image) -> Image.Image:
    left, top = ((side + 5) // 10 for side in image.size)
    return image.crop((left, top, image.width - left, image.height - top))


def views(image: Image.Image, count: int) -> list[Image.Image]:
    whole = resized(image)
    if count == 3:
        return [whole, whole.transpose(Turn.FLIP_LEFT_RIGHT), resized(middle(image))]
    return [whole, *(whole.transpose(turn) for turn in TURNS)]


def opened(path: Path) -> Image.Image:
    return ImageOps.exif_transpose(Image.open(path)).convert("RGB")


@pytest.fixture(scope="module")
def network() -> Any:
    model = openvino.Core().read_model(NETWORK)
    return openvino.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})


def features(network: Any, images: list[Image.Image]) -> Floats:
    """A row an image."""
    rows = []
    for image in images:
        tensor = (np.asarray(image, np.float32) - 127) / 128
        rows.append(next(iter(network(tensor.transpose(2, 0, 1)[None]).values())).ravel())
    return np.stack(rows)


@pytest.mark.parametrize("count", [3, 8])
def test_features_are_the_mean_over_views(network: Any, count: int) -> None:
    table = verger.extract(PHOTOS, views=count)
    for path, row in zip(PHOTOS, table["features"].to_pylist(), strict=True):
        each = features(network, views(opened(path), count))
        expected = each.mean(0, dtype=np.float64)
        assert np.abs(row - expected).max() <= BOUND * np.abs(expected).max(), path.name
        # The views are not all alike, so that another set of them would be seen.
        assert np.abs(each - expected).max() > 1000 * BOUND * np.abs(expected).max()


def test_resizing_the_turned_photo_gives_nearly_the_turned_pixels() -> None:
    """To the byte where lines stay lines; else Pillow's two passes change places, and round."""
    for path in PHOTOS:
        image = opened(path)
        for turn in TURNS:
            of_photo = np.asarray(resized(image.transpose(turn)), int)
            of_pixels = np.asarray(resized(image).transpose(turn), int)
            apart = np.abs(of_photo - of_pixels)
            assert apart.mean() < (1e-9 if turn in EXACT else 0.2), (path.name, turn)
