"""Surfaces and noise: what must hold for any fruit."""

from __future__ import annotations

import numpy as np
import pytest

from orchard.light import turned
from orchard.noise import Noise, block, ramp
from orchard.shapes import bent, nearness, scattered, solid, spiralled, stem

BALL = [(float(np.sin(a)), float(np.cos(a))) for a in np.linspace(0, np.pi, 13)]
BALL[0], BALL[-1] = (0.0, 1.0), (0.0, -1.0)


def test_a_turned_half_circle_is_a_ball() -> None:
    ball = solid(BALL, 0.05)
    assert np.abs(np.linalg.norm(ball.points, axis=-1) - 1).max() < 0.01
    inner = slice(2, -2)  # at the poles all columns meet and have no common normal
    towards = (ball.normals() * ball.points).sum(axis=-1)[inner]
    assert towards.min() > 0.98


def test_neighbouring_points_are_no_further_apart_than_asked() -> None:
    ball = solid(BALL, 0.05)
    down = np.linalg.norm(np.diff(ball.points, axis=0), axis=-1)
    right = np.linalg.norm(np.roll(ball.points, -1, axis=1) - ball.points, axis=-1)
    assert max(down.max(), right.max()) < 0.052


def test_bending_keeps_the_length_of_the_middle() -> None:
    rod = bent(solid([(0.1 * r, y) for r, y in BALL], 0.02), 1.5)
    middle = rod.points.mean(axis=1)
    assert np.linalg.norm(np.diff(middle, axis=0), axis=-1).sum() == pytest.approx(2, rel=0.02)
    ends = np.linalg.norm(middle[0] - middle[-1])
    assert ends == pytest.approx(2 * 1.5 * np.sin(1 / 1.5), rel=0.02)


def test_a_stem_is_closed_at_its_free_end() -> None:
    tube = stem([(0, 1, 0), (0, 0.5, 0), (0, 0, 0)], [0.1, 0.05], 0.01)
    gaps = np.linalg.norm(np.diff(tube.points[:, 0], axis=0), axis=-1)
    assert np.hypot(*tube.points[0, 0, [0, 2]]) < 0.002
    assert gaps[: int(0.1 / 0.01)].max() < 0.011


def test_spots_lie_evenly_over_the_area() -> None:
    ball = solid(BALL, 0.03)
    for spots in (spiralled(ball, 2000), scattered(ball, 2000, np.random.default_rng(1))):
        height = np.cos(np.pi * spots[:, 0])  # of a ball, evenly spread by Archimedes
        assert np.histogram(height, 4, (-1, 1))[0] == pytest.approx([500] * 4, abs=80)


def test_nearness_is_one_at_a_spot_and_zero_beyond_its_radius() -> None:
    ball = solid(BALL, 0.03)
    spots = np.array([[0.5, 0.0], [0.3, 3.1], [0.02, 1.0]], np.float32)
    near = nearness(ball, spots, np.full(3, 0.2))
    assert near.max() == 1
    centre = ball.points[near == 1]
    assert len(centre) == 3
    gap = np.linalg.norm(ball.points[:, :, None] - centre, axis=-1).min(axis=-1)
    assert near == pytest.approx(np.maximum(1 - gap / 0.2, 0), abs=0.02)


def test_noise_is_seeded_and_keeps_to_its_place() -> None:
    points = np.random.default_rng(0).uniform(-1, 1, (20000, 3)).astype(np.float32)
    first = Noise(block(5), np.random.default_rng(1))
    again = Noise(block(5), np.random.default_rng(1))
    values = first.at(points)
    assert (values == again.at(points)).all()
    assert (first.at(points) != values).mean() > 0.9  # another call, another pattern
    assert abs(values.mean()) < 0.5
    assert 0.5 < values.std() < 1.5


@pytest.mark.parametrize("axis", ["", "r"])
@pytest.mark.parametrize("angle", [0, 77, 359])
def test_turning_changes_no_length_and_mirrors_nothing(axis: str, angle: float) -> None:
    r = turned(axis, angle, 12)
    assert r @ r.T == pytest.approx(np.eye(3), abs=1e-6)
    assert np.linalg.det(r) == pytest.approx(1, abs=1e-6)


def test_ramp_rises_or_falls_between_its_ends() -> None:
    x = np.array([-1, 0, 0.5, 1, 2], np.float32)
    assert ramp(x, 0, 1).tolist() == [0, 0, 0.5, 1, 1]
    assert ramp(x, 1, 0).tolist() == [1, 1, 0.5, 0, 0]
