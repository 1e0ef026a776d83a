"""The orchard as a folder: which photos it holds, and how they come to be there."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from orchard.kit import Kit
from orchard.light import photograph, turned
from orchard.noise import Noise, block
from orchard.varieties import VARIETIES

DRAWER = 1  # the version of the drawer: raise it when the same seed gives other photos
MARKER = "orchard.json"
MOST_PHOTOS = 600  # of a label, so that every photo has its own whole degree
SIZES = range(16, 401)


class RefusedError(Exception):
    """The orchard was not drawn; the message says why and what to do."""


@dataclass(frozen=True)
class Plan:
    """Everything that decides the photos of an orchard."""

    photos: int = 40  # of each label
    size: int = 100  # width and height in pixels
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuses settings that cannot be drawn."""
        if not 1 <= self.photos <= MOST_PHOTOS:
            raise RefusedError(
                f"--photos is {self.photos}; give 1 to {MOST_PHOTOS} for each label."
            )
        if self.size not in SIZES:
            raise RefusedError(f"--size is {self.size}; give {SIZES[0]} to {SIZES[-1]} pixels.")
        if self.seed < 0:
            raise RefusedError(f"--seed is {self.seed}; give 0 or more.")

    def frames(self) -> list[tuple[str, int]]:
        """Returns the axis and the angle in degrees of each photo of a label.

        Three of five turn about the upright stem, the others about a second axis.
        """
        upright = self.photos - self.photos * 2 // 5
        return [
            (axis, i * 360 // count)
            for axis, count in (("", upright), ("r", self.photos - upright))
            for i in range(count)
        ]

    def files(self) -> list[str]:
        """Returns the path of every photo inside the orchard, in the order of drawing."""
        return [
            f"{v.species}/{v.label}/{file_name(axis, angle, self.size)}"
            for v in VARIETIES
            for axis, angle in self.frames()
        ]

    def marker(self) -> dict[str, int]:
        """Returns what orchard.json says of this orchard."""
        labels = len(VARIETIES)
        total = labels * self.photos
        return {"drawer": DRAWER, **asdict(self), "labels": labels, "total": total}


def file_name(axis: str, angle: int, size: int) -> str:
    """Names a photo as Fruits-360 does: 36_100.jpg, or r_36_100.jpg for the second axis."""
    return f"{axis}_{angle}_{size}.jpg" if axis else f"{angle}_{size}.jpg"


def draw(out: Path, plan: Plan) -> bool:
    """Draws the orchard into `out`; returns False if the same orchard is there already.

    The photos appear all at once, or not at all. An orchard of other settings is replaced.
    Errors: RefusedError if `out` holds anything that this drawer did not put there.
    """
    old = _standing(out)
    if old == plan.marker() and all((out / name).is_file() for name in plan.files()):
        return False
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = out.parent / f".{out.name}.drawing-{os.getpid()}"
    replaced = out.parent / f".{out.name}.replaced-{os.getpid()}"
    try:
        fresh.mkdir()
        _draw_all(fresh, plan)
        (fresh / MARKER).write_text(json.dumps(plan.marker(), indent=2) + "\n")
        if old is not None:
            out.rename(replaced)
        fresh.rename(out)
    except BaseException:
        if replaced.exists() and not out.exists():
            replaced.rename(out)
        raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(replaced, ignore_errors=True)
    return True


def _standing(out: Path) -> dict[str, int] | None:
    """Returns the marker of the orchard in `out`, None if there is nothing yet."""
    if not out.exists():
        return None
    if not out.is_dir():
        raise RefusedError(f"{out} is a file; give the name of a new folder.")
    if not any(out.iterdir()):
        return None
    remedy = "Give the name of a new folder, or remove this one."
    try:
        marker: dict[str, int] = json.loads((out / MARKER).read_text())
        settings = Plan(marker["photos"], marker["size"], marker["seed"])
        same = marker.keys() == settings.marker().keys()
    except (OSError, ValueError, KeyError, TypeError, RefusedError):
        same = False
    if not same:
        raise RefusedError(f"{out} is not empty and holds no orchard drawn by this tool. {remedy}")
    # A drawer of another version may have had other labels, but never other names of photos.
    names = {file_name(*frame, settings.size) for frame in settings.frames()}
    for path in sorted(out.rglob("*")):
        ours = path.name in names and len(path.relative_to(out).parts) == 3
        if not path.is_dir() and not ours and path != out / MARKER:
            other = path.relative_to(out)
            raise RefusedError(f"{out} holds {other}, which this tool did not draw. {remedy}")
    return marker


def _draw_all(folder: Path, plan: Plan) -> None:
    cube = block(plan.seed)
    # Photos are drawn at twice their size and a fruit is about two units wide: neighbouring
    # points fall a pixel apart, and the few pixels they miss are filled from beside.
    step = 1.02 / plan.size
    for number, variety in enumerate(VARIETIES):
        _progress(f"drawing {variety.label} ({number + 1} of {len(VARIETIES)})")
        rng = np.random.default_rng([plan.seed, number])
        fruit = variety.grow(Kit(Noise(cube, rng), rng, step))
        place = folder / variety.species / variety.label
        place.mkdir(parents=True)
        start, sway = rng.uniform(0, 360), rng.uniform(0, 2 * np.pi)
        for axis, angle in plan.frames():
            tilt = variety.tilt + 3 * np.sin(np.radians(angle) + sway)
            rotation = turned(axis, angle + start, tilt)
            exposure = rng.uniform(0.96, 1.04)
            image = Image.fromarray(photograph(fruit, rotation, plan.size, rng, exposure))
            image.save(place / file_name(axis, angle, plan.size), quality=92, subsampling=0)
    _progress(f"drew {len(VARIETIES)} labels, {len(VARIETIES) * plan.photos} photos", last=True)


def _progress(text: str, last: bool = False) -> None:
    """Writes one line that replaces itself on a terminal; elsewhere only the last one."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}" + ("\n" if last else ""))
    elif last:
        sys.stderr.write(text + "\n")
    sys.stderr.flush()
