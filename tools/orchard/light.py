"""From a painted fruit to a photo of it: turn, project, light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from orchard.noise import Array, ramp
from orchard.shapes import Surface

SUPERSAMPLING = 2
MARGIN = 0.015  # of the photo's side, left white around the fruit
CLOSEST = 1.25  # how far the camera may approach a fruit that looks small from one side

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Part:
    """A painted surface. Shape: colour (rows, columns, 3), linear light, 0..1."""

    surface: Surface
    colour: Array
    shine: float = 0.0
    two_sided: bool = False


@dataclass(frozen=True)
class Gloss:
    """How a skin returns light: strength and sharpness of highlights, glow of a down at the rim."""

    sharpness: float = 40.0
    rim: float = 0.06
    warmth: float = 0.25


@dataclass(frozen=True)
class Fruit:
    """All points of a fruit in one list, ready to be turned.

    Shape: points, normals (3, n), a row a coordinate; colour (n, 3); shine (n,).
    """

    points: Array
    normals: Array
    colour: Array
    shine: Array
    gloss: Gloss
    widest: float


def assemble(parts: Sequence[Part], gloss: Gloss, step: float) -> Fruit:
    """Joins parts into a fruit around the origin, dropping points closer than `step` needs."""
    points, normals, colour, shine = [], [], [], []
    for part in parts:
        p, n = part.surface.points, part.surface.normals()
        gap = np.linalg.norm(p[:, 1] - p[:, 0], axis=-1)
        skip = np.maximum(1, (step / np.maximum(gap, 1e-6)).astype(int))
        keep = np.arange(p.shape[1])[None, :] % np.minimum(skip, p.shape[1])[:, None] == 0
        for sign in (1, -1) if part.two_sided else (1,):
            points.append(p[keep] + sign * n[keep] * np.float32(0.004 * part.two_sided))
            normals.append(n[keep] * np.float32(sign))
            colour.append(part.colour[keep])
            shine.append(np.full(int(keep.sum()), part.shine, np.float32))
    every = np.concatenate(points)
    every = every - (every.max(axis=0) + every.min(axis=0)) / 2
    return Fruit(
        points=np.ascontiguousarray(every.T, np.float32),
        normals=np.ascontiguousarray(np.concatenate(normals).T, np.float32),
        colour=np.concatenate(colour).astype(np.float32),
        shine=np.concatenate(shine),
        gloss=gloss,
        widest=float(np.ptp(every, axis=0).max()),
    )


def turned(axis: str, angle: float, tilt: float) -> Array:
    """Returns the rotation of a fruit that has turned by `angle` degrees.

    Axis "" is the stem's, upright and tilted to the camera by `tilt` degrees. Axis "r" is
    upright too, but the fruit lies on its side, so that stem and blossom end pass the camera.
    """
    a, b = np.radians(angle), np.radians(tilt)
    spin = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    lean = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    if axis == "":
        return np.asarray(lean @ spin, np.float32)
    c = np.radians(-78.0)
    lay = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(lean @ spin @ lay, np.float32)


def photograph(
    fruit: Fruit, rotation: Array, size: int, rng: np.random.Generator, exposure: float = 1.0
) -> Image:
    """Returns the fruit before a white background, filling the frame. Shape: (size, size, 3)."""
    side = size * SUPERSAMPLING
    facing = np.flatnonzero(_along(fruit.normals, rotation[2]) > 0)
    place = _turn(fruit.points[:, facing], rotation)
    nearest = _nearest_points(place, fruit.widest, side)
    hit = nearest >= 0
    which = nearest[hit]
    normal = _turn(fruit.normals[:, facing[which]], rotation)
    light = _lit(normal, place[1][which], fruit, facing[which]) * np.float32(exposure)
    canvas = np.full((side, side, 3), 1.0, np.float32)
    canvas[hit] = np.clip(light, 0, 1) ** np.float32(1 / 2.2)
    small, cover = _shrunk(canvas), _shrunk(hit.astype(np.float32))
    grain = rng.standard_normal((size, size, 1), np.float32) * np.float32(1.3)
    return np.clip(small * 255 + grain * cover[..., None] + 0.5, 0, 255).astype(np.uint8)


def _along(vectors: Array, direction: Array) -> Array:
    """Returns the component along `direction`. Not a BLAS product, whose threads would
    cost more than they win on arrays this small, and whose last bits vary."""
    x, y, z = vectors
    return np.asarray(x * direction[0] + y * direction[1] + z * direction[2], np.float32)


def _turn(vectors: Array, rotation: Array) -> Array:
    """Returns the vectors rotated. Shape: (3, n), as they came."""
    return np.stack([_along(vectors, row) for row in rotation])


def _shrunk(image: Array) -> Array:
    """Returns the mean of every SUPERSAMPLING x SUPERSAMPLING pixels."""
    k = SUPERSAMPLING
    every = [image[i::k, j::k] for i in range(k) for j in range(k)]
    return np.asarray(sum(every[1:], every[0]) / np.float32(k * k), np.float32)


def _nearest_points(place: Array, widest: float, side: int) -> npt.NDArray[np.int64]:
    """Returns for each pixel the index of the point nearest to the camera, or -1."""
    x, y, z = place
    left, right, low, high = (float(v) for v in (x.min(), x.max(), y.min(), y.max()))
    room = side * (1 - 2 * MARGIN)
    scale = min(room / max(right - left, high - low), CLOSEST * room / widest)
    column = ((x - (left + right) / 2) * np.float32(scale) + np.float32(side / 2)).astype(np.int32)
    row = (np.float32(side / 2) - (y - (low + high) / 2) * np.float32(scale)).astype(np.int32)
    # 16 bits of depth are enough, and stable sorting of 16-bit integers takes linear time.
    depth = ((z - z.min()) * np.float32(65535 / max(float(np.ptp(z)), 1e-6))).astype(np.uint16)
    order = np.argsort(depth, kind="stable")
    nearest = np.full(side * side, -1, np.int64)
    nearest[(row * side + column)[order]] = (
        order  # of several points on a pixel the last, nearest, stays
    )
    grid = nearest.reshape(side, side)
    for a, b in ((grid[1:-1, :-2], grid[1:-1, 2:]), (grid[:-2, 1:-1], grid[2:, 1:-1])):
        inner = grid[1:-1, 1:-1]
        hole = (inner < 0) & (a >= 0) & (b >= 0)
        inner[hole] = a[hole]
    return grid


KEY = np.array([-0.42, 0.58, 0.70], np.float32)
FILL = np.array([0.75, 0.10, 0.55], np.float32)


def _lit(normal: Array, height: Array, fruit: Fruit, index: npt.NDArray[np.int64]) -> Array:
    """Returns the light that reaches the camera from points with these normals."""
    colour, gloss = fruit.colour[index], fruit.gloss
    key = KEY / np.linalg.norm(KEY)
    fill = FILL / np.linalg.norm(FILL)
    towards = normal[2]
    facing = _along(normal, key)
    # Light scatters under the skin, so that it reaches round the edge and comes out warmer.
    wrapped = np.clip((facing + 0.25) / 1.25, 0, 1)
    glow = np.clip(1 - np.abs(facing - 0.1) / 0.5, 0, 1) * np.float32(gloss.warmth * 0.35)
    base = 0.22 + 0.08 * normal[1] + 0.72 * wrapped + 0.16 * np.clip(_along(normal, fill), 0, 1)
    base = base * (0.72 + 0.28 * towards)
    floor = float(height.min())
    contact = ramp(height, floor + 0.5 * (float(height.max()) - floor), floor)
    base = base * (1 - 0.38 * contact * np.clip(0.25 - normal[1], 0, 1))
    shine = fruit.shine[index]
    white = np.clip(1 - towards, 0, 1) ** 3 * np.float32(gloss.rim) * (0.4 + 0.6 * wrapped)
    for lamp, strength in ((key, 1.0), (fill, 0.25)):
        half = lamp + np.array([0, 0, 1], np.float32)
        half /= np.linalg.norm(half)
        aim = np.clip(_along(normal, half), 0, 1)
        spot = aim ** np.float32(gloss.sharpness) + 0.14 * aim ** np.float32(gloss.sharpness / 6)
        white += spot * shine * np.float32(strength)
    tint = base[:, None] + glow[:, None] * np.array([1, 0.45, 0], np.float32)
    return np.asarray(colour * tint + white[:, None], np.float32)
