"""Our pixels and features, by Pillow and OpenVINO, for what other programs are compared with.

They are the program's: tests/parity/test_pixels.py and core/extract/parity_test.cc hold it to them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openvino
from PIL import Image

SIDE = 224
Array = Any


def decode(path: Path) -> Array:
    return np.asarray(Image.open(path).convert("RGB"))


def resize(pixels: Array) -> Array:
    return np.asarray(Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def ours(path: Path) -> Array:
    return resize(decode(path))


class Network:
    """EfficientNet-Lite0 in float32, by its preset."""

    def __init__(self, file: str) -> None:
        hint = {"INFERENCE_PRECISION_HINT": "f32"}
        self._model = openvino.Core().compile_model(file, "CPU", hint)

    def features(self, pixels: Array) -> Array:
        tensor = (pixels.astype(np.float32) - 127) / 128
        return self._model(tensor.transpose(2, 0, 1)[None])[0][0].astype(np.float64)


def cosine(a: Array, b: Array) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def evenly_chosen(folder: Path, number: int) -> list[Path]:
    photos = sorted(folder.rglob("*.jpg"))
    number = min(number, len(photos))
    return [photos[at * len(photos) // number] for at in range(number)]


def enlarged(photos: list[Path], folder: str) -> list[Path]:
    chance = np.random.default_rng(1)
    files = []
    for number, path in enumerate(photos):
        large = Image.open(path).convert("RGB").resize((4000, 3000), Image.Resampling.LANCZOS)
        grain = chance.normal(0, 8, (3000, 4000, 3)).astype(np.float32)
        pixels = np.clip(np.asarray(large) + grain, 0, 255).astype(np.uint8)
        files.append(Path(folder) / f"{number}.jpg")
        Image.fromarray(pixels).save(files[-1], quality=90)
    return files
