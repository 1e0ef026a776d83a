"""Tomatoes, each from seeded noise to a fruit."""

from __future__ import annotations

import numpy as np

from orchard.kit import Kit, paint, plain, woody
from orchard.light import Fruit, Gloss, Part, assemble
from orchard.noise import Array, ramp
from orchard.shapes import leaf, solid


def _tomato(kit: Kit, ripe: str, deep: str, pale: str, ribs: int, height: float) -> Fruit:
    profile = [
        (0, 0.56), (0.12, 0.60), (0.32, 0.70), (0.66, 0.66), (0.95, 0.32), (1.0, -0.06),
        (0.86, -0.46), (0.55, -0.70), (0.2, -0.78), (0.05, -0.77), (0, -0.77),
    ]  # fmt: skip

    def swell(along: Array, around: Array) -> Array:
        top = ramp(along, 0.75, 0.1) * ramp(along, 0.0, 0.12)
        wave = np.abs(np.sin(ribs / 2 * around + 0.5 * np.sin(2 * around)))
        return 1 - 0.10 * top * (1 - wave**0.6) + 0.02 * np.cos(2 * around + 1)

    body = solid([(r, y * height) for r, y in profile], kit.step, swell)
    body = body.raised(0.015 * kit.noise.lumps(body.points))
    p, n = body.points, kit.noise
    colour = paint(plain(body, ripe), deep, 0.7 * ramp(n.at(p, 0.3), -0.6, 1.6))
    shoulder = ramp(body.along, 0.30, 0.08) * ramp(n.at(p, 0.5), -1.4, 1.2)
    colour = paint(colour, pale, 0.6 * shoulder)
    colour = paint(colour, pale, 0.3 * ramp(n.at(p, 2.0), 1.0, 2.2))
    colour = paint(colour, "5a3018", 0.8 * ramp(body.along, 0.985, 0.995))
    parts = [Part(body, colour, 0.42)]
    for k in range(5):
        turn = 1.257 * k + kit.rng.uniform(-0.2, 0.2)
        tip = kit.rng.uniform(0.72, 0.95) * height
        rib = [(0.03, 0.63 * height), (0.3, 0.78 * height), (0.58, tip), (0.78, tip + 0.02)]
        sepal = leaf(rib, 0.12, turn, kit.step, 0.5, 0.9)
        green = ramp(n.at(sepal.points, 0.8), -1.2, 1.2)
        parts.append(Part(sepal, paint(plain(sepal, "4f7a2c"), "33591f", green), 0.06, True))
    path = [
        (0.16, 0.62 * height + 0.42, 0.04),
        (0.10, 0.62 * height + 0.3, 0.02),
        (0.0, 0.6 * height, 0),
    ]
    parts.append(woody(kit, path, [0.08, 0.055, 0.07], "5f8534", "3c6123"))
    return assemble(parts, Gloss(60, 0.06, 0.35), kit.step)


def tomato(kit: Kit) -> Fruit:
    """Red, flat, ribbed at the shoulders, with green sepals."""
    return _tomato(kit, "cf2415", "a8140f", "d8742a", 5, 1.0)


def tomato_yellow(kit: Kit) -> Fruit:
    """Yellow and rounder, with green sepals."""
    return _tomato(kit, "f0b51c", "e39a12", "d8c545", 3, 1.16)
