"""Seeded irregularity: everything about a fruit that no formula gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]

SIDE = 128  # cells along each edge of the block of noise
CELLS_PER_UNIT = 48  # a fruit is about 2 units wide: one cell is one pixel of a 100 pixel photo


def block(seed: int, roughness: float = 1.75) -> Array:
    """Returns a cube of noise; amplitudes fall with frequency to the power of `roughness`."""
    rng = np.random.default_rng(seed)
    f = np.fft.fftfreq(SIDE) * SIDE
    fz = np.fft.rfftfreq(SIDE) * SIDE
    square = f[:, None, None] ** 2 + f[None, :, None] ** 2 + fz[None, None, :] ** 2
    phase = rng.random(square.shape) * 2 * np.pi
    gain = np.maximum(square, 4.0) ** (-roughness / 2)
    gain[0, 0, 0] = 0.0
    cube = np.fft.irfftn(gain * np.exp(1j * phase), s=(SIDE,) * 3, axes=(0, 1, 2))
    return np.asarray(cube / cube.std(), np.float32)


class Noise:
    """A cube of noise that repeats in all directions, sampled wherever a surface lies in it.

    Sampling in space rather than on the image is what makes a texture turn with its fruit.
    Every call samples the cube at another place, so that calls give independent patterns.
    """

    def __init__(self, cube: Array, rng: np.random.Generator) -> None:
        """Samples `cube`, made by block(), at places that `rng` chooses."""
        self._block = cube
        self._rng = rng

    def at(self, points: Array, scale: float | tuple[float, float, float] = 1.0) -> Array:
        """Returns noise of mean 0 and deviation 1; a larger scale gives a finer pattern.

        Shape: points (..., 3), the result (...). A scale per axis stretches the pattern.
        """
        return self._nearest(self._cells(points, scale))

    def smooth_at(self, points: Array, scale: float | tuple[float, float, float] = 1.0) -> Array:
        """Like at(), but without steps between cells: for relief, whose slope is seen.

        Cost: eight times that of at().
        """
        cells = self._cells(points, scale)
        low = np.floor(cells)
        part = cells - low
        total: Array = np.zeros(points.shape[:-1], np.float32)
        for corner in np.ndindex(2, 2, 2):
            weight: Array = np.ones(points.shape[:-1], np.float32)
            for axis in range(3):
                share = part[..., axis]
                weight = weight * (share if corner[axis] else 1 - share)
            total += weight * self._nearest(low + np.array(corner, np.float32))
        return total

    def lumps(self, points: Array) -> Array:
        """Returns a few long waves, mean 0 and deviation about 1: no fruit is quite regular."""
        total: Array = np.zeros(points.shape[:-1], np.float32)
        for _ in range(7):
            wave = self._rng.standard_normal(3)
            wave *= self._rng.uniform(2.0, 4.5) / np.linalg.norm(wave)
            phase = np.float32(self._rng.uniform(0, 2 * np.pi))
            x, y, z = (points[..., i] * np.float32(wave[i]) for i in range(3))
            total += np.cos(x + y + z + phase)
        return total * np.float32(0.53)

    def _cells(self, points: Array, scale: float | tuple[float, float, float]) -> Array:
        shift = self._rng.random(3) * SIDE
        factor = np.broadcast_to(np.asarray(scale) * CELLS_PER_UNIT, (3,))
        # Far from 0, so that truncation and floor agree.
        return points * factor.astype(np.float32) + (shift + 16 * SIDE).astype(np.float32)

    def _nearest(self, cells: Array) -> Array:
        index = cells.astype(np.int32) & (SIDE - 1)
        flat = (index[..., 0] * SIDE + index[..., 1]) * SIDE + index[..., 2]
        return np.asarray(self._block.ravel()[flat])


def ramp(value: Array, low: float, high: float) -> Array:
    """Returns 0 below `low`, 1 above `high` and a smooth step between; low > high falls."""
    x = np.clip((value - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(x * x * (3 - 2 * x), np.float32)
