"""Fruits that stand alone, each from seeded noise to a fruit."""

from __future__ import annotations

import numpy as np

from orchard.kit import Kit, near, paint, plain, woody
from orchard.light import Fruit, Gloss, Part, assemble
from orchard.noise import Array, ramp
from orchard.shapes import Surface, bent, leaf, nearness, scattered, solid, spiralled


def _pores(kit: Kit, body: Surface, depth: float) -> Surface:
    return body.raised(-depth * np.maximum(kit.noise.smooth_at(body.points, 3.2), 0))


def orange(kit: Kit) -> Fruit:
    """Round, pored, with the green button where the stem was."""
    profile = [
        (0, 0.88), (0.10, 0.89), (0.30, 0.92), (0.66, 0.73), (0.93, 0.34), (1.0, -0.05),
        (0.90, -0.46), (0.6, -0.80), (0.28, -0.93), (0.08, -0.93), (0, -0.92),
    ]  # fmt: skip
    body = solid(profile, kit.step)
    body = body.raised(0.014 * kit.noise.lumps(body.points))
    n = kit.noise
    pores = nearness(body, scattered(body, 2200, kit.rng), np.full(2200, 0.04))
    body = _pores(kit, body, 0.002).raised(-0.007 * pores)
    colour = paint(plain(body, "ee8a12"), "e0690c", 0.8 * ramp(n.at(body.points, 0.35), -0.8, 1.6))
    colour = paint(colour, "c9560a", 0.45 * ramp(pores, 0.3, 0.8))
    colour = paint(colour, "c9a030", 0.6 * ramp(body.along, 0.13, 0.03))
    scar = (
        near(body.around, 1.9, 0.25)
        * near(body.along, 0.45, 0.12)
        * ramp(n.at(body.points, 1.0), 0, 1)
    )
    colour = paint(colour, "a87a48", 0.7 * scar)
    navel = ramp(body.along, 0.972, 0.99)
    parts = [Part(body, paint(colour, "8a5a20", navel), 0.22)]
    button = solid([(0, 0.955), (0.06, 0.95), (0.1, 0.92), (0.1, 0.86), (0, 0.84)], kit.step)
    parts.append(Part(button, plain(button, "7d7a3c"), 0.02))
    for k in range(5):
        sepal = leaf([(0.04, 0.93), (0.12, 0.93), (0.19, 0.925)], 0.06, 1.257 * k, kit.step)
        parts.append(Part(sepal, plain(sepal, "58702c"), two_sided=True))
    return assemble(parts, Gloss(24, 0.05, 0.35), kit.step)


def lemon(kit: Kit) -> Fruit:
    """Yellow, pored, drawn out to a nipple at the blossom end."""
    profile = [
        (0, 1.20), (0.12, 1.18), (0.20, 1.06), (0.46, 0.90), (0.74, 0.50), (0.84, 0.05),
        (0.76, -0.42), (0.50, -0.84), (0.26, -1.04), (0.18, -1.20), (0.10, -1.32), (0, -1.35),
    ]  # fmt: skip
    body = solid(profile, kit.step)
    body = body.raised(0.022 * kit.noise.lumps(body.points))
    n = kit.noise
    pores = nearness(body, scattered(body, 1300, kit.rng), np.full(1300, 0.05))
    body = _pores(kit, body, 0.003).raised(-0.010 * pores)
    colour = paint(plain(body, "f2cf1e"), "e3b714", 0.8 * ramp(n.at(body.points, 0.35), -0.6, 1.6))
    colour = paint(colour, "c99f12", 0.4 * ramp(pores, 0.3, 0.8))
    ends = np.maximum(ramp(body.along, 0.16, 0.02), ramp(body.along, 0.86, 0.99))
    colour = paint(colour, "b5b530", 0.6 * ends)
    scar = (
        near(body.around, -1.2, 0.3)
        * near(body.along, 0.55, 0.12)
        * ramp(n.at(body.points, 1.0), 0, 1)
    )
    colour = paint(colour, "a8834a", 0.7 * scar)
    parts = [Part(body, paint(colour, "6e5a28", ramp(ends, 0.93, 1)), 0.2)]
    button = solid([(0, 1.26), (0.07, 1.25), (0.11, 1.2), (0.1, 1.1), (0, 1.08)], kit.step)
    parts.append(Part(button, plain(button, "77713a"), 0.02))
    return assemble(parts, Gloss(24, 0.05, 0.3), kit.step)


