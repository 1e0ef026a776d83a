"""Surfaces of fruits: grids of points in space, y up along the stem, z towards the camera."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from orchard.noise import Array

Profile = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Surface:
    """A grid of points, rows from the stem to the blossom end, columns around.

    Shape: points (rows, columns, 3); along (rows, 1) in 0..1; around (1, columns) in radians,
           0 facing the camera and growing to the right.
    """

    points: Array
    along: Array
    around: Array
    closed: bool = True

    def normals(self) -> Array:
        """Returns unit normals pointing outwards, taken from the points themselves."""
        down = np.empty_like(self.points)
        down[1:-1] = self.points[2:] - self.points[:-2]
        down[0] = self.points[1] - self.points[0]
        down[-1] = self.points[-1] - self.points[-2]
        if self.closed:
            right: Array = np.roll(self.points, -1, axis=1) - np.roll(self.points, 1, axis=1)
        else:
            right = np.asarray(np.gradient(self.points, axis=1))
        n = np.stack(
            [
                down[..., 1] * right[..., 2] - down[..., 2] * right[..., 1],
                down[..., 2] * right[..., 0] - down[..., 0] * right[..., 2],
                down[..., 0] * right[..., 1] - down[..., 1] * right[..., 0],
            ],
            axis=-1,
        )
        length = np.sqrt((n * n).sum(axis=-1, keepdims=True))
        return np.asarray(n / np.maximum(length, 1e-12), np.float32)

    def raised(self, height: Array) -> Surface:
        """Returns the surface moved outwards by `height`, so that light falls on the relief."""
        points = self.points + self.normals() * height[..., None]
        return Surface(points, self.along, self.around, self.closed)


def curve(knots: Profile | Array, count: int) -> Array:
    """Returns `count` points at equal distances on a smooth curve through `knots` (Catmull-Rom)."""
    k = np.asarray(knots, np.float64)
    k = np.vstack([2 * k[0] - k[1], k, 2 * k[-1] - k[-2]])
    x = np.linspace(0, 1, 48, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(k[:-3], k[1:-2], k[2:-1], k[3:], strict=True):
        cubic = (3 * b - a - 3 * c + d) * x**3 + (2 * a - 5 * b + 4 * c - d) * x**2
        pieces.append(0.5 * (2 * b + (c - a) * x + cubic))
    return spaced(np.vstack([*pieces, k[-2:-1]]), count)


def spaced(dense: npt.NDArray[np.floating], count: int) -> Array:
    """Returns `count` points at equal distances along the line through `dense`."""
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(dense, axis=0), axis=1))])
    want = np.linspace(0, length[-1], count)
    return np.stack(
        [np.interp(want, length, dense[:, i]) for i in range(dense.shape[1])], axis=1
    ).astype(np.float32)


def solid(
    profile: Profile, step: float, swell: Callable[[Array, Array], Array] | None = None
) -> Surface:
    """Turns `profile`, (radius, height) from stem to blossom end, about the y axis.

    `swell(along, around)` multiplies the radius: lobes, a suture, five edges of a banana.
    `step` is the greatest distance wanted between neighbouring points.
    """
    # Continue each end across the axis, so that the curve meets the axis at a right angle.
    k = [(-profile[1][0], profile[1][1]), *profile, (-profile[-2][0], profile[-2][1])]
    dense = curve(k, 2000)
    first, last = (int(np.argmin(np.hypot(*(dense - np.array(p)).T))) for p in (k[1], k[-2]))
    line = dense[first : last + 1]
    length = float(np.hypot(*np.diff(line, axis=0).T).sum())
    line = spaced(line, max(16, int(length / step)))
    columns = max(16, int(2 * np.pi * float(line[:, 0].max()) / step))
    along = np.linspace(0, 1, len(line), dtype=np.float32)[:, None]
    around = np.linspace(-np.pi, np.pi, columns, endpoint=False, dtype=np.float32)[None, :]
    radius: Array = np.maximum(line[:, :1], 1e-3) * np.ones_like(around)
    if swell is not None:
        radius = radius * swell(along, around)
    height = np.broadcast_to(line[:, 1:], radius.shape)
    points = np.stack([radius * np.sin(around), height, radius * np.cos(around)], axis=-1)
    return Surface(points.astype(np.float32), along, around)


def bent(surface: Surface, radius: float) -> Surface:
    """Returns the surface with its y axis bent into an arc of `radius`, ends towards +x."""
    x, y, z = np.moveaxis(surface.points, -1, 0)
    angle = y / np.float32(radius)
    arm = radius - x
    points = np.stack([radius - arm * np.cos(angle), arm * np.sin(angle), z], axis=-1)
    return Surface(points.astype(np.float32), surface.along, surface.around)


def stem(
    path: Sequence[tuple[float, float, float]], radii: Sequence[float], step: float
) -> Surface:
    """Returns a tube around `path`, from its free end to the fruit, closed at the free end."""
    spine = curve(np.array(path), max(12, int(3.0 / step / 4)))
    thick = np.interp(np.linspace(0, 1, len(spine)), np.linspace(0, 1, len(radii)), radii)
    cut = np.arange(1e-3, radii[0], step)  # the disc that closes the free end
    thick = np.concatenate([cut, thick])
    spine = np.concatenate([np.repeat(spine[:1], len(cut), axis=0), spine])
    rows = len(spine)
    columns = max(10, int(2 * np.pi * max(radii) / step))
    around = np.linspace(-np.pi, np.pi, columns, endpoint=False, dtype=np.float32)[None, :]
    ring = np.stack([np.sin(around[0]), np.zeros(columns), np.cos(around[0])], axis=-1)
    points = spine[:, None, :] + thick[:, None, None] * ring[None]
    along = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    return Surface(points.astype(np.float32), along, around)


def leaf(
    path: Profile, width: float, turn: float, step: float, curl: float = 0.25, blunt: float = 0.6
) -> Surface:
    """Returns a pointed blade that follows `path`, (distance from the axis, height), at `turn`.

    `curl` lifts the edges over the midrib; a larger `blunt` keeps the blade wide for longer.
    """
    rib = curve(path, max(12, int(1.6 * np.hypot(*np.diff(path, axis=0).T).sum() / step)))
    along = np.linspace(0, 1, len(rib), dtype=np.float32)[:, None]
    across = np.linspace(-1, 1, max(8, int(3.2 * width / step)), dtype=np.float32)[None, :]
    half = (
        width * (0.35 + 0.65 * np.clip(along / 0.35, 0, 1)) * np.maximum(1 - along**2, 0) ** blunt
    )
    out = rib[:, :1] * np.ones_like(across)
    side = half * across
    up = rib[:, 1:] + curl * half * across**2
    x = out * np.sin(turn) + side * np.cos(turn)
    z = out * np.cos(turn) - side * np.sin(turn)
    return Surface(np.stack([x, up, z], axis=-1).astype(np.float32), along, across, closed=False)


def nearness(surface: Surface, spots: Array, radii: Array) -> Array:
    """Returns for each point 1 in the middle of a spot, falling to 0 at its radius.

    Shape: spots (n, 2) as (along, around); radii (n,) in units of space.
    Cost:  only the grid around each spot is visited.
    """
    rows, columns = surface.points.shape[:2]
    best = np.zeros((rows, columns), np.float32)
    row_gap = np.linalg.norm(np.diff(surface.points, axis=0), axis=-1).mean(axis=1)
    column_gap = np.linalg.norm(surface.points[:, 1] - surface.points[:, 0], axis=-1)
    for (along, around), radius in zip(spots, radii, strict=True):
        i = min(int(along * (rows - 1) + 0.5), rows - 1)
        j = int((around + np.pi) / (2 * np.pi) * columns)
        di = int(radius / row_gap[min(i, rows - 2)]) + 2
        dj = min(int(1.5 * radius / max(float(column_gap[i]), 1e-6)) + 2, columns // 2)
        r = slice(max(i - di, 0), min(i + di + 1, rows))
        c = np.arange(j - dj, j + dj + 1) % columns
        gap = surface.points[r][:, c] - surface.points[i, j % columns]
        near = 1 - np.sqrt((gap * gap).sum(axis=-1)) / np.float32(radius)
        best[r, c] = np.maximum(best[r][:, c], near)
    return best


def scattered(surface: Surface, count: int, rng: np.random.Generator) -> Array:
    """Returns `count` spots (along, around), spread at random evenly over the area."""
    radius = np.hypot(surface.points[..., 0], surface.points[..., 2]).mean(axis=1)
    share = np.cumsum(radius) / radius.sum()
    along = np.interp(rng.random(count), share, surface.along[:, 0])
    return np.stack([along, rng.uniform(-np.pi, np.pi, count)], axis=1).astype(np.float32)


def spiralled(surface: Surface, count: int) -> Array:
    """Returns `count` spots in the spiral in which plants set seeds: a golden angle apart."""
    radius = np.hypot(surface.points[..., 0], surface.points[..., 2]).mean(axis=1)
    share = np.cumsum(radius) / radius.sum()
    n = np.arange(count)
    along = np.interp((n + 0.5) / count, share, surface.along[:, 0])
    around = (n * np.pi * (3 - np.sqrt(5.0))) % (2 * np.pi) - np.pi
    return np.stack([along, around], axis=1).astype(np.float32)
