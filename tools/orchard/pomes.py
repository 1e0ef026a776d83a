"""Apples and pears, each from seeded noise to a fruit."""

from __future__ import annotations

import numpy as np

from orchard.kit import Kit, near, paint, plain, woody
from orchard.light import Fruit, Gloss, Part, assemble
from orchard.noise import Array, ramp
from orchard.shapes import Profile, Surface, leaf, nearness, scattered, solid

APPLE: Profile = [
    (0, 0.50), (0.10, 0.56), (0.24, 0.74), (0.46, 0.85), (0.80, 0.70), (1.0, 0.22),
    (0.93, -0.30), (0.68, -0.72), (0.42, -0.88), (0.22, -0.86), (0.10, -0.74), (0, -0.70),
]  # fmt: skip


def _apple_body(kit: Kit, stretch: float, lobes: float) -> Surface:
    lean = kit.rng.uniform(-np.pi, np.pi)

    def swell(along: Array, around: Array) -> Array:
        foot = ramp(along, 0.45, 0.9)
        five = lobes * foot * np.cos(5 * around + lean)
        return np.asarray(1 + five + 0.025 * np.cos(around - lean))

    body = solid([(r, y * stretch) for r, y in APPLE], kit.step, swell)
    return body.raised(0.012 * kit.noise.lumps(body.points))


def _apple(kit: Kit, body: Surface, colour: Array, shine: float, stretch: float) -> Fruit:
    hollow = np.maximum(ramp(body.along, 0.17, 0.02), ramp(body.along, 0.88, 0.985))
    colour = colour * (1 - 0.62 * hollow)[..., None]
    end = ramp(body.along, 0.955, 0.985)
    colour = paint(colour, "33261a", end)
    parts = [Part(body, colour, shine)]
    dx, dz = kit.rng.uniform(-0.16, 0.16, 2)
    y = 0.5 * stretch
    path = [
        (dx, y + 0.62, dz),
        (0.5 * dx, y + 0.4, 0.3 * dz),
        (0.0, y + 0.15, 0.0),
        (0, y - 0.1, 0),
    ]
    parts.append(woody(kit, path, [0.05, 0.034, 0.03, 0.04]))
    for k in range(5):
        sepal = leaf(
            [(0.02, -0.72 * stretch), (0.08, -0.82 * stretch), (0.13, -0.87 * stretch)],
            0.05, 1.26 * k, kit.step,
        )  # fmt: skip
        parts.append(Part(sepal, plain(sepal, "4a3a26"), two_sided=True))
    return assemble(parts, Gloss(sharpness=34, rim=0.05, warmth=0.3), kit.step)


def apple_red(kit: Kit) -> Fruit:
    """Red over yellow in streaks from stem to blossom end, thin on the shaded side."""
    body = _apple_body(kit, 1.02, 0.045)
    p, n = body.points, kit.noise
    streaks = n.at(p, (2.2, 0.22, 2.2)) + 0.5 * n.at(p, 0.5)
    shade = near(body.around, 2.0, 0.85) * ramp(body.along, 0.95, 0.6)
    red = ramp(streaks - 2.3 * shade + 1.3, -0.9, 0.9)
    colour = paint(plain(body, "d9a545"), "a3151d", 0.25 + 0.72 * red)
    colour = paint(colour, "6e0a14", 0.55 * ramp(n.at(p, (2.6, 0.25, 2.6)), 0.2, 1.6) * red)
    green = ramp(body.along, 0.16, 0.05) * ramp(n.at(p, 0.8), -1.5, 0.8)
    colour = paint(colour, "a89a3f", 0.6 * green)
    dots = nearness(body, scattered(body, 150, kit.rng), np.full(150, 0.022))
    return _apple(kit, body, paint(colour, "e3b68c", 0.55 * ramp(dots, 0, 0.5)), 0.30, 1.02)