def kiwi(kit: Kit) -> Fruit:
    """Brown under a short fur, with a hard button at one end."""
    profile = [
        (0, 1.14), (0.10, 1.13), (0.34, 1.06), (0.66, 0.78), (0.82, 0.32), (0.84, -0.15),
        (0.72, -0.66), (0.42, -1.02), (0.16, -1.13), (0.06, -1.12), (0, -1.12),
    ]  # fmt: skip
    body = solid(profile, kit.step, lambda _, a: 1 + 0.06 * np.cos(2 * a))
    p, n = body.points, kit.noise
    hair = n.smooth_at(p, (4.0, 1.5, 4.0))
    body = body.raised(0.020 * n.lumps(p) + 0.005 * hair)
    colour = paint(plain(body, "8f6a38"), "74552b", ramp(n.at(p, 0.5), -0.8, 1.4))
    colour = paint(colour, "7d7a3e", 0.6 * ramp(n.at(p, 0.3), 0.0, 1.6))
    colour = paint(colour, "b8935c", 0.6 * ramp(hair, 0.3, 1.9))
    colour = paint(colour, "4a3416", 0.5 * ramp(hair, -0.4, -2.0))
    ends = np.maximum(ramp(body.along, 0.07, 0.02), ramp(body.along, 0.94, 0.975))
    colour = paint(colour, "33230f", 0.85 * ends)
    button = solid([(0, 1.22), (0.07, 1.21), (0.11, 1.15), (0.12, 1.08), (0, 1.05)], kit.step)
    parts = [Part(body, colour, 0.02), Part(button, plain(button, "8a6a3c"), 0.02)]
    return assemble(parts, Gloss(6, 0.14, 0.2), kit.step)


def banana(kit: Kit) -> Fruit:
    """Bent, five-edged, yellow with green ends and brown flecks."""
    profile = [
        (0, 2.05), (0.105, 2.04), (0.12, 1.95), (0.12, 1.72), (0.19, 1.46), (0.345, 1.10),
        (0.42, 0.40), (0.42, -0.40), (0.35, -1.10), (0.22, -1.48), (0.12, -1.66),
        (0.1, -1.76), (0, -1.78),
    ]  # fmt: skip

    def swell(along: Array, around: Array) -> Array:
        edges = 0.05 * np.cos(5 * around) * np.sin(np.pi * along)
        return np.asarray(1 + edges + 0.012 * np.cos(10 * around))

    straight = solid(profile, kit.step, swell)
    body = bent(straight, 1.75)
    body = body.raised(0.008 * kit.noise.lumps(body.points))
    p, n = straight.points, kit.noise
    colour = paint(plain(body, "f0c92c"), "e0b01c", ramp(n.at(p, (0.8, 0.3, 0.8)), -0.6, 1.6))
    ends = np.maximum(ramp(body.along, 0.26, 0.10), ramp(body.along, 0.86, 0.96))
    colour = paint(colour, "a5ad3a", 0.75 * ends)
    edge = ramp(np.cos(5 * body.around), 0.90, 1.0) * ramp(n.at(p, (1.0, 0.4, 1.0)), -0.7, 1.0)
    colour = paint(colour, "8a6a1c", 0.55 * edge)
    spots = scattered(straight, 170, kit.rng)
    dots = nearness(body, spots, kit.rng.uniform(0.02, 0.065, 170))
    colour = paint(colour, "5d3d14", 0.8 * ramp(dots, 0, 0.6))
    tips = np.maximum(ramp(body.along, 0.045, 0.015), ramp(body.along, 0.955, 0.975))
    colour = paint(colour, "3a2a14", 0.95 * tips)
    return assemble([Part(body, colour, 0.12)], Gloss(16, 0.05, 0.3), kit.step)


