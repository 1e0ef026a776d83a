"""Photos of 12 megapixels, as many as are asked for, from smaller ones: enlarged, with noise."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from machine import BUILD, ROOT

SIZE = (4032, 3024)  # of a phone
TILE = 1024  # of noise: drawing it for every pixel would take longer than all the rest

# What differs between the cameras that the photos stand for: noise (its deviation, and how many
# pixels wide its grain is), the quality of the JPEG, its sampling, and whether it is progressive.
CAMERAS: list[tuple[float, int, int, int, bool]] = [
    (0, 1, 85, 2, False),
    (3, 1, 95, 0, False),
    (6, 2, 90, 2, False),
    (8, 1, 92, 2, False),
    (12, 3, 88, 1, False),
    (16, 1, 80, 2, True),
]


def sources() -> dict[str, list[Path]]:
    """Small photos by where they come from: drawn ones, and real ones where they are."""
    drawn = BUILD / "bench" / "orchard-400"
    drawer = [sys.executable, str(ROOT / "tools" / "draw_orchard.py"), str(drawn)]
    subprocess.run([*drawer, "--size", "400", "--photos", "5"], check=True)
    folders = {"drawn": drawn, "grocery": ROOT.parent / "shared" / "grocery" / "train"}
    return {
        name: sorted(folder.rglob("*.jpg")) for name, folder in folders.items() if folder.is_dir()
    }


def enlarge(source: Path, into: Path, camera: int, seed: int) -> None:
    """Writes `source` at 12 megapixels as `camera` takes it."""
    deviation, grain, quality, sampling, progressive = CAMERAS[camera]
    random = np.random.default_rng(seed)
    picture = Image.open(source).convert("RGB")
    size = SIZE if picture.width >= picture.height else SIZE[::-1]
    pixels = np.asarray(picture.resize(size, Image.Resampling.BICUBIC))
    if deviation:
        fine = random.normal(0, deviation, (TILE // grain + 1, TILE // grain + 1, 3))
        tile = fine.repeat(grain, axis=0).repeat(grain, axis=1)[:TILE, :TILE].astype(np.int16)
        tile = np.roll(tile, tuple(random.integers(0, TILE, 2)), (0, 1))
        down, across = -(-size[1] // TILE), -(-size[0] // TILE)
        noise = np.tile(tile, (down, across, 1))[: size[1], : size[0]]
        pixels = np.clip(pixels + noise, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(
        into, quality=quality, subsampling=sampling, progressive=progressive
    )


def make(folder: Path, count: int) -> dict[str, int]:
    """Makes `count` photos in `folder`, below their cameras; how many are of each source."""
    by_source = sources()
    names = sorted(by_source)
    tasks = []
    for n in range(count):
        photos = by_source[names[n % len(names)]]
        per_source = -(-count // len(names))
        source = photos[(n // len(names)) * len(photos) // per_source]
        camera = n // len(names) % len(CAMERAS)
        below = folder / f"camera-{camera}"
        below.mkdir(parents=True, exist_ok=True)
        tasks.append((source, below / f"{n:04}-{names[n % len(names)]}.jpg", camera, n))
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        list(pool.map(enlarge, *zip(*tasks, strict=True)))
    return {name: sum(task[1].stem.endswith(name) for task in tasks) for name in names}
