"""What every fruit is made with: seeded noise, colours, stems."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchard.light import Part
from orchard.noise import Array, Noise, ramp
from orchard.shapes import Surface, stem


@dataclass(frozen=True)
class Kit:
    """What a fruit is made with. `step` is the distance between points that fills every pixel."""

    noise: Noise
    rng: np.random.Generator
    step: float


def ink(code: str) -> Array:
    """Returns the linear light of a colour written as on the web, RRGGBB."""
    value = np.array([int(code[i : i + 2], 16) for i in (0, 2, 4)]) / 255
    return np.asarray(value**2.2, np.float32)


def paint(under: Array, over: str, amount: Array) -> Array:
    """Returns colour `under` covered by `over` where `amount` is 1."""
    return under + (ink(over) - under) * amount[..., None]


def plain(surface: Surface, code: str) -> Array:
    """Returns one colour for every point."""
    return np.ones((*surface.points.shape[:2], 1), np.float32) * ink(code)


def near(around: Array, where: float, width: float) -> Array:
    """Returns a bump of height 1 at the angle `where`, for sutures and blushes."""
    gap = np.angle(np.exp(1j * (around - where)))
    return np.asarray(np.exp(-((gap / width) ** 2)), np.float32)


def woody(
    kit: Kit,
    path: list[tuple[float, float, float]],
    radii: list[float],
    light: str = "8a6238",
    dark: str = "3d2a17",
) -> Part:
    """Returns a stem from its free end down to the fruit."""
    tube = stem(path, radii, kit.step)
    grain = ramp(kit.noise.at(tube.points, (3, 0.6, 3)), -1, 1.2)
    return Part(tube, paint(plain(tube, light), dark, grain), 0.03)
