"""Photos that nobody's camera made: bombs, forged headers, hundreds of scans, other files."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import Image
from pixels_photos import PNG_START, chunk, exif, saved

from .mutate import join_jpeg, join_png, join_webp, split_jpeg, split_png, split_webp
from .seeds import Seed

FRAMES = (b"\xff\xc0", b"\xff\xc2")  # baseline, progressive
SIDES = (4096, 9000, 16383, 16384, 30000, 65500, 65535)


def no_photos(picture: Image.Image) -> Iterator[Seed]:
    """Files of other kinds, and starts of photos."""
    jpeg, png_photo, webp = (saved(picture, form) for form in ("JPEG", "PNG", "WEBP"))
    yield Seed("empty", b"")
    for start in (jpeg[:3], PNG_START, webp[:12], b"\xff\xd8\xff\xd9", b"\0", b"\xff"):
        yield Seed("start alone", start)
    for size in (1, 100, 4096, 100_000):
        yield Seed("one byte over and over", bytes(size))
        yield Seed("one byte over and over", b"\xff" * size)
    for form in ("GIF", "TIFF", "BMP", "ICO", "TGA", "PPM", "AVIF"):
        try:
            yield Seed("another format", saved(picture, form))
        except (KeyError, OSError):
            continue  # this build of Pillow cannot write it
    for text in (
        b"<!DOCTYPE html>\n<title>404 Not Found</title>",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
        b"an apple a day keeps the doctor away\n",
        b"%PDF-1.7\n",
        b"PK\x03\x04" + bytes(60),
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200),
        b"\x1f\x8b" + bytes(30),
        b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
    ):
        yield Seed("no photo", text)
    for one in (jpeg, png_photo, webp):
        for other in (jpeg, png_photo, webp):
            yield Seed("two files in one", one[: len(one) // 2] + other[len(other) // 2 :])
            yield Seed("two files in one", one[:12] + other[12:])


def sized_jpeg(jpeg: bytes, width: int, height: int) -> bytes:
    size = struct.pack(">HH", height & 0xFFFF, width & 0xFFFF)
    return join_jpeg(
        [
            (marker, it[:1] + size + it[5:] if marker in FRAMES else it)
            for marker, it in split_jpeg(jpeg)
        ]
    )


def sized_png(photo: bytes, width: int, height: int) -> bytes:
    size = struct.pack(">II", width, height)
    return join_png(
        [(name, size + it[8:] if name == b"IHDR" else it) for name, it in split_png(photo)]
    )


def sized_webp(photo: bytes, width: int, height: int) -> bytes:
    """The size of a lossless photo, or of the canvas it lies on."""
    bits = (width - 1 & 0x3FFF) | (height - 1 & 0x3FFF) << 14
    lossless = struct.pack("<I", bits | int.from_bytes(photo[24:25], "little") >> 4 << 28)
    return join_webp(
        [
            (name, it[:1] + lossless + it[5:] if name == b"VP8L" else it)
            for name, it in split_webp(photo)
        ]
    )


def canvas(photo: bytes, width: int, height: int) -> bytes:
    """An animation of one small frame on a large canvas."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    frame = bytes(16) + photo[12:]
    return join_webp([(b"VP8X", b"\2\0\0\0" + size), (b"ANIM", bytes(6)), (b"ANMF", frame)])


def forged_sizes(picture: Image.Image) -> Iterator[Seed]:
    """Small files that claim to be large."""
    jpegs = [saved(picture, "JPEG", progressive=progressive) for progressive in (False, True)]
    pngs = [saved(picture, "PNG"), saved(picture.convert("1"), "PNG")]
    webp = saved(picture, "WEBP", lossless=True)
    for width in SIDES:
        for height in (1, 3000, width):
            for photo in jpegs:
                yield Seed("forged size", sized_jpeg(photo, width, height))
            for photo in pngs:
                yield Seed("forged size", sized_png(photo, width, height))
            if width <= 1 << 14 and height <= 1 << 14:
                yield Seed("forged size", sized_webp(webp, width, height))
            yield Seed("forged size", canvas(webp, width, height))
    for photo in pngs:
        for width, height in ((0, 0), (1 << 31, 1), ((1 << 31) - 1, (1 << 31) - 1), (1 << 24, 8)):
            yield Seed("forged size", sized_png(photo, width, height))


