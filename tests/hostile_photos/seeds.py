"""Whole photos of every kind, small, from drawings of this project: what hostile ones start as."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from orchard.draw import Plan, draw
from PIL import Image
from pixels_photos import (
    CHANNELS,
    chunk,
    exif,
    png,
    saved,
    with_frame,
    with_segment,
    with_transform,
    without_adobe,
    xmp,
)

XMP_HEAD = b"http://ns.adobe.com/xap/1.0/\0"


class Seed(NamedTuple):
    """`kind` is a format and what is special, such as "png palette 4 bits"."""

    kind: str
    photo: bytes


def draw_pictures(folder: Path, side: int = 64) -> list[Image.Image]:
    """Draws a fruit of each label of the sample orchard, side x side pixels, through `folder`.

    Cost: a second.
    """
    draw(folder, Plan(photos=1, size=side))
    return [Image.open(path).convert("RGB") for path in sorted(folder.rglob("*.jpg"))]


class Pictures:
    """Hands out drawings one after another, in sizes that differ, all at most 64 x 64."""

    SIZES = [(40, 31), (24, 24), (57, 19), (16, 16), (9, 64), (33, 48), (64, 64), (5, 7)]

    def __init__(self, pictures: Sequence[Image.Image]) -> None:
        self._pictures, self._number = pictures, 0

    def next(self, mode: str = "RGB", size: tuple[int, int] | None = None) -> Image.Image:
        number = self._number
        self._number += 1
        picture = self._pictures[number % len(self._pictures)]
        picture = picture.resize(size or self.SIZES[number % len(self.SIZES)])
        if mode in ("LA", "RGBA"):
            alpha = picture.convert("L")
            picture = picture.convert(mode)
            picture.putalpha(alpha)
        return picture.convert(mode)

    def samples(self, bits: int, channels: int) -> np.ndarray:
        """Samples of so many bits: height x width x channels."""
        planes = np.asarray(self.next())
        planes = np.concatenate([planes, planes[:, ::-1]], axis=2)[:, :, :channels]
        return planes.astype(np.uint16) * 257 >> (16 - bits)


def jpegs(pictures: Pictures) -> Iterator[Seed]:
    for progressive in (False, True):
        how = "progressive" if progressive else "baseline"
        for subsampling, name in enumerate(("444", "422", "420")):
            photo = saved(
                pictures.next(),
                "JPEG",
                quality=85,
                subsampling=subsampling,
                progressive=progressive,
            )
            yield Seed(f"jpeg {name} {how}", photo)
        for mode in ("L", "CMYK"):
            photo = saved(pictures.next(mode), "JPEG", progressive=progressive)
            yield Seed(f"jpeg {mode} {how}", photo)
        two = pictures.next(size=(32, 32))
        photo = saved(two, "JPEG", subsampling=1, progressive=progressive)
        yield Seed(f"jpeg 440 {how}", with_frame(photo, 0x12, 32, 32))
        photo = saved(two, "JPEG", subsampling=2, progressive=progressive)
        yield Seed(f"jpeg 411 {how}", with_frame(photo, 0x41, 32, 32))
    yield Seed("jpeg rgb", saved(pictures.next(), "JPEG", keep_rgb=True))
    cmyk = saved(pictures.next("CMYK"), "JPEG", quality=90)
    yield Seed("jpeg ycck", with_transform(cmyk, 2))
    yield Seed("jpeg cmyk without adobe", without_adobe(cmyk))
    for options in ({"restart_marker_blocks": 2}, {"restart_marker_rows": 1}):
        yield Seed("jpeg restart", saved(pictures.next(), "JPEG", **options))
    for orientation in range(1, 9):
        photo = saved(pictures.next(), "JPEG", quality=60)
        yield Seed("jpeg exif", with_segment(photo, exif(orientation, "<>"[orientation % 2])))
    yield Seed("jpeg xmp", with_segment(saved(pictures.next(), "JPEG"), XMP_HEAD + xmp(6)))


def pngs(pictures: Pictures) -> Iterator[Seed]:
    names = {0: "grey", 2: "rgb", 3: "palette", 4: "grey alpha", 6: "rgba"}
    kinds = [(0, bits) for bits in (1, 2, 4, 8, 16)] + [(3, bits) for bits in (1, 2, 4, 8)]
    kinds += [(colour, bits) for colour in (2, 4, 6) for bits in (8, 16)]
    for colour, bits in kinds:
        entries = bytes(range(0, 255, 85)) * (1 << bits) if colour == 3 else b""
        palette = chunk(b"PLTE", entries[: 3 << bits]) if colour == 3 else b""
        for interlaced in (False, True):
            samples = pictures.samples(bits, CHANNELS[colour])
            name = f"png {names[colour]} {bits} bits{' interlaced' * interlaced}"
            yield Seed(name, png(samples, bits, colour, palette, interlaced))
    for orientation in range(1, 9):
        turned = chunk(b"eXIf", exif(orientation)[6:])
        yield Seed("png exif", png(pictures.samples(8, 3), 8, 2, turned))
    for colour, content in ((0, b"\0\x07"), (2, b"\0\x07" * 3), (3, bytes(range(200)))):
        palette = chunk(b"PLTE", bytes(range(256)) * 3) if colour == 3 else b""
        clear = palette + chunk(b"tRNS", content)
        yield Seed("png transparent", png(pictures.samples(8, CHANNELS[colour]), 8, colour, clear))
    frames = [pictures.next(size=(20, 16)) for _ in range(3)]
    for default in (False, True):
        more = {"save_all": True, "append_images": frames[1:], "default_image": default}
        yield Seed("png animated", saved(frames[0], "PNG", **more))
    for mode in ("1", "L", "P", "RGB"):
        yield Seed("png by Pillow", saved(pictures.next(mode), "PNG"))


def webps(pictures: Pictures) -> Iterator[Seed]:
    for _ in range(3):
        yield Seed("webp lossy", saved(pictures.next(), "WEBP", quality=70, method=0))
        yield Seed("webp lossless", saved(pictures.next(), "WEBP", lossless=True, method=0))
        photo = saved(pictures.next("RGBA"), "WEBP", quality=40, method=0)
        yield Seed("webp lossy alpha", photo)
        photo = saved(pictures.next("RGBA"), "WEBP", lossless=True, exact=True, method=0)
        yield Seed("webp lossless alpha", photo)
    for orientation in range(1, 9):
        photo = saved(pictures.next(), "WEBP", exif=exif(orientation), method=0)
        yield Seed("webp exif", photo)
    frames = [pictures.next("RGBA", (24, 20)) for _ in range(2)]
    photo = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=50)
    yield Seed("webp animated", photo)


def make_seeds(pictures: Sequence[Image.Image]) -> list[Seed]:
    """A hundred photos of at most 64 x 64 pixels, the same for the same pictures."""
    source = Pictures(pictures)
    return [*jpegs(source), *pngs(source), *webps(source)]
