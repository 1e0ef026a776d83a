"""A sample of the three-way oracle: tests/hostile_photos/oracle.py compares 100,000 photos."""

from __future__ import annotations

import io
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from .decoders import OURS, Outcome
from .oracle import Count, compare, mutated, run
from .seeds import Seed, make_seeds


@pytest.fixture(scope="module")
def seeds(pictures: list[Image.Image]) -> list[Seed]:
    return make_seeds(pictures)


def test_a_thousand_mutated_photos_have_the_same_pixels(seeds: list[Seed]) -> None:
    count, differing = run(seeds, 1000, seed=20)
    assert [(kind, other) for kind, other, _ in differing] == []
    for form in ("jpeg", "png", "webp"):
        answers = count[form, f"{OURS}: image"] + count[form, f"{OURS}: refusal"]
        assert answers == count[form, "photos"]
        assert count[form, "all three compared"] > 20


def test_the_same_seed_makes_the_same_photos(seeds: list[Seed]) -> None:
    assert list(mutated(seeds, 300, 1)) == list(mutated(seeds, 300, 1))
    assert list(mutated(seeds, 300, 1)) != list(mutated(seeds, 300, 2))


def outcome(pixels: np.ndarray) -> Outcome:
    height, width, channels = pixels.shape
    return Outcome("image", "", width, height, channels, pixels.tobytes())


@pytest.mark.parametrize(("other", "name"), [(1, "Pillow"), (2, "Wuffs")])
def test_a_single_other_byte_is_a_difference(other: int, name: str) -> None:
    pixels = np.arange(5 * 4 * 3, dtype=np.uint8).reshape(5, 4, 3)
    photo = io.BytesIO()
    Image.fromarray(pixels).save(photo, "PNG")
    outcomes = [outcome(pixels)] * 3
    count: Count = Counter()
    assert compare("png", photo.getvalue(), outcomes[0], outcomes[1], outcomes[2], count) == ""
    wrong = pixels.copy()
    wrong[2, 3, 1] ^= 1
    outcomes[other] = outcome(wrong)
    assert compare("png", photo.getvalue(), outcomes[0], outcomes[1], outcomes[2], count) == name
