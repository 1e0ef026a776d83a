"""Every filter gives Pillow's pixels, enlarging and shrinking; a crop is torchvision's.

Sizes drawn at random, and those at which a rule changes: which axis goes first, an odd number of
pixels to cut off, a side that is only cut, photos of one pixel or one row.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pixels_photos import scene

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("VERGER_BUILD", ROOT / "build")) / "tests" / "verger_pixels"
FILTERS = ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"]
TARGETS = [(1, 1), (224, 224), (7, 301), (300, 5), (61, 97), (33, 200)]
SIZES = [(1, 1), (1, 40), (50, 1), (97, 61), (61, 97), (320, 240), (113, 700), (640, 111)]
# (shorter, side): OpenAI's CLIP, timm and DINOv2, torchvision's second weights, and odd ones.
CROPS = [(224, 224), (256, 224), (232, 224), (97, 97), (97, 60), (31, 1), (1, 1)]


def _photos(folder: Path) -> dict[Path, Image.Image]:
    rng = np.random.default_rng(3)
    sizes = [*SIZES, *((int(w), int(h)) for w, h in rng.integers(2, 500, (24, 2)))]
    photos = {}
    for index, (width, height) in enumerate(sizes):
        path = folder / f"{index}-{width}x{height}.png"
        picture = Image.fromarray(scene(width, height, index))
        picture.save(path)
        photos[path] = picture
    return photos


def torchvision_crop(picture: Image.Image, shorter: int, side: int, kind: int) -> Image.Image:
    """Resize(shorter) and CenterCrop(side), as torchvision.transforms does them with Pillow: half
    of an odd number goes to the even one (pytorch/vision#5274)."""
    width, height = picture.size
    longer = int(shorter * max(width, height) / min(width, height))
    scaled = (shorter, longer) if width <= height else (longer, shorter)
    left, top = (round((length - side) / 2.0) for length in scaled)
    resized = picture.resize(scaled, Image.Resampling(kind))
    return resized.crop((left, top, left + side, top + side))


@pytest.mark.parametrize("name", FILTERS)
def test_pixels_are_those_of_pillow_and_torchvision(name: str, tmp_path: Path) -> None:
    kind = Image.Resampling[name.upper()]
    jobs = []
    for path, picture in _photos(tmp_path).items():
        sizes = [*TARGETS, picture.size, (picture.width, 40), (40, picture.height)]
        jobs += [(path, w, h, picture.resize((w, h), kind)) for w, h in sizes]
        crops = [*CROPS, (min(picture.size), min(picture.size))]
        jobs += [(path, s, -n, torchvision_crop(picture, n, s, kind)) for n, s in crops]
    out = [tmp_path / f"{index}.rgb" for index in range(len(jobs))]
    lines = [f"{p}\t{w}\t{h}\t{name}\t{to}\n" for (p, w, h, _), to in zip(jobs, out, strict=True)]
    (tmp_path / "jobs").write_text("".join(lines))
    subprocess.run([PROGRAM, tmp_path / "jobs"], check=True, timeout=300)
    wrong = []
    for (path, width, height, expected), to in zip(jobs, out, strict=True):
        header, _, pixels = to.read_bytes().partition(b"\n")
        if header.decode() != f"{expected.width} {expected.height}" or pixels != expected.tobytes():
            wrong.append(f"{path.name} to {width} x {height}: {header.decode()}")
    assert len(jobs) > 500
    assert wrong == []
