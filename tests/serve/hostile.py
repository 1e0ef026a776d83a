"""Requests and photos that are broken in every way we could think of, from a seed."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable

from PIL import Image

PATHS = ("/v1/classify", "/v1/similar", "/v1/features")


def post(body: bytes, *, length: int | None = None, path: str = PATHS[0], more: str = "") -> bytes:
    size = len(body) if length is None else length
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n{more}\r\n"
    return head.encode("latin-1") + body


def noise(rng: random.Random, photo: bytes) -> bytes:
    return rng.randbytes(rng.randrange(1, 2000))


def broken_line(rng: random.Random, photo: bytes) -> bytes:
    line = rng.choice(
        [
            "GET",
            "GET /healthz",
            "GET /healthz HTTP/9.9",
            "GET /healthz HTTP/1.1 x",
            "G\x00T /healthz HTTP/1.1",
            "POST  /v1/classify  HTTP/1.1",
            "GET /%zz HTTP/1.1",
            "GET " + "/a" * rng.randrange(1, 9000) + " HTTP/1.1",
            "GET http:// HTTP/1.1",
            "CONNECT x:443 HTTP/1.1",
            "PRI * HTTP/2.0",
            "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        ]
    )
    return line.encode("latin-1") + rng.choice(
        [b"\r\n\r\n", b"\n\n", b"\r\nHost: localhost\r\n\r\n", b""]
    )


def broken_fields(rng: random.Random, photo: bytes) -> bytes:
    field = rng.choice(
        [
            "Content-Length: -1",
            "Content-Length: 1e3",
            "Content-Length: 99999999999999999999999",
            "Content-Length: 10\r\nContent-Length: 20",
            "Content-Length: 10\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked, chunked",
            "Transfer-Encoding: gzip",
            "Transfer-Encoding : chunked",
            "Host: a\r\nHost: b",
            "X: " + "y" * rng.randrange(1, 20000),
            "\r\n".join(f"X{n}: y" for n in range(rng.randrange(1, 2000))),
            " folded: value",
            "No colon",
            "Nul: \x00",
            "Content-Type: " + rng.randbytes(20).decode("latin-1"),
            "Expect: something",
            "Connection: upgrade\r\nUpgrade: h2c",
        ]
    )
    head = f"POST {rng.choice(PATHS)} HTTP/1.1\r\nHost: localhost\r\n{field}\r\n\r\n"
    return head.encode("latin-1") + photo[: rng.randrange(len(photo))]


def lie_about_length(rng: random.Random, photo: bytes) -> bytes:
    length = rng.choice(
        [0, 1, len(photo) - 1, len(photo) + 1, 10 * len(photo), 1 << 40, (1 << 64) - 1]
    )
    return post(photo, length=length)


def cut_photo(rng: random.Random, photo: bytes) -> bytes:
    return post(photo[: rng.randrange(1, len(photo))], path=rng.choice(PATHS))


def flip_bits(rng: random.Random, photo: bytes) -> bytes:
    damaged = bytearray(photo)
    for _ in range(rng.randrange(1, 40)):
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    return post(bytes(damaged), path=rng.choice(PATHS))


def cut_request(rng: random.Random, photo: bytes) -> bytes:
    request = post(photo)
    return request[: rng.randrange(1, len(request))]


def wild_target(rng: random.Random, photo: bytes) -> bytes:
    characters = "abc/?&=%.+#;:@\\\"'<>{}|^~[]`0123456789"
    text = "".join(rng.choice(characters) for _ in range(rng.randrange(1, 60)))
    return post(photo, path=rng.choice(["/", PATHS[0] + "?", PATHS[0] + "?top=", "/../"]) + text)


def pipelined(rng: random.Random, photo: bytes) -> bytes:
    return b"".join(
        rng.choice(
            [post(photo), b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", rng.randbytes(10)]
        )
        for _ in range(rng.randrange(2, 6))
    )


def smuggled(rng: random.Random, photo: bytes) -> bytes:
    inner = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"
    return post(b"0\r\n\r\n" + inner, more="Transfer-Encoding: chunked\r\n")


def bomb(rng: random.Random, photo: bytes) -> bytes:
    return post(rng.choice([png_bomb, png_claim, jpeg_claim, webp_claim])(rng))


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def _png(width: int, height: int, data: bytes, colours: int = 2) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def png_of(width: int, height: int) -> bytes:
    """A black photo: few bytes for many pixels, all of them there."""
    return _png(width, height, zlib.compress(bytes((width + 1) * height), 9), colours=0)


def png_bomb(rng: random.Random) -> bytes:
    """Rows of zeros, a thousand times smaller than what they become."""
    side = rng.choice([500, 3000, 20_000])
    return _png(side, side, zlib.compress(bytes(min(3 * side * side, 30_000_000)), 9))


def png_claim(rng: random.Random) -> bytes:
    side = rng.choice([0, 65_535, (1 << 31) - 1, (1 << 32) - 1])
    return _png(side, side, zlib.compress(bytes(100)))


def jpeg_claim(rng: random.Random) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, "JPEG", progressive=rng.random() < 0.5)
    photo = bytearray(file.getvalue())
    at = max(photo.find(b"\xff\xc0"), photo.find(b"\xff\xc2"))
    photo[at + 5 : at + 9] = struct.pack(">HH", 65_500, 65_500)
    return bytes(photo)


def webp_claim(rng: random.Random) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, "WEBP", lossless=rng.random() < 0.5)
    photo = bytearray(file.getvalue())
    photo[26:30] = b"\xff\x3f\xff\x3f"
    return bytes(photo)


KINDS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    noise,
    broken_line,
    broken_fields,
    lie_about_length,
    cut_photo,
    flip_bits,
    cut_request,
    wild_target,
    pipelined,
    smuggled,
    bomb,
)


def hostile_request(seed: int, photo: bytes) -> bytes:
    """The same bytes for the same seed."""
    rng = random.Random(seed)
    return KINDS[seed % len(KINDS)](rng, photo)
