"""Draws the photos of tests/golden/photos: small, seeded, of several sizes and formats.

usage: photos.py FOLDER
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image
from resnet50_weights import uniform


class Fruit(NamedTuple):
    name: str
    width: int
    height: int
    skin: tuple[float, float, float]
    blush: tuple[float, float, float]


FRUITS = (
    Fruit("apple.jpg", 100, 100, (0.75, 0.10, 0.12), (0.90, 0.75, 0.20)),
    Fruit("cherry.png", 64, 97, (0.45, 0.02, 0.08), (0.80, 0.10, 0.15)),
    Fruit("granny.jpg", 224, 224, (0.45, 0.68, 0.12), (0.70, 0.80, 0.30)),
    Fruit("lemon.jpg", 320, 200, (0.95, 0.82, 0.15), (0.85, 0.70, 0.10)),
    Fruit("orange.png", 128, 128, (0.95, 0.50, 0.08), (0.98, 0.62, 0.15)),
    Fruit("plum.jpg", 300, 420, (0.30, 0.12, 0.35), (0.50, 0.15, 0.30)),
)


def draw(fruit: Fruit) -> npt.NDArray[np.uint8]:
    """A lit ball with a blush, a stalk and specks, before a softly shaded wall."""
    rows, columns = np.mgrid[0 : fruit.height, 0 : fruit.width]
    x = (columns + 0.5) / fruit.width * 2 - 1
    y = (rows + 0.5) / fruit.height * 2 - 1
    radius = (x / 0.72) ** 2 + (y / 0.68) ** 2
    depth = np.sqrt(np.clip(1 - radius, 0, 1))
    light = np.clip(0.35 + 0.65 * (0.5 * depth - 0.55 * x - 0.5 * y), 0.1, 1)
    blush = 0.5 + 0.5 * np.sin(3 * x + 5 * y + 2 * np.sin(4 * x))
    skin = np.array(fruit.skin) + blush[..., None] * (np.array(fruit.blush) - np.array(fruit.skin))
    color = skin * light[..., None]
    for index, (at_x, at_y) in enumerate(uniform(fruit.name, (24, 2), -0.6, 0.6)):
        speck = np.exp(-((x - at_x) ** 2 + (y - at_y) ** 2) / 0.0008)
        color += (0.25 if index % 2 else -0.2) * speck[..., None]
    gleam = np.exp(-((x + 0.28) ** 2 + (y + 0.3) ** 2) / 0.012)
    color += 0.7 * gleam[..., None]
    wall = np.stack([0.95 - 0.1 * y, 0.94 - 0.1 * y, 0.92 - 0.08 * x], axis=-1)
    stalk = (np.abs(x - 0.15 * (y + 0.6)) < 0.03) & (y < -0.5) & (y > -0.9)
    edge = np.clip((1 - radius) * min(fruit.width, fruit.height) / 4, 0, 1)[..., None]
    picture = wall + edge * (color - wall)
    picture[stalk] = (0.35, 0.25, 0.1)
    pixels: npt.NDArray[np.uint8] = np.floor(np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)
    return pixels


def main() -> None:
    parser = argparse.ArgumentParser(description="Draws the photos of the parity tests.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for fruit in FRUITS:
        picture = Image.fromarray(draw(fruit))
        if fruit.name.endswith(".jpg"):
            picture.save(folder / fruit.name, quality=88, subsampling=2 if fruit.width > 200 else 0)
        else:
            picture.save(folder / fruit.name, optimize=True)


if __name__ == "__main__":
    main()
