"""A film for a browser's fake camera."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT = 640, 480


def camera_file(photos: Sequence[Path], file: Path) -> Path:
    """Motion JPEG of the photos in turn, each in the middle of a wider white picture."""
    frames = b""
    for photo in photos:
        frame = Image.new("RGB", (WIDTH, HEIGHT), "white")
        picture = (
            Image.open(photo).convert("RGB").resize((HEIGHT, HEIGHT), Image.Resampling.BICUBIC)
        )
        frame.paste(picture, ((WIDTH - HEIGHT) // 2, 0))
        encoded = io.BytesIO()
        frame.save(encoded, "JPEG", quality=95)
        frames += encoded.getvalue()
    file.write_bytes(frames)
    return file
