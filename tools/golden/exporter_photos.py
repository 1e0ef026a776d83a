"""The photos of tests/golden/exporters: drawn, not kept, the same under every NumPy.

They have the sides of the networks' inputs and are PNG, so that nothing but the network computes.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from resnet50_weights import uniform

COUNT = 32
SIDE = 32


def photos(side: int = SIDE) -> npt.NDArray[np.uint8]:
    """(32, side, side, 3): blocks of colour, no two alike."""
    blocks = uniform("exporters", (COUNT, 8, 8, 3), 0, 256)
    scale = side // 8
    return np.floor(blocks).astype(np.uint8).repeat(scale, axis=1).repeat(scale, axis=2)


def write(folder: Path, side: int = SIDE) -> list[Path]:
    """Writes them as PNG and returns their paths in order."""
    folder.mkdir(parents=True)
    paths = []
    for index, pixels in enumerate(photos(side)):
        paths.append(folder / f"{index:02}.png")
        Image.fromarray(pixels).save(paths[-1])
    return paths