def apple_golden(kit: Kit) -> Fruit:
    """Yellow with brown lenticels, russet around the stem and a faint blush."""
    body = _apple_body(kit, 0.98, 0.03)
    p, n = body.points, kit.noise
    colour = paint(plain(body, "dcc044"), "b9b03a", ramp(n.at(p, 0.35), -0.6, 1.6))
    colour = paint(
        colour, "d98a45", 0.5 * near(body.around, -1.0, 0.7) * ramp(n.at(p, 0.4), -1.5, 1)
    )
    rust = ramp(n.at(p, 0.9) + 2.6 * ramp(body.along, 0.26, 0.05) - 1.0, 0.2, 1.2)
    colour = paint(colour, "8d6432", 0.75 * rust)
    net = ramp(np.abs(n.at(p, 0.7)), 0.16, 0.02) * ramp(n.at(p, 0.3), 0.2, 1.2)
    colour = paint(colour, "8d6432", 0.6 * net)
    radii = kit.rng.uniform(0.014, 0.032, 230)
    dots = nearness(body, scattered(body, 230, kit.rng), radii)
    return _apple(kit, body, paint(colour, "7a5a2c", 0.75 * ramp(dots, 0, 0.6)), 0.16, 0.98)


def granny_smith(kit: Kit) -> Fruit:
    """Green all over, with white lenticels and a paler side."""
    body = _apple_body(kit, 0.94, 0.03)
    p, n = body.points, kit.noise
    colour = paint(plain(body, "8fae3c"), "adc25e", ramp(n.at(p, 0.3), -0.5, 1.8))
    colour = paint(colour, "77982f", 0.6 * ramp(n.at(p, (1.6, 0.25, 1.6)), 0.1, 1.8))
    colour = paint(
        colour, "b9a95e", 0.6 * near(body.around, 0.9, 0.35) * near(body.along, 0.4, 0.15)
    )
    radii = kit.rng.uniform(0.016, 0.03, 260)
    dots = nearness(body, scattered(body, 260, kit.rng), radii)
    return _apple(kit, body, paint(colour, "dbe6ac", 0.7 * ramp(dots, 0, 0.5)), 0.30, 0.94)


def pear(kit: Kit) -> Fruit:
    """Yellow-green, long-necked, speckled, with russet and a stem."""
    profile = [
        (0, 1.30), (0.13, 1.32), (0.27, 1.20), (0.36, 0.92), (0.43, 0.60), (0.60, 0.25),
        (0.84, -0.15), (0.93, -0.55), (0.80, -0.95), (0.50, -1.20), (0.22, -1.25),
        (0.09, -1.17), (0, -1.14),
    ]  # fmt: skip
    body = solid(profile, kit.step, lambda t, a: 1 + 0.02 * np.cos(a) * (1 - t))
    body = body.raised(0.02 * kit.noise.lumps(body.points))
    p, n = body.points, kit.noise
    colour = paint(plain(body, "b9b445"), "8fa33a", ramp(n.at(p, 0.35), -0.4, 1.4))
    colour = paint(
        colour, "c9873a", 0.65 * near(body.around, 1.2, 0.8) * ramp(n.at(p, 0.5), -1.2, 1.2)
    )
    cap = np.maximum(ramp(body.along, 0.15, 0.0), ramp(body.along, 0.88, 1.0))
    colour = paint(colour, "8a6030", 0.8 * ramp(n.at(p, 1.0) + 3 * cap - 1.2, 0, 1.4))
    spots = scattered(body, 650, kit.rng)
    dots = nearness(body, spots, kit.rng.uniform(0.014, 0.03, 650))
    colour = paint(colour, "6f5a26", 0.7 * ramp(dots, 0, 0.6))
    colour = paint(colour, "2e2318", ramp(body.along, 0.965, 0.985))
    path = [(0.26, 1.85, 0.05), (0.14, 1.65, 0.03), (0.03, 1.42, 0.0), (0, 1.2, 0)]
    twig = woody(kit, path, [0.075, 0.05, 0.05, 0.075])
    return assemble([Part(body, colour, 0.10), twig], Gloss(20, 0.05, 0.3), kit.step)
