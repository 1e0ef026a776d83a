"""Decodes photos by another library, in a process of its own: worker.py WAY

Reads a line with a number of bytes, then so many bytes, until its input ends. Answers each photo by
a line, `image WIDTH HEIGHT CHANNELS` and the samples, or `refusal REASON`; of more than MOST_PIXELS
CHANNELS is 0, and no samples follow. verger_pixels (tests/parity/pixels.cc) does the same by ours.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

MOST_PIXELS = 1 << 22
Way = Callable[[bytes], np.ndarray]


class RefusalError(Exception):
    """The library returned no image, and raised nothing."""


def pillow() -> Way:
    """As scripts do; 16-bit grey by its high byte, as docs/numerics.md says."""
    from PIL import Image, ImageOps

    warnings.simplefilter("ignore")

    def decode(photo: bytes) -> np.ndarray:
        upright = ImageOps.exif_transpose(Image.open(io.BytesIO(photo)))
        if upright.mode == "I;16":
            grey = (np.asarray(upright) >> 8).astype(np.uint8)
            return np.repeat(grey[:, :, None], 3, axis=2)
        return np.asarray(upright.convert("RGB"))

    return decode


def opencv() -> Way:
    import cv2

    cv2.setNumThreads(1)

    def decode(photo: bytes) -> np.ndarray:
        pixels = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR_RGB)
        if pixels is None:
            raise RefusalError("no image")
        return np.asarray(pixels)

    return decode


def libvips(**options: Any) -> Way:
    import pyvips

    def decode(photo: bytes) -> np.ndarray:
        image = pyvips.Image.new_from_buffer(photo, "", **options).autorot()
        image = image.colourspace("srgb").cast("uchar")
        return np.asarray(image.numpy()).reshape(image.height, image.width, -1)[:, :, :3]

    return decode


def wuffs() -> Way:
    """With alpha, not multiplied; never turned."""
    from pywuffs import ImageDecoderType, PixelFormat
    from pywuffs.aux import ImageDecoder, ImageDecoderConfig

    config = ImageDecoderConfig()
    config.enabled_decoders = [
        ImageDecoderType.JPEG,
        ImageDecoderType.PNG,
        ImageDecoderType.WEBP,
    ]
    config.pixel_format = PixelFormat.BGRA_NONPREMUL
    decoder = ImageDecoder(config)

    def decode(photo: bytes) -> np.ndarray:
        result = decoder.decode(photo)
        if result.error_message:
            raise RefusalError(result.error_message)
        return np.asarray(result.pixbuf)[:, :, [2, 1, 0, 3]]

    return decode


WAYS: dict[str, Callable[[], Way]] = {
    "Pillow": pillow,
    "OpenCV": opencv,
    "libvips": libvips,
    "libvips, fail_on=warning": lambda: libvips(fail_on="warning"),
    "Wuffs": wuffs,
}


def answer(way: Way, photo: bytes) -> tuple[str, bytes]:
    try:
        pixels = way(photo)
    except Exception as error:  # of any kind: libraries raise what they like
        reason = f"{type(error).__name__}: {error}"
        return f"refusal {' '.join(reason.split())}", b""
    height, width = pixels.shape[:2]
    if height * width > MOST_PIXELS:
        return f"image {width} {height} 0", b""
    return f"image {width} {height} {pixels.shape[2]}", pixels.tobytes()


def main() -> None:
    way = WAYS[sys.argv[1]]()
    ask, reply = sys.stdin.buffer, sys.stdout.buffer
    while line := ask.readline():
        head, samples = answer(way, ask.read(int(line)))
        reply.write(head.encode(errors="replace") + b"\n" + samples)
        reply.flush()


if __name__ == "__main__":
    main()
