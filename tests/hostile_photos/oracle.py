#!/usr/bin/env python3
"""Three decoders on the same mutated photos: Verger, Pillow and Wuffs must agree on every pixel.

    python tests/hostile_photos/oracle.py                    # 100,000 photos; some minutes
    python tests/hostile_photos/oracle.py --photos 1000 --seed 7 --keep build/differing

Prints, for each format, how many photos each decoder accepts, how many are compared, which rules of
docs/numerics.md set photos aside, and how many differ: 1 is the exit code if one does. A seed and
a number always make the same photo.
"""

from __future__ import annotations

import argparse
import random
import struct
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from itertools import islice
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hostile_photos.decoders import BATCH, OURS, Decoder, Outcome  # noqa: E402
from hostile_photos.mutate import mutate, split_png  # noqa: E402
from hostile_photos.seeds import PNG_START, Seed, draw_pictures, make_seeds  # noqa: E402

Count = Counter[tuple[str, str]]


def mutated(seeds: list[Seed], photos: int, seed: int) -> Iterator[Seed]:
    """So many photos, as many of each seed; one in 50 is whole."""
    for number in range(photos):
        chance = random.Random(f"{seed} {number}")
        kind, photo = seeds[number % len(seeds)]
        yield Seed(kind, photo if chance.random() < 0.02 else mutate(kind, photo, chance))


def pixels_of(outcome: Outcome) -> np.ndarray:
    shape = (outcome.height, outcome.width, outcome.channels)
    return np.frombuffer(outcome.samples, np.uint8).reshape(shape)


def turns(pixels: np.ndarray) -> Iterator[np.ndarray]:
    """The eight orientations."""
    for mirrored in (pixels, pixels[:, ::-1]):
        for quarter in range(4):
            yield np.rot90(mirrored, quarter)


def same(ours: np.ndarray, other: np.ndarray, *, seen_alone: bool = False) -> bool:
    """Whether all pixels agree; seen_alone: but for those that `other` calls transparent."""
    if ours.shape[:2] != other.shape[:2]:
        return False
    differing = (ours != other[:, :, :3]).any(axis=2)
    if seen_alone:
        differing &= other[:, :, 3] != 0
    return not differing.any()


def has_narrow_colour(photo: bytes, size: tuple[int, int]) -> bool:
    """Whether a JPEG of this width and height has planes of at most 2 samples a row, widened."""
    width, height = size
    at = photo.find(struct.pack(">BHH", 8, height, width))  # in the header of its frame
    if not photo.startswith(b"\xff\xd8") or at == -1:
        return False
    samplings = [part >> 4 for part in photo[at + 7 : at + 6 + 3 * photo[at + 5] : 3]]
    most = max(samplings)
    return any(-(-width * part // most) <= 2 for part in samplings if 0 < part < most)


def has_frames_apart(photo: bytes) -> bool:
    """Whether a PNG is animated and its default image is no frame."""
    names = [name for name, _ in split_png(photo)] if photo.startswith(PNG_START) else []
    if b"acTL" not in names or b"IDAT" not in names:
        return False
    return b"fcTL" not in names[: names.index(b"IDAT")]


def has_clear_colour(photo: bytes) -> bool:
    """Whether a PNG of grey or RGB, without alpha, declares a colour transparent."""
    parts = dict(split_png(photo)) if photo.startswith(PNG_START) else {}
    return b"tRNS" in parts and parts.get(b"IHDR", b"")[9:10] in (b"\0", b"\2")


def rule_for_wuffs(photo: bytes, size: tuple[int, int]) -> str:
    """Why Wuffs may differ, by docs/numerics.md; empty if it may not."""
    if has_narrow_colour(photo, size):
        return "narrow colour"
    if has_frames_apart(photo):
        return "default image is no frame"
    return ""


def compare(kind: str, photo: bytes, outcomes: list[Outcome], count: Count) -> str:
    """Counts what the three did with a photo. Returns what differs, or nothing."""
    form = kind.split()[0]
    count[form, "photos"] += 1
    for name, outcome in zip((OURS, "Pillow", "Wuffs"), outcomes, strict=True):
        count[form, f"{name}: {outcome.kind}"] += 1
    ours, pillow, wuffs = (outcome if outcome.channels else None for outcome in outcomes)
    if ours is None:
        return ""
    if pillow is not None:
        count[form, "compared with Pillow"] += 1
        if not same(pixels_of(ours), pixels_of(pillow)):
            return "Pillow"
    if wuffs is not None:
        if rule := rule_for_wuffs(photo, (wuffs.width, wuffs.height)):
            count[form, f"set aside: {rule}"] += 1
            return ""
        count[form, "compared with Wuffs"] += 1
        count[form, "compared with both"] += pillow is not None
        mine, clear = pixels_of(ours), has_clear_colour(photo)
        if not any(same(mine, it, seen_alone=clear) for it in turns(pixels_of(wuffs))):
            return "Wuffs"
    return ""


def decode_batch(decoder: Decoder, photos: list[Seed]) -> list[Outcome]:
    return list(decoder.decode_all(photo for _, photo in photos))


def run(
    seeds: list[Seed], photos: int, seed: int
) -> tuple[Count, list[tuple[str, str, bytes]]]:
    """The counts, and the photos on which two decoders differ: kind, which other, bytes."""
    count: Count = Counter()
    differing = []
    source = mutated(seeds, photos, seed)
    with (
        Decoder(OURS) as ours,
        Decoder("Pillow") as pillow,
        Decoder("Wuffs") as wuffs,
        ThreadPoolExecutor(3) as pool,
    ):
        while batch := list(islice(source, BATCH)):
            answers = pool.map(decode_batch, (ours, pillow, wuffs), [batch] * 3)
            for (kind, photo), *outcomes in zip(batch, *answers, strict=True):
                if other := compare(kind, photo, outcomes, count):
                    count[kind.split()[0], f"DIFFERS from {other}"] += 1
                    differing.append((kind, other, photo))
    return count, differing


def show(count: Count) -> None:
    formats = sorted({form for form, _ in count})
    print(f"{'':<36}" + "".join(f"{form:>10}" for form in formats))
    for what in dict.fromkeys(what for _, what in sorted(count, key=lambda key: key[1])):
        print(f"{what:<36}" + "".join(f"{count[form, what]:>10,}" for form in formats))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the photos that differ")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="verger-oracle-") as folder:
        seeds = make_seeds(draw_pictures(Path(folder) / "orchard"))
    print(*(f"{name} {version(name)}" for name in ("pillow", "pywuffs")), sep=", ")
    count, differing = run(seeds, options.photos, options.seed)
    show(count)
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
        for number, (kind, other, photo) in enumerate(differing):
            (options.keep / f"{number} {kind} {other}").write_bytes(photo)
    crashes = count.total() - sum(
        number
        for (_, what), number in count.items()
        if not what.startswith(f"{OURS}: ") or what.removeprefix(f"{OURS}: ") in ("image", "refusal")
    )
    print(f"{len(differing)} photos differ; {crashes} crashes and hangs of {OURS}")
    return 1 if differing or crashes else 0


if __name__ == "__main__":
    sys.exit(main())
