"""Photos as broken programs, cameras and transfers leave them, made from whole ones by Pillow.

Each has the outcome that docs/numerics.md promises: TAKEN, with Pillow's pixels; WHOLE, taken with
the pixels of the whole photo though Pillow refuses it; or a part of the reason for refusing it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from pixels_photos import CHANNELS, chunk, exif, image, png, saved, with_segment

TAKEN = "taken"
WHOLE = "whole"
CUT = "ends before its last row"
STRAY = "extraneous bytes"
END = b"\xff\xd9"
MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(range(256)) * 4
SAMSUNG = b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1700000000000SEFHk\0\0\0SEFT"


class Damaged(NamedTuple):
    name: str
    photo: bytes
    whole: bytes
    outcome: str


def segments(jpeg: bytes, marker: int) -> list[tuple[int, int]]:
    """Begin and end of each segment of this marker; of scans, of their headers."""
    at, places = 2, []
    while (at := jpeg.find(b"\xff", at)) != -1 and at + 4 <= len(jpeg):
        if jpeg[at + 1] in (0, 0xFF) or 0xD0 <= jpeg[at + 1] <= 0xD9:
            at += 1
            continue
        end = at + 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
        if jpeg[at + 1] == marker:
            places.append((at, end))
        at = end
    return places


def put(content: bytes, at: int, more: bytes) -> bytes:
    return content[:at] + more + content[at:]


def patch(content: bytes, at: int, other: bytes) -> bytes:
    at %= len(content)
    return content[:at] + other + content[at + len(other) :]


def flip(content: bytes, at: int) -> bytes:
    return patch(content, at, bytes([content[at] ^ 1]))


def in_data(jpeg: bytes, share: float) -> int:
    """A place in the data of the first scan, behind no 0xFF."""
    begin = segments(jpeg, 0xDA)[0][1]
    at = begin + int((len(jpeg) - begin) * share)
    while jpeg[at - 1] == 0xFF:
        at += 1
    return at


def first_scans(jpeg: bytes, count: int) -> bytes:
    """A progressive JPEG up to the tables of a later scan."""
    scans = segments(jpeg, 0xDA)
    places = [begin for begin, _ in segments(jpeg, 0xC4)] + [scans[count][0]]
    return jpeg[: min(place for place in places if place > scans[count - 1][1])]


def jpegs() -> Iterator[Damaged]:
    picture = image(203, 151, 60)
    kinds = {
        "420": saved(picture, "JPEG", quality=85),
        "444": saved(picture, "JPEG", quality=90, subsampling=0),
        "progressive": saved(picture, "JPEG", quality=85, progressive=True),
        "grey": saved(image(203, 151, 61, "L"), "JPEG"),
        "cmyk": saved(image(203, 151, 62, "CMYK"), "JPEG"),
        "restart": saved(picture, "JPEG", restart_marker_blocks=3),
    }
    for name, jpeg in kinds.items():
        for what, photo, outcome in any_jpeg(jpeg, name == "progressive"):
            yield Damaged(f"{name}-{what}", photo, jpeg, outcome)
    for what, photo, outcome in restarts(kinds["restart"]):
        yield Damaged(what, photo, kinds["restart"], outcome)
    for what, photo, outcome in scans(kinds["progressive"]):
        yield Damaged(what, photo, kinds["progressive"], outcome)


def any_jpeg(jpeg: bytes, progressive: bool) -> Iterator[tuple[str, bytes, str]]:
    scan, behind_scan = segments(jpeg, 0xDA)[0]
    table = segments(jpeg, 0xDB)[0][0]
    frame = (segments(jpeg, 0xC0) or segments(jpeg, 0xC2))[0][0]
    end = len(jpeg) - 2
    if not progressive:
        # Cameras of phones write these: OpenImageIO#2837, lovell/sharp#3488, ZoneMinder#279.
        for numbers in (b"\0\0\0", b"\x01\x3f\x10", b"\0\x3f\x01", b"\xff\xff\xff"):
            yield f"scan-{numbers.hex()}", patch(jpeg, behind_scan - 3, numbers), TAKEN
    # Webcams and cameras leave some: opencv#21373 (before 0xdb), tesseract#103, PyTurboJPEG#77.
    for what, stray in {
        "zeros": bytes(7),
        "text": b"stray bytes",
        "escaped": b"\x10\xff\0\x20",
        "fill": b"\xff\xff\xff",
        "restart": b"\xff\xd3",
        "many": b"U" * 3000,
    }.items():
        for where, at in {"tables": table, "frame": frame, "scan": scan}.items():
            yield f"{what}-before-{where}", put(jpeg, at, stray), TAKEN
        yield f"{what}-behind", jpeg + stray, TAKEN
    for what, stray in {"one": b"\x01", "fill": b"\xff" * 3, "zeros": bytes(100)}.items():
        yield f"{what}-before-end", put(jpeg, end, stray), TAKEN
    for count in (100, 5000):
        yield f"{count}-before-end", put(jpeg, end, b"U" * count), TAKEN
    text = b"this is no part of the picture. " * 5
    outcome = STRAY if progressive or restarts_at(jpeg) else TAKEN
    yield "text-before-end", put(jpeg, end, text), outcome
    yield "mp4-before-end", put(jpeg, end, MP4[:200].replace(b"\xff", b"")), outcome
    # A scanner writes more rows than its header says: image-rs/jpeg-decoder#100.
    shorter = patch(jpeg, frame + 5, struct.pack(">H", 100))
    yield "more-rows", shorter, TAKEN if restarts_at(jpeg) else STRAY
    for share in (0.3, 0.6):
        inside = put(jpeg, in_data(jpeg, share), b"U" * 3000)
        yield f"inside-{share}", inside, ""
        cut = jpeg[: in_data(jpeg, share)]
        yield f"cut-{share}", cut, CUT
        yield f"cut-{share}-closed", cut + END, "" if progressive else CUT
        for size in (500, 100_000):
            yield f"cut-{share}-filled-{size}", cut + bytes(size), ""
            yield f"cut-{share}-filled-{size}-closed", cut + bytes(size) + END, ""
    yield "no-end", jpeg[:end], WHOLE  # libyami#801, ruffle#8820, ImageSharp#18
    yield "half-an-end", jpeg[: end + 1], WHOLE
    yield "no-end-zeros", jpeg[:end] + bytes(5000), WHOLE if progressive else TAKEN
    # A panorama of a phone: libjpeg-turbo#163.
    yield "no-end-mp4", jpeg[:end] + MP4, outcome
    for what, more in {"mp4": MP4, "samsung": SAMSUNG, "photo": jpeg}.items():
        yield f"{what}-behind", jpeg + more, TAKEN
    yield "length-0", put(jpeg, 2, b"\xff\xe5\0\0"), TAKEN
    yield "length-1", put(jpeg, 2, b"\xff\xe5\0\x01"), TAKEN
    yield "exif-junk", with_segment(jpeg, b"Exif\0\0junk" * 9), TAKEN
    yield "exif-cut", with_segment(jpeg, exif(6)[:17]), TAKEN
    yield "thumbnail", with_segment(jpeg, exif(6) + saved(image(32, 24, 63), "JPEG")), TAKEN
    yield "comment", put(jpeg, 2, b"\xff\xfe\0\x06\xff\xd8\xff\xd9"), TAKEN
    yield "icc-junk", put(jpeg, 2, b"\xff\xe2\0\x14ICC_PROFILE\0\x05\x02junk"), TAKEN
    jfif = b"\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
    for transform in (0, 1, 2, 9):
        adobe = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0" + bytes([transform])
        yield f"adobe-{transform}", put(jpeg, 2, adobe), TAKEN
        yield f"jfif-adobe-{transform}", put(jpeg, 2, jfif + adobe), TAKEN
    yield "two-starts", b"\xff\xd8" + jpeg, "two SOI markers"
    yield "two-frames", put(jpeg, frame, jpeg[frame:scan]), "two SOF markers"
    yield "12-bits", patch(jpeg, frame + 4, b"\x0c"), "precision 12"
    yield "unknown-segment", put(jpeg, table, b"\xff\xf3\0\x04ab"), "Unsupported marker"
    yield "taller", patch(jpeg, frame + 5, struct.pack(">H", 400)), ""


def restarts_at(jpeg: bytes) -> list[int]:
    return [i for i in range(len(jpeg) - 1) if jpeg[i] == 0xFF and 0xD0 <= jpeg[i + 1] < 0xD8]


def restarts(jpeg: bytes) -> Iterator[tuple[str, bytes, str]]:
    at = restarts_at(jpeg)
    yield "restart-missing", jpeg[: at[9]] + jpeg[at[9] + 2 :], STRAY
    yield "restart-interval-missing", jpeg[: at[9]] + jpeg[at[10] :], "found marker"
    code = jpeg[at[9] + 1] - 0xD0
    yield "restart-of-next", patch(jpeg, at[9] + 1, bytes([0xD0 + (code + 1) % 8])), "found marker"


def scans(jpeg: bytes) -> Iterator[tuple[str, bytes, str]]:
    headers = segments(jpeg, 0xDA)
    for count in range(1, len(headers)):
        yield f"scans-{count}", first_scans(jpeg, count) + END, "scans are missing"
        yield f"scans-{count}-open", first_scans(jpeg, count), "ends before its last scan"
        yield f"scan-{count}-zeros", put(jpeg, headers[count][0], bytes(9)), TAKEN
    for number, (_, end) in enumerate(headers):
        if jpeg[end - 1] != 0x21:
            refining = patch(jpeg, end - 1, b"\x21")
            yield f"scan-{number}-refines", refining, "Inconsistent progression"


def pngs() -> Iterator[Damaged]:
    rng = np.random.default_rng(70)
    palette = chunk(b"PLTE", rng.integers(0, 256, 768, dtype=np.uint8).tobytes())
    for name, bits, colour in (
        ("rgb", 8, 2), ("grey", 8, 0), ("palette", 8, 3), ("rgba16", 16, 6), ("bits1", 1, 0),
    ):  # fmt: skip
        for interlaced in (False, True):
            samples = rng.integers(0, 1 << bits, (61, 83, CHANNELS[colour]))
            whole = png(samples, bits, colour, palette if colour == 3 else b"", interlaced)
            for what, photo, outcome in any_png(whole):
                yield Damaged(f"{name}-{'adam7-' * interlaced}{what}", photo, whole, outcome)
    indexed = png(rng.integers(0, 256, (61, 83, 1)), 8, 3, palette)
    at = indexed.index(b"PLTE") - 4
    without = indexed[:at] + indexed[at + len(palette) :]
    yield Damaged("palette-crc", flip(indexed, at + len(palette) - 1), indexed, "CRC error")
    yield Damaged("palette-missing", without, indexed, "Missing PLTE")


def any_png(whole: bytes) -> Iterator[tuple[str, bytes, str]]:
    at = whole.index(b"IDAT") - 4
    head, tail = whole[:at], whole[-12:]
    packed = whole[at + 8 : -16]
    raw = zlib.decompress(packed)

    def data(*streams: bytes) -> bytes:
        return head + b"".join(chunk(b"IDAT", stream) for stream in streams) + tail

    behind_data = len(whole) - 12
    yield "crc-header", flip(whole, 32), "IHDR: CRC error"
    yield "crc-pixels", flip(whole, behind_data - 1), TAKEN
    yield "crc-end", flip(whole, len(whole) - 1), TAKEN
    yield "crc-one-of-many", patch(data(packed[:100], packed[100:]), at + 108, b"nope"), TAKEN
    yield "adler", data(flip(packed, len(packed) - 1)), "incorrect data check"
    yield "no-adler", data(packed[:-4]), TAKEN
    yield "half-adler", data(packed[:-2]), TAKEN
    yield "data-cut", data(packed[: len(packed) // 2]), "Not enough image data"
    yield "row-short", data(zlib.compress(raw[:-1])), "Not enough image data"
    for less in (12, 14, 16, 18, 20):  # end chunk, checksums
        yield f"ends-{less}", whole[:-less], TAKEN
    for less in (40, len(packed) // 2):
        yield f"ends-{less}", whole[:-less], CUT
    yield "behind", whole + MP4, TAKEN
    yield "rows-more", data(zlib.compress(raw + raw[:500])), TAKEN
    yield "junk-behind-stream", data(packed + b"junk"), TAKEN
    yield "empty-chunks", data(b"", packed[:50], b"", packed[50:], b""), TAKEN
    for window in range(8):  # smaller than the data needs: libpng#183, turicreate#348
        header = (window << 4 | 8) << 8
        narrow = struct.pack(">H", header + 31 - header % 31) + zlib.compress(raw, 9)[2:]
        yield f"window-{window}", data(narrow), TAKEN
    yield "window-8", data(b"\x88\x1c" + packed[2:]), "invalid window size"
    yield "zlib-header", data(b"\x78\x02" + packed[2:]), "incorrect header check"
    yield "filter-9", data(zlib.compress(b"\x09" + raw[1:])), "bad adaptive filter"
    for name, content in {b"iCCP": b"x\0\0junk", b"tRNS": b"a" * 300, b"gAMA": bytes(4)}.items():
        yield f"{name.decode()}-broken", put(whole, 33, chunk(name, content)), TAKEN
    for name in (b"gAMA", b"cHRM", b"pHYs", b"eXIf"):
        yield f"{name.decode()}-short", put(whole, 33, chunk(name, b"a")), WHOLE
    yield "crc-text", put(whole, 33, flip(chunk(b"tEXt", b"a\0b"), -1)), WHOLE
    yield "crc-behind-pixels", put(whole, behind_data, flip(chunk(b"tEXt", b"a\0b"), -1)), TAKEN
    yield "junk-behind-pixels", put(whole, behind_data, b"junkjunkjunk"), WHOLE
    yield "second-header", put(whole, 33, whole[8:33]), "IHDR: out of place"
    yield "critical", put(whole, 33, chunk(b"NICE", b"x")), "unhandled critical chunk"
    yield "no-pixels", head + tail, ""


def webps() -> Iterator[Damaged]:
    picture = image(61, 47, 80)
    for name, whole in {
        "lossy": saved(picture, "WEBP", quality=70),
        "lossless": saved(picture, "WEBP", lossless=True),
        "alpha": saved(image(61, 47, 81, "RGBA"), "WEBP", quality=70),
        "exif": saved(picture, "WEBP", exif=exif(6)),
        "animated": saved(picture, "WEBP", save_all=True, append_images=[image(61, 47, 82)]),
    }.items():
        for what, photo, outcome in any_webp(whole):
            yield Damaged(f"{name}-{what}", photo, whole, outcome)


def any_webp(whole: bytes) -> Iterator[tuple[str, bytes, str]]:
    (size,) = struct.unpack("<I", whole[4:8])

    def sized(photo: bytes, other: int) -> bytes:
        return patch(photo, 4, struct.pack("<I", other))

    yield "behind", whole + MP4, TAKEN
    yield "behind-1", whole + b"\0", TAKEN
    yield "chunk-behind", sized(whole + b"JUNK\4\0\0\0abcd", size + 12), TAKEN
    yield "odd-chunk-behind", sized(whole + b"JUNK\3\0\0\0abc\0", size + 12), TAKEN
    yield "size-larger", sized(whole, size + 1000), "cut short"
    for less in (2, 40, len(whole) // 2):
        yield f"cut-{less}", whole[:-less], "cut short"
    yield "size-0", sized(whole, 0), ""


def damaged_photos() -> Iterator[Damaged]:
    for group in (jpegs, pngs, webps):
        for photo in group():
            yield photo._replace(name=f"{group.__name__}-{photo.name}")
