"""The photos of the campaign: every kind of hostile photo of docs/reliability.md."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from damaged_photos import damaged_photos
from PIL import Image

from .crafted import forged_sizes, large, no_photos
from .mutate import flip_bits, mutate
from .seeds import Seed, make_seeds

ROOT = Path(__file__).resolve().parents[2]
AT_EVERY_BYTE = (
    "jpeg 420 baseline", "jpeg 444 progressive", "jpeg L baseline", "jpeg CMYK progressive",
    "jpeg restart", "jpeg exif", "png rgb 8 bits", "png palette 8 bits interlaced",
    "png grey 16 bits", "png animated", "webp lossy", "webp lossless", "webp lossless alpha",
    "webp exif", "webp animated",
)  # fmt: skip
FILLED = "cut, filled up and closed"
REGRESSIONS = ROOT / "fuzz" / "regressions"


class Hostile(NamedTuple):
    group: str
    photo: bytes
    whole: bytes | None = None  # of a photo that was cut: the one before


def cuts(seeds: Sequence[Seed], others: int) -> Iterator[Hostile]:
    """Seeds cut at every byte, one of each kind of AT_EVERY_BYTE; all others at a few places."""
    left = set(AT_EVERY_BYTE)
    chance = random.Random("cuts")
    for kind, photo in seeds:
        places: Sequence[int] = range(1, len(photo))
        if kind in left:
            left.remove(kind)
        else:
            places = sorted(chance.sample(places, min(others, len(places))))
        for at in places:
            yield Hostile("cut", photo[:at], photo)


def repaired_cuts(seeds: Sequence[Seed], places: int) -> Iterator[Hostile]:
    """JPEGs cut short and closed by an end marker, or filled up, as programs that repair do."""
    chance = random.Random("repairs")
    for kind, photo in seeds:
        if kind.startswith("jpeg"):
            for _ in range(places):
                rest = photo[: chance.randrange(len(photo) // 4, len(photo) - 2)]
                fill = bytes([chance.choice((0, 0x55))]) * chance.choice((0, 500, len(photo)))
                group = FILLED if fill else "cut and closed"
                yield Hostile(group, rest + fill + b"\xff\xd9", photo)


def changes(seeds: Sequence[Seed], flips: int, mutations: int, every: int) -> Iterator[Hostile]:
    for number in range(0, flips, every):
        chance = random.Random(f"flip {number}")
        yield Hostile("bits flipped", flip_bits(seeds[number % len(seeds)].photo, chance))
    for number in range(0, mutations, every):
        chance = random.Random(f"mutation {number}")
        kind, photo = seeds[number % len(seeds)]
        yield Hostile("mutated", mutate(kind, photo, chance))


def regressions() -> Iterator[Hostile]:
    """What once was a fault of a parser, of any format."""
    for path in sorted(REGRESSIONS.rglob("*")) if REGRESSIONS.is_dir() else []:
        if path.is_file():
            yield Hostile("regression", path.read_bytes())


def campaign(
    pictures: Sequence[Image.Image], every: int = 1, *, bombs: bool = True
) -> Iterator[Hostile]:
    """More than 30,000 photos, always the same for the same pictures.

    every: only each so many-th of the large groups.
    bombs: whether those are among them that take much memory or time.
    """
    seeds = make_seeds(pictures)

    def some(photos: Iterator[Hostile]) -> Iterator[Hostile]:
        return islice(photos, 0, None, every)

    yield from some(Hostile("whole", seed.photo) for seed in seeds)
    yield from some(Hostile("damaged by programs", damage.photo) for damage in damaged_photos())
    yield from (Hostile(kind, photo) for kind, photo in no_photos(pictures[0]))
    yield from some(Hostile(kind, photo) for kind, photo in forged_sizes(pictures[0]))
    if bombs:
        yield from (Hostile(kind, photo) for kind, photo in large(pictures[0]))
    yield from some(cuts(seeds, others=40))
    yield from some(repaired_cuts(seeds, 60))
    yield from changes(seeds, 4_000, 6_000, every)
    yield from regressions()