def strawberry(kit: Kit) -> Fruit:
    """A red cone with seeds in pits, and a green calyx."""
    profile = [
        (0, 0.80), (0.2, 0.84), (0.52, 0.82), (0.82, 0.55), (0.86, 0.20), (0.70, -0.32),
        (0.44, -0.82), (0.20, -1.12), (0.06, -1.2), (0, -1.2),
    ]  # fmt: skip
    body = solid(profile, kit.step, lambda _, a: 1 + 0.04 * np.cos(2 * a + 1))
    body = body.raised(0.03 * kit.noise.lumps(body.points))
    spots = spiralled(body, 230)[12:]
    pits = nearness(body, spots, np.full(len(spots), 0.095))
    seeds = ramp(nearness(body, spots, np.full(len(spots), 0.045)), 0.05, 0.45)
    p, n = body.points, kit.noise
    body = body.raised(-0.045 * ramp(pits, 0, 1) + 0.028 * seeds)
    colour = paint(plain(body, "c8141c"), "a00c18", ramp(n.at(p, 0.4), -0.6, 1.6))
    colour = paint(
        colour, "e0684a", 0.8 * ramp(body.along, 0.30, 0.10) * ramp(n.at(p, 0.5), -1.5, 1)
    )
    colour = colour * (1 - 0.45 * ramp(pits, 0.1, 0.8))[..., None]
    colour = paint(colour, "e0b850", 0.9 * seeds)
    parts = [Part(body, colour, 0.34)]
    for k in range(11):
        turn = 2 * np.pi * k / 11 + kit.rng.uniform(-0.15, 0.15)
        lift = kit.rng.uniform(-0.1, 0.12)
        rib = [(0.03, 0.86), (0.3, 0.95 + lift / 2), (0.58, 0.86 + lift), (0.84, 0.70 + 2 * lift)]
        sepal = leaf(rib, 0.16, turn, kit.step, 0.4, 0.8)
        green = ramp(n.at(sepal.points, 0.8), -1.2, 1.2)
        parts.append(Part(sepal, paint(plain(sepal, "5f9a34"), "3c7424", green), 0.08, True))
    path = [(0.12, 1.30, 0.03), (0.07, 1.15, 0.02), (0.0, 0.9, 0), (0, 0.8, 0)]
    parts.append(woody(kit, path, [0.065, 0.05, 0.06, 0.08], "7fa046", "5a7c30"))
    return assemble(parts, Gloss(40, 0.06, 0.35), kit.step)


def watermelon(kit: Kit) -> Fruit:
    """Green, with dark ragged stripes from end to end and a pale ground spot."""
    profile = [
        (0, 0.98), (0.12, 0.98), (0.36, 0.95), (0.72, 0.72), (0.97, 0.25), (0.98, -0.20),
        (0.76, -0.70), (0.40, -0.95), (0.12, -1.0), (0.05, -0.99), (0, -0.98),
    ]  # fmt: skip
    body = solid(profile, kit.step)
    body = body.raised(0.012 * kit.noise.lumps(body.points))
    p, n = body.points, kit.noise
    wobble = 0.30 * n.at(p, 0.7) + 0.14 * n.at(p, 2.0)
    stripe = np.cos(11 * (body.around + 0.10 * n.at(p, 0.35)) + wobble) + 0.35 * n.at(p, 1.6)
    colour = paint(plain(body, "86a653"), "a3bd6c", ramp(n.at(p, 1.2), -0.5, 1.5))
    colour = paint(colour, "22461f", 0.95 * ramp(stripe, 0.0, 0.55))
    ground = near(body.around, 2.2, 0.55) * near(body.along, 0.55, 0.2)
    colour = paint(colour, "dcc878", 0.85 * ramp(ground + 0.15 * n.at(p, 0.6), 0.3, 0.8))
    path = [(0.20, 1.24, 0.1), (0.12, 1.17, 0.05), (0.02, 1.05, 0), (0, 0.9, 0)]
    twig = woody(kit, path, [0.05, 0.035, 0.04, 0.06], "8f8a4a", "5a5a2c")
    return assemble([Part(body, colour, 0.18), twig], Gloss(28, 0.05, 0.15), kit.step)