def packed(sides: tuple[int, int], bits: int, colour: int, channels: int, level: int = 9) -> bytes:
    """A PNG of zeros that is really as large as it says."""
    width, height = sides
    row = bytes(1 + (width * bits * channels + 7) // 8)
    packer = zlib.compressobj(level)
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    palette = chunk(b"PLTE", bytes(3)) if colour == 3 else b""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    return PNG_START + header + palette + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def bombs(picture: Image.Image) -> Iterator[Seed]:
    """Small files that really unpack to very much."""
    yield Seed("bomb", packed((16384, 12288), 1, 0, 1))
    yield Seed("bomb", packed((16384, 12289), 1, 0, 1))
    yield Seed("bomb", packed((13000, 13000), 8, 2, 3, 1))
    yield Seed("bomb", packed((9000, 9000), 16, 6, 4, 1))
    yield Seed("bomb", packed((40000, 4000), 8, 3, 1))
    photo = saved(picture, "PNG")
    at = 33
    zeros = zlib.compress(bytes(100 << 20), 9)
    for name, head in ((b"zTXt", b"a\0\0"), (b"iCCP", b"a\0\0"), (b"iTXt", b"a\0\1\0\0\0")):
        for count in (1, 40):
            yield Seed("bomb", photo[:at] + chunk(name, head + zeros) * count + photo[at:])
    yield Seed("bomb", photo[:at] + chunk(b"tEXt", b"a\0b") * 50_000 + photo[at:])
    yield Seed("bomb", photo[:-12] + chunk(b"tEXt", b"a\0b") * 50_000 + photo[-12:])
    jpeg = saved(picture, "JPEG")
    yield Seed("bomb", jpeg[:2] + b"\xff\xfe\xff\xff" + bytes(65533) + jpeg[2:])
    yield Seed("bomb", jpeg[:2] + (b"\xff\xfe\0\x03a" * 100_000) + jpeg[2:])
    yield Seed("bomb", jpeg[:2] + segment(0xE1, exif(6).ljust(60_000, b"\0")) * 1000 + jpeg[2:])
    for side in (9000, 13900):
        flat = Image.new("RGB", (side, side), (200, 30, 30))
        yield Seed("bomb", saved(flat, "WEBP", lossless=True, quality=0, method=0))
        yield Seed("bomb", saved(flat, "JPEG", quality=30))
        yield Seed("bomb", saved(flat, "JPEG", quality=30, progressive=True))


def with_scans(side: int, planes: int) -> bytes:
    """A grey progressive JPEG of one colour with 1 + 63 * planes scans: one for each bit of each
    coefficient. All are needed, and each has hardly a byte for every 30,000 blocks."""
    blocks = ((side + 7) // 8) ** 2
    runs = bytes(power << 4 for power in range(15))  # so many blocks without a coefficient
    dc_table = b"\x00" + bytes([1, *bytes(15)]) + b"\0"
    ac_table = b"\x10" + bytes([0, 0, 0, len(runs), *bytes(12)]) + runs
    photo = b"\xff\xd8" + segment(0xDB, b"\0" + b"\1" * 64)
    photo += segment(0xC2, struct.pack(">BHHB", 8, side, side, 1) + b"\1\x11\0")
    photo += segment(0xC4, dc_table + ac_table) + scan(0, 0, 0, "0" * blocks)
    bits = zero_blocks(blocks)
    for plane in reversed(range(planes)):
        for coefficient in range(1, 64):
            photo += scan(coefficient, plane + 1 if plane + 1 < planes else 0, plane, bits)
    return photo + b"\xff\xd9"


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def zero_blocks(count: int) -> str:
    """The code for so many blocks without a coefficient: runs of 2^power blocks and more."""
    bits = ""
    while count > 0:
        run = min(count, (1 << 15) - 1)
        power = run.bit_length() - 1
        bits += f"{power:04b}" + (f"{run - (1 << power):0{power}b}" if power else "")
        count -= run
    return bits


def scan(coefficient: int, high: int, low: int, bits: str) -> bytes:
    """A scan of one coefficient, whose data are `bits`."""
    data = int(bits + "1" * (-len(bits) % 8), 2).to_bytes((len(bits) + 7) // 8, "big")
    header = segment(0xDA, bytes([1, 1, 0, coefficient, coefficient, high << 4 | low]))
    return header + data.replace(b"\xff", b"\xff\0")


def many_scans() -> Iterator[Seed]:
    for side in (64, 500, 2000, 5000, 9000):
        for planes in (1, 2, 11):
            yield Seed("many scans", with_scans(side, planes))


def with_frames(picture: Image.Image) -> Iterator[Seed]:
    """Animations of many frames."""
    frames = [picture.rotate(number) for number in range(200)]
    for form in ("PNG", "WEBP"):
        file = io.BytesIO()
        frames[0].save(file, form, save_all=True, append_images=frames[1:], duration=20)
        yield Seed("many frames", file.getvalue())


def large(picture: Image.Image) -> Iterator[Seed]:
    """What takes a decoder much memory or time. Cost: ten seconds, and 600 MB for a moment."""
    yield from bombs(picture)
    yield from many_scans()
    yield from with_frames(picture)
