#!/usr/bin/env python3
"""Three decoders on the same mutated photos: Verger, Pillow and Wuffs must agree on every pixel.

    python tests/hostile_photos/oracle.py                    # 100,000 photos; some minutes
    python tests/hostile_photos/oracle.py --photos 1000 --seed 7 --keep build/differing

Prints, for each format, how many photos ours decodes, how many of these the others accept, which
rules of docs/numerics.md set photos aside, and how many differ: 1 is the exit code if one does. A
seed and a number always make the same photo.
"""

from __future__ import annotations

import argparse
import random
import struct
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import version
from itertools import islice
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hostile_photos.decoders import BATCH, OURS, Decoder, Outcome  # noqa: E402
from hostile_photos.mutate import is_png, mutate, split_png  # noqa: E402
from hostile_photos.seeds import Seed, draw_pictures, make_seeds  # noqa: E402

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
    names = names_of(photo)
    if b"acTL" not in names or b"IDAT" not in names:
        return False
    return b"fcTL" not in names[: names.index(b"IDAT")]


def has_clear_colour(photo: bytes) -> bool:
    """Whether a PNG of grey or RGB, without alpha, declares a colour transparent."""
    parts = dict(split_png(photo)) if is_png(photo) else {}
    return b"tRNS" in parts and parts.get(b"IHDR", b"")[9:10] in (b"\0", b"\2")


def has_early_frames(photo: bytes) -> bool:
    """Whether a PNG has a later frame of its animation before its default image."""
    names = names_of(photo)
    return b"fdAT" in names[: names.index(b"IDAT") if b"IDAT" in names else None]


def has_several_exif(photo: bytes) -> bool:
    """Whether a PNG has several chunks for its orientation."""
    return names_of(photo).count(b"eXIf") > 1


def has_odd_adobe(photo: bytes) -> bool:
    """Whether a JPEG has Adobe's marker beside JFIF's, or behind the header of its frame."""
    markers = [b"\xff\xc0", b"\xff\xc1", b"\xff\xc2"]
    frame = min((at for at in map(photo.find, markers) if at != -1), default=len(photo))
    adobe = photo.rfind(b"Adobe\0")
    return photo.startswith(b"\xff\xd8") and adobe != -1 and (adobe > frame or b"JFIF\0" in photo)


def names_of(photo: bytes) -> list[bytes]:
    """The chunks of a PNG, nothing of other formats."""
    return [name for name, _ in split_png(photo)] if is_png(photo) else []


def rule_for_wuffs(photo: bytes, size: tuple[int, int]) -> str:
    """Why Wuffs may differ, by docs/numerics.md; empty if it may not."""
    if has_narrow_colour(photo, size):
        return "narrow colour"
    if has_odd_adobe(photo):
        return "Adobe's marker beside JFIF's or late"
    if has_frames_apart(photo):
        return "default image is no frame"
    return ""


def compare(
    kind: str, photo: bytes, ours: Outcome, pillow: Outcome, wuffs: Outcome, count: Count
) -> str:
    """Counts what the others make of a photo that ours decodes. Returns which one differs, or
    nothing."""
    form = kind.split()[0]
    mine = pixels_of(ours)
    if pillow.channels and has_early_frames(photo):
        count[form, "set aside for Pillow: frames before the image"] += 1
    elif pillow.channels:
        count[form, "accepted by Pillow as well, and compared"] += 1
        other = pixels_of(pillow)
        if not any(same(mine, it) for it in (turns(other) if has_several_exif(photo) else [other])):
            return "Pillow"
    if not wuffs.channels:
        return ""
    if rule := rule_for_wuffs(photo, (wuffs.width, wuffs.height)):
        count[form, f"set aside for Wuffs: {rule}"] += 1
        return ""
    count[form, "accepted by Wuffs as well, and compared"] += 1
    count[form, "all three compared"] += pillow.channels > 0
    clear = has_clear_colour(photo)
    if any(same(mine, turned, seen_alone=clear) for turned in turns(pixels_of(wuffs))):
        return ""
    return "Wuffs"


def run(seeds: list[Seed], photos: int, seed: int) -> tuple[Count, list[tuple[str, str, bytes]]]:
    """The counts, and the photos on which two decoders differ: kind, which other, bytes."""
    count: Count = Counter()
    differing = []
    source = mutated(seeds, photos, seed)
    with Decoder(OURS) as ours, Decoder("Pillow") as pillow, Decoder("Wuffs") as wuffs:
        while batch := list(islice(source, BATCH)):
            outcomes = list(ours.decode_all(photo for _, photo in batch))
            for (kind, _), outcome in zip(batch, outcomes, strict=True):
                count[kind.split()[0], "photos"] += 1
                count[kind.split()[0], f"{OURS}: {outcome.kind}"] += 1
            decoded = [it for it in zip(batch, outcomes, strict=True) if it[1].channels]
            whole = [photo for (_, photo), _ in decoded]
            others = zip(pillow.decode_all(whole), wuffs.decode_all(whole), strict=True)
            for ((kind, photo), mine), two in zip(decoded, others, strict=True):
                if other := compare(kind, photo, mine, *two, count):
                    count[kind.split()[0], f"DIFFERS from {other}"] += 1
                    differing.append((kind, other, photo))
    return count, differing


def show(count: Count) -> None:
    formats = sorted({form for form, _ in count})
    print(f"{'':<56}" + "".join(f"{form:>10}" for form in formats))
    for what in dict.fromkeys(what for _, what in sorted(count, key=lambda key: key[1])):
        print(f"{what:<56}" + "".join(f"{count[form, what]:>10,}" for form in formats))


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
    deaths = (f"{OURS}: crash", f"{OURS}: hang")
    crashes = sum(number for (_, what), number in count.items() if what in deaths)
    print(f"{len(differing)} photos differ; {crashes} crashes and hangs of {OURS}")
    return 1 if differing or crashes else 0


if __name__ == "__main__":
    sys.exit(main())
