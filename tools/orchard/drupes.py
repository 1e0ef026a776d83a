"""Stone fruit, each from seeded noise to a fruit."""

from __future__ import annotations

import numpy as np

from orchard.kit import Kit, near, paint, plain, woody
from orchard.light import Fruit, Gloss, Part, assemble
from orchard.noise import Array, ramp
from orchard.shapes import Profile, Surface, nearness, scattered, solid


def _drupe(kit: Kit, profile: Profile, groove: float, where: float = 0.6) -> Surface:
    def swell(along: Array, around: Array) -> Array:
        depth = groove * np.sqrt(np.abs(np.sin(np.pi * along)))
        return np.asarray(1 - depth * near(around, where, 0.22))

    body = solid(profile, kit.step, swell)
    return body.raised(0.012 * kit.noise.lumps(body.points))


CHERRY: Profile = [
    (0, 0.58), (0.12, 0.64), (0.34, 0.78), (0.66, 0.74), (0.95, 0.38), (0.98, -0.10),
    (0.78, -0.58), (0.42, -0.85), (0.12, -0.90), (0, -0.90),
]  # fmt: skip


def _cherry(kit: Kit, body: Surface, colour: Array) -> Fruit:
    hollow = ramp(body.along, 0.15, 0.01)
    colour = colour * (1 - 0.6 * hollow)[..., None]
    colour = paint(colour, "5a3a22", 0.8 * ramp(body.along, 0.975, 0.995))
    path = [
        (0.62, 1.75, 0.2),
        (0.40, 1.45, 0.12),
        (0.14, 1.05, 0.03),
        (0.02, 0.75, 0.0),
        (0, 0.5, 0),
    ]
    twig = woody(kit, path, [0.085, 0.042, 0.036, 0.04, 0.07], "8f9a45", "6b6a2c")
    return assemble([Part(body, colour, 0.55), twig], Gloss(70, 0.07, 0.35), kit.step)


def cherry(kit: Kit) -> Fruit:
    """Dark red and glossy, heart-shaped, with a suture and a green stem."""
    body = _drupe(kit, CHERRY, 0.05)
    p, n = body.points, kit.noise
    colour = paint(plain(body, "8a0d1c"), "4a0412", ramp(n.at(p, 0.3), -1.0, 1.5))
    colour = paint(
        colour, "b01c26", 0.7 * near(body.around, -2.2, 0.9) * ramp(n.at(p, 0.5), -1, 1.5)
    )
    colour = paint(colour, "3a020c", 0.5 * near(body.around, 0.6, 0.05))
    dots = nearness(body, scattered(body, 120, kit.rng), np.full(120, 0.022))
    return _cherry(kit, body, paint(colour, "c4505a", 0.4 * ramp(dots, 0, 0.6)))


def cherry_rainier(kit: Kit) -> Fruit:
    """Yellow, with a red blush on the side that saw the sun."""
    body = _drupe(kit, CHERRY, 0.05)
    p, n = body.points, kit.noise
    blush = 2.6 * near(body.around, -0.5, 1.15) - 1.3 + 0.8 * n.at(p, 0.5)
    colour = paint(plain(body, "ecc25c"), "f0d487", ramp(n.at(p, 0.4), -0.5, 1.5))
    colour = paint(colour, "d8323a", 0.92 * ramp(blush, -0.6, 1.2))
    spots = scattered(body, 320, kit.rng)
    dots = nearness(body, spots, kit.rng.uniform(0.02, 0.045, 320))
    return _cherry(
        kit, body, paint(colour, "d04a40", 0.6 * ramp(dots, 0, 0.7) * ramp(blush, -1.8, 0))
    )


def plum(kit: Kit) -> Fruit:
    """Violet, oval, under a pale bloom that fingers have rubbed off in places."""
    profile = [
        (0, 0.98), (0.10, 1.0), (0.30, 1.06), (0.66, 0.86), (0.90, 0.35), (0.92, -0.20),
        (0.72, -0.76), (0.36, -1.04), (0.1, -1.12), (0, -1.12),
    ]  # fmt: skip
    body = _drupe(kit, profile, 0.07)
    p, n = body.points, kit.noise
    colour = paint(plain(body, "3c1238"), "5c1740", ramp(n.at(p, 0.3), -0.5, 1.6))
    bloom = ramp(n.at(p, 0.45) + 0.25 * n.at(p, 1.5), -0.5, 1.2)
    colour = paint(colour, "8a86b4", 0.50 * bloom)
    colour = paint(colour, "240a22", 0.6 * near(body.around, 0.6, 0.06))
    dots = nearness(body, scattered(body, 170, kit.rng), np.full(170, 0.022))
    colour = paint(colour, "b49a9a", 0.5 * ramp(dots, 0, 0.6))
    colour = paint(colour, "2a1620", 0.8 * ramp(body.along, 0.06, 0.01))
    path = [(0.10, 1.42, 0.03), (0.07, 1.28, 0.02), (0.02, 1.12, 0.0), (0, 0.9, 0)]
    twig = woody(kit, path, [0.06, 0.04, 0.04, 0.06])
    return assemble([Part(body, colour, 0.16), twig], Gloss(26, 0.10, 0.1), kit.step)


def peach(kit: Kit) -> Fruit:
    """Yellow to crimson, with a deep suture and a down that glows at the rim."""
    profile = [
        (0, 0.55), (0.10, 0.62), (0.28, 0.80), (0.60, 0.84), (0.93, 0.45), (1.0, -0.05),
        (0.83, -0.55), (0.48, -0.84), (0.15, -0.96), (0.05, -1.02), (0, -1.03),
    ]  # fmt: skip
    body = _drupe(kit, profile, 0.12)
    p, n = body.points, kit.noise
    blush = 2.4 * near(body.around, -0.9, 1.25) - 1.2 + 0.75 * n.at(p, 0.4) + 0.3 * n.at(p, 1.5)
    colour = paint(plain(body, "eeb255"), "f2c777", ramp(n.at(p, 0.4), -0.5, 1.5))
    colour = paint(colour, "d9603f", 0.9 * ramp(blush, -1.0, 0.6))
    colour = paint(colour, "a3242f", 0.85 * ramp(blush, 0.1, 1.7))
    speck = ramp(n.at(p, 2.0), 0.6, 1.8) * ramp(blush, -1.6, 0.4)
    colour = paint(colour, "b53a36", 0.5 * speck)
    colour = paint(colour, "93402c", 0.45 * near(body.around, 0.6, 0.06))
    hollow = ramp(body.along, 0.17, 0.02)
    colour = paint(colour, "5a3a1e", 0.8 * hollow)
    return assemble([Part(body, colour, 0.03)], Gloss(8, 0.30, 0.4), kit.step)
