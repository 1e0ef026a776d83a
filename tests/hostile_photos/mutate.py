"""Mutations of photos: of bytes anywhere, and of a format's parts, so that decoders get far."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable

from pixels_photos import PNG_START, chunk

# Numbers at which parsers change their minds.
BYTES = (0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF)
SIDES = (0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 63, 64, 65, 127, 255, 256, 4096, 16383, 65500, 65535)

Part = tuple[bytes, bytes]  # a chunk's name, or a segment's marker, and what follows


def some_place(content: bytes, chance: random.Random) -> int:
    return chance.randrange(len(content)) if content else 0


def flip_bits(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 8)) if content else 0):
        changed[some_place(content, chance)] ^= 1 << chance.randrange(8)
    return bytes(changed)


def set_bytes(content: bytes, chance: random.Random) -> bytes:
    at, count = some_place(content, chance), chance.choice((1, 1, 2, 4))
    other = bytes(chance.choice((*BYTES, chance.randrange(256))) for _ in range(count))
    return content[:at] + other + content[at + count :]


def remove_bytes(content: bytes, chance: random.Random) -> bytes:
    at = some_place(content, chance)
    return content[:at] + content[at + chance.choice((1, 2, 3, 8, 64)) :]


def insert_bytes(content: bytes, chance: random.Random) -> bytes:
    at = some_place(content, chance)
    return content[:at] + chance.randbytes(chance.choice((1, 2, 3, 8, 64))) + content[at:]


def repeat_bytes(content: bytes, chance: random.Random) -> bytes:
    at, count = some_place(content, chance), chance.choice((1, 4, 32, 200))
    return content[: at + count] + content[at:]


def cut(content: bytes, chance: random.Random) -> bytes:
    return content[: some_place(content, chance)]


ANYWHERE = (flip_bits, flip_bits, set_bytes, remove_bytes, insert_bytes, repeat_bytes, cut)


def change_parts(parts: list[Part], chance: random.Random) -> list[Part]:
    """Leaves out a part, doubles it, or swaps it with another."""
    at, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    what = chance.randrange(3)
    if what == 0:
        return parts[:at] + parts[at + 1 :]
    if what == 1:
        return parts[: other + 1] + [parts[at]] + parts[other + 1 :]
    parts = list(parts)
    parts[at], parts[other] = parts[other], parts[at]
    return parts


def change_in_part(parts: list[Part], chance: random.Random) -> list[Part]:
    """Changes what is inside a part; its length and checksum will be right."""
    at = chance.randrange(len(parts))
    name, content = parts[at]
    change = chance.choice(ANYWHERE)
    return [*parts[:at], (name, change(content, chance)), *parts[at + 1 :]]


def change_of(name: bytes, change: Callable[[bytes, random.Random], bytes]) -> Change:
    """A change of the first part of that name."""

    def change_part(parts: list[Part], chance: random.Random) -> list[Part]:
        for at, (its_name, content) in enumerate(parts):
            if its_name == name:
                return [*parts[:at], (name, change(content, chance)), *parts[at + 1 :]]
        return parts

    return change_part


Change = Callable[[list[Part], random.Random], list[Part]]


# PNG: chunks.


def is_png(photo: bytes) -> bool:
    return photo.startswith(PNG_START)


def split_png(photo: bytes) -> list[Part]:
    parts, at = [], len(PNG_START)
    while at + 8 <= len(photo):
        (size,) = struct.unpack(">I", photo[at : at + 4])
        parts.append((photo[at + 4 : at + 8], photo[at + 8 : at + 8 + size]))
        at += 12 + size
    return parts


def join_png(parts: list[Part]) -> bytes:
    return PNG_START + b"".join(chunk(name, content) for name, content in parts)


def change_header(content: bytes, chance: random.Random) -> bytes:
    """Another size, depth, colour type or interlacing."""
    if len(content) != 13:
        return content
    fields = list(struct.unpack(">IIBBBBB", content))
    at = chance.choice((0, 1, 2, 3, 6))
    choices = {2: (1, 2, 4, 8, 16), 3: (0, 2, 3, 4, 6), 6: (0, 1)}
    fields[at] = chance.choice(choices.get(at, SIDES))
    return struct.pack(">IIBBBBB", *fields)


def change_rows(content: bytes, chance: random.Random) -> bytes:
    """Other filters and samples, packed again, so that all checksums are right."""
    try:
        rows = zlib.decompress(content)
    except zlib.error:
        return content
    return zlib.compress(chance.choice(ANYWHERE)(rows, chance), chance.randrange(10))


def add_chunk(parts: list[Part], chance: random.Random) -> list[Part]:
    at = chance.randrange(len(parts) + 1)
    name = chance.choice((b"tRNS", b"PLTE", b"gAMA", b"eXIf", b"tEXt", b"iCCP", b"sBIT", b"abCd"))
    return [*parts[:at], (name, chance.randbytes(chance.choice((0, 2, 6, 30, 768)))), *parts[at:]]


def split_pixels(parts: list[Part], chance: random.Random) -> list[Part]:
    """The same pixels in two chunks, or with another chunk between them."""
    for at, (name, content) in enumerate(parts):
        if name == b"IDAT":
            middle = some_place(content, chance)
            between = [(b"tEXt", b"a\0b")] if chance.random() < 0.3 else []
            halves = [(name, content[:middle]), *between, (name, content[middle:])]
            return [*parts[:at], *halves, *parts[at + 1 :]]
    return parts


PNG_CHANGES: tuple[Change, ...] = (
    change_parts,
    change_in_part,
    change_of(b"IHDR", change_header),
    change_of(b"IDAT", change_rows),
    change_of(b"IDAT", change_rows),
    add_chunk,
    split_pixels,
)


# JPEG: segments. What is behind a scan's header belongs to it.


def split_jpeg(photo: bytes) -> list[Part]:
    parts: list[Part] = []
    at = 2
    while at + 4 <= len(photo) and photo[at] == 0xFF and photo[at + 1] != 0xD9:
        end = at + 2 + struct.unpack(">H", photo[at + 2 : at + 4])[0]
        if photo[at + 1] == 0xDA:
            while end + 1 < len(photo) and (photo[end] != 0xFF or not starts_segment(photo, end)):
                end += 1
        parts.append((photo[at : at + 2], photo[at + 4 : end]))
        at = end
    return parts


def starts_segment(photo: bytes, at: int) -> bool:
    return photo[at + 1] not in (0, 0xFF) and not 0xD0 <= photo[at + 1] <= 0xD7


def join_jpeg(parts: list[Part]) -> bytes:
    photo = b"\xff\xd8"
    for marker, content in parts:
        size = content[0] * 2 + 6 if marker == b"\xff\xda" and content else len(content) + 2
        photo += marker + struct.pack(">H", size & 0xFFFF) + content
    return photo + b"\xff\xd9"


def change_frame(content: bytes, chance: random.Random) -> bytes:
    """Another size, sampling, table or number of components."""
    changed = bytearray(content)
    if len(changed) < 9:
        return content
    what = chance.randrange(4)
    if what == 0:
        at = chance.choice((1, 3))
        changed[at : at + 2] = struct.pack(">H", chance.choice(SIDES))
    elif what == 1:
        at = 7 + 3 * chance.randrange((len(changed) - 6) // 3)
        changed[at] = chance.choice((0x11, 0x12, 0x21, 0x22, 0x41, 0x14, 0x31, 0x44))
    elif what == 2:
        at = chance.choice((0, 5, 6, 8))
        changed[at] = chance.choice(BYTES[:2] + (2, 3, 4, 8, 12))
    else:
        changed[-1] ^= 1
    return bytes(changed)


def add_segment(parts: list[Part], chance: random.Random) -> list[Part]:
    at = chance.randrange(len(parts) + 1)
    marker = b"\xff" + bytes([chance.choice((0xDD, 0xE0, 0xE1, 0xEE, 0xFE, 0xDB, 0xC4))])
    content = chance.choice(
        (b"\0\x01", b"\0\x03", b"Adobe\0\x64\0\0\0\0\x01", b"JFIF\0\1\1\0", b"x")
    )
    return [*parts[:at], (marker, content), *parts[at:]]


JPEG_CHANGES: tuple[Change, ...] = (
    change_parts,
    change_in_part,
    change_in_part,
    change_of(b"\xff\xc0", change_frame),
    change_of(b"\xff\xc2", change_frame),
    change_of(b"\xff\xda", flip_bits),
    change_of(b"\xff\xdb", set_bytes),
    add_segment,
)


# WebP: chunks of RIFF.


def split_webp(photo: bytes) -> list[Part]:
    parts, at = [], 12
    while at + 8 <= len(photo):
        (size,) = struct.unpack("<I", photo[at + 4 : at + 8])
        parts.append((photo[at : at + 4], photo[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return parts


def join_webp(parts: list[Part]) -> bytes:
    body = b"WEBP"
    for name, content in parts:
        body += name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


WEBP_CHANGES: tuple[Change, ...] = (
    change_parts,
    change_in_part,
    change_in_part,
    change_of(b"VP8X", set_bytes),
    change_of(b"VP8L", flip_bits),
    change_of(b"VP8 ", flip_bits),
)


FORMATS = {
    "jpeg": (split_jpeg, join_jpeg, JPEG_CHANGES),
    "png": (split_png, join_png, PNG_CHANGES),
    "webp": (split_webp, join_webp, WEBP_CHANGES),
}


def mutate(kind: str, photo: bytes, chance: random.Random) -> bytes:
    """One to three mutations of a photo; the first word of `kind` is its format."""
    form = kind.split()[0]
    split, join, changes = FORMATS[form]
    in_parts = 0.9 if form == "png" else 0.6  # a checksum sees most other changes of a PNG
    for _ in range(chance.choice((1, 1, 2, 3))):
        parts = split(photo) if chance.random() < in_parts else []
        photo = (
            join(chance.choice(changes)(parts, chance))
            if parts
            else chance.choice(ANYWHERE)(photo, chance)
        )
    return photo
