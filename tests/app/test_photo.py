"""What the page makes of photos: the pixels of the program, or a sentence that says why not."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from .app_page import opened
from .app_server import AppServer

pytestmark = pytest.mark.app

DECODE = """async (encoded) => {
  const {decodePhoto} = await import('./photo.js');
  const bytes = Uint8Array.from(atob(encoded), letter => letter.charCodeAt(0));
  const {pixels, width, height} = await decodePhoto(new Blob([bytes]));
  let text = '';
  for (const byte of pixels) text += String.fromCharCode(byte);
  return [btoa(text), width, height];
}"""


def picture(width: int, height: int) -> Image.Image:
    """Every pixel another colour, so that no turn goes unseen."""
    rng = np.random.default_rng(5)
    return Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))


def encoded(image: Image.Image, kind: str, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    image.save(file, kind, exif=exif.tobytes(), **({"lossless": True} if kind == "webp" else {}))
    return file.getvalue()


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_every_orientation_is_turned_upright(browser: Any, server: AppServer, kind: str) -> None:
    with opened(browser, server) as app:
        for orientation in range(1, 9):
            photo = encoded(picture(37, 21), kind, orientation)
            text, width, height = app.page.evaluate(DECODE, base64.b64encode(photo).decode())
            pixels = np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)
            upright = ImageOps.exif_transpose(Image.open(io.BytesIO(photo)))
            assert upright is not None
            assert np.array_equal(pixels[..., :3], np.asarray(upright.convert("RGB"))), orientation


def test_strips_of_a_large_photo_fit_together(browser: Any, server: AppServer) -> None:
    image = picture(500, 300).resize((4000, 2400), Image.Resampling.NEAREST)
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    count = """async (encoded) => {
      const {decodePhoto} = await import('./photo.js');
      const bytes = Uint8Array.from(atob(encoded), letter => letter.charCodeAt(0));
      const {pixels, width, height} = await decodePhoto(new Blob([bytes]));
      const sums = [];
      for (let y = 0; y < height; ++y) {
        let sum = 0;
        for (let x = 0; x < width; ++x) sum = (sum * 31 + pixels[4 * (y * width + x)]) % 1000003;
        sums.push(sum);
      }
      return sums;
    }"""
    with opened(browser, server) as app:
        sums = app.page.evaluate(count, base64.b64encode(file.getvalue()).decode())
    red = np.asarray(image)[..., 0].astype(np.int64)
    expected = np.zeros(len(red), np.int64)
    for column in red.T:
        expected = (expected * 31 + column) % 1000003
    assert sums == expected.tolist()


def bomb(width: int, height: int) -> bytes:
    """A PNG that claims to be large, and is not."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 100))


def test_what_cannot_be_answered_gets_a_sentence(
    browser: Any, server: AppServer, photos: Path, tmp_path: Path
) -> None:
    photo = next(photos.glob("*/*/*.jpg")).read_bytes()
    files = {
        "page.jpg": (
            b"<html>no photo</html>",
            "page.jpg is not a photo that this browser can read.",
        ),
        "half.jpg": (photo[: len(photo) // 2], "half.jpg is damaged or ends too early."),
        "huge.png": (bomb(60000, 50000), "huge.png has 3000 megapixels; at most 100 fit."),
        "none.png": (b"", "none.png is not a photo"),
    }
    with opened(browser, server) as app:
        for name, (content, message) in files.items():
            (tmp_path / name).write_bytes(content)
            app.choose([tmp_path / name])
            app.page.locator("#notice", has_text=message).wait_for()
        assert app.page.locator("#answer").is_hidden()
        (tmp_path / "good.jpg").write_bytes(photo)
        app.choose([tmp_path / "half.jpg", tmp_path / "good.jpg"])
        assert app.page.locator("#answer").is_visible()


def test_nothing_of_the_exif_is_kept(browser: Any, server: AppServer, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(0x8825)[2] = (47.0, 59.0, 13.5)
    file = tmp_path / "with gps.jpg"
    picture(120, 90).save(file, exif=exif.tobytes())
    dump = """async () => {
      const {allAnswers} = await import('./store.js');
      const [answer] = await allAnswers();
      const bytes = new Uint8Array(await answer.thumbnail.arrayBuffer());
      return [String.fromCharCode(...bytes), JSON.stringify(answer), Object.keys(answer).sort()];
    }"""
    with opened(browser, server) as app:
        app.choose([file])
        content, text, keys = app.page.evaluate(dump)
    assert "Exif" not in content
    assert "Secret" not in content
    assert "gps" not in text
    assert keys == ["answer", "id", "thumbnail", "time"]
