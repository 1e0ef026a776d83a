"""Seeds that are photos, and what is read of photos."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import numpy as np
from PIL import Image, PngImagePlugin

Seed = tuple[str, bytes]  # a name and an input


def fruit(width: int = 40, height: int = 28) -> Image.Image:
    """Draws a round fruit with some noise, before white."""
    y, x = np.mgrid[0:height, 0:width]
    inside = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (height / 2.5) ** 2
    pixels = np.full((height, width, 3), 255, np.uint8)
    noise = np.random.default_rng(1).integers(0, 40, (height, width, 3))
    pixels[inside] = (np.array([190, 40, 30]) + noise)[inside]
    return Image.fromarray(pixels)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    """Encodes an image."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def exif_block(orientation: int, big_endian: bool = False) -> bytes:
    """EXIF that has an orientation and two other tags."""
    order = ">" if big_endian else "<"
    entries = [(0x010F, 2, 4, 0x00617070), (0x0112, 3, 1, orientation), (0x011A, 5, 1, 62)]
    block = (b"MM" if big_endian else b"II") + struct.pack(order + "HIH", 42, 8, len(entries))
    for tag, kind, count, value in entries:
        head = struct.pack(order + "HHI", tag, kind, count)
        narrow = (
            struct.pack(order + "HH", value, 0) if kind == 3 else struct.pack(order + "I", value)
        )
        block += head + narrow
    return b"Exif\0\0" + block + struct.pack(order + "III", 0, 72, 1)


XMP = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'


def jpeg() -> Iterator[Seed]:
    """JPEGs of every layout that Pillow writes, and what comes with them."""
    image = fruit()
    yield "plain", saved(image, "JPEG", quality=70)
    yield "whole-colour", saved(image, "JPEG", quality=90, subsampling=0)
    yield "progressive", saved(image, "JPEG", quality=60, progressive=True)
    yield "restarts", saved(image, "JPEG", quality=60, restart_marker_blocks=2)
    yield "grey", saved(image.convert("L"), "JPEG")
    yield "cmyk", saved(image.convert("CMYK"), "JPEG")
    yield "exif", saved(image, "JPEG", exif=exif_block(6), quality=50)
    yield "xmp", saved(image, "JPEG", xmp=XMP, quality=50)
    yield "rgb", saved(image, "JPEG", keep_rgb=True, quality=50)
    yield "one-pixel", saved(fruit(1, 1), "JPEG")


def png() -> Iterator[Seed]:
    """PNGs of every pixel format, and their texts."""
    image = fruit()
    for mode in ("1", "L", "P", "LA", "RGB", "RGBA"):
        yield mode, saved(image.convert(mode), "PNG")
    yield "16-bit", saved(Image.fromarray(np.arange(600, dtype=np.uint16).reshape(20, 30)), "PNG")
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "an apple")
    texts.add_text("Note", "an apple " * 9, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
    raw = exif_block(3).hex()
    texts.add_text("Raw profile type exif", f"\nexif\n{len(raw) // 2:8d}\n{raw}\n")
    yield "texts", saved(image, "PNG", pnginfo=texts)
    yield "exif", saved(image, "PNG", exif=exif_block(8))
    frames = [image, image.rotate(90)]
    yield "animated", saved(image, "PNG", save_all=True, append_images=frames)


def webp() -> Iterator[Seed]:
    """WebPs: lossy, lossless, with alpha, animated."""
    image = fruit()
    yield "lossy", saved(image, "WEBP", quality=50)
    yield "lossless", saved(image, "WEBP", lossless=True)
    yield "alpha", saved(image.convert("RGBA").rotate(30), "WEBP", quality=40)
    yield "exif", saved(image, "WEBP", exif=exif_block(6), xmp=XMP)
    yield "animated", saved(image, "WEBP", save_all=True, append_images=[image.rotate(90)])


def exif() -> Iterator[Seed]:
    """EXIF and XMP, behind the length of the EXIF."""
    for orientation in (1, 6, 9):
        for big_endian in (False, True):
            block = exif_block(orientation, big_endian)
            name = f"{orientation}-{'big' if big_endian else 'little'}"
            yield name, struct.pack("<H", len(block)) + block + XMP
    yield "xmp", struct.pack("<H", 0) + XMP


def resize() -> Iterator[Seed]:
    """Sizes, filters and windows."""
    for filter_ in range(6):
        numbers = (29, 19, 8, 13, filter_, 3, 4, 5, 6)
        yield f"filter-{filter_}", struct.pack("<9H", *numbers) + bytes(range(100))
