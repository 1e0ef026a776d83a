"""`--decode fast` gives what a smaller DCT of the low coefficients is, as scipy computes it.

Photos are made from coefficients, which only then are known: each component's blocks, random, with
more and less of them zero, coded by codes of a few fixed lengths.
"""

from __future__ import annotations

import struct
import subprocess
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy.fft import idctn
from test_pixels import program, read_output

ZIGZAG = sorted(
    product(range(8), range(8)),
    key=lambda at: (sum(at), at[1] if sum(at) % 2 == 0 else at[0]),
)  # row, column
QUANTISATION = np.add.outer(np.arange(8), np.arange(8)) // 2 + 2
SAMPLINGS = [
    [(1, 1)],
    [(1, 1), (1, 1), (1, 1)],
    [(2, 1), (1, 1), (1, 1)],
    [(1, 2), (1, 1), (1, 1)],
    [(2, 2), (1, 1), (1, 1)],
    [(2, 2), (2, 1), (1, 2)],
    [(4, 1), (1, 1), (1, 1)],
    [(2, 2), (1, 2), (1, 2)],
]
SIZES = [(8, 8), (33, 17), (130, 75)]
MOST = 2  # levels: each component is rounded once, and colour adds up two of them
Blocks = np.ndarray  # rows, columns, 8, 8


class Bits:
    """The data of a scan."""

    def __init__(self) -> None:
        self.bits: list[str] = []

    def add(self, number: int, width: int) -> None:
        if width:
            self.bits.append(f"{number:0{width}b}")

    def add_value(self, value: int) -> None:
        width = abs(value).bit_length()
        self.add(value if value > 0 else value + (1 << width) - 1, width)

    def bytes(self) -> bytes:
        text = "".join(self.bits)
        text += "1" * (-len(text) % 8)
        data = int(text, 2).to_bytes(len(text) // 8, "big")
        return data.replace(b"\xff", b"\xff\0")


def add_block(bits: Bits, block: np.ndarray, before: int) -> None:
    """One block: symbols of DC have codes of 4 bits, those of AC of 9."""
    values = [int(block[at]) for at in ZIGZAG]
    bits.add(abs(values[0] - before).bit_length(), 4)
    bits.add_value(values[0] - before)
    zeros = 0
    last = max((k for k in range(1, 64) if values[k]), default=0)
    for value in values[1 : last + 1]:
        if value == 0:
            zeros += 1
            continue
        for _ in range(zeros // 16):
            bits.add(0xF0, 9)
        bits.add(zeros % 16 << 4 | abs(value).bit_length(), 9)
        bits.add_value(value)
        zeros = 0
    if last < 63:
        bits.add(0, 9)


def segment(code: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, code, len(payload) + 2) + payload


def encode(
    size: tuple[int, int], sampling: list[tuple[int, int]], parts: list[Blocks], restart: int
) -> bytes:
    ids = range(1, len(parts) + 1)
    jpeg = b"\xff\xd8" + segment(0xDB, bytes([0]) + bytes(QUANTISATION[at] for at in ZIGZAG))
    frame = struct.pack(">BHHB", 8, size[1], size[0], len(parts))
    frame += b"".join(
        bytes([i, across << 4 | down, 0]) for i, (across, down) in zip(ids, sampling, strict=True)
    )
    jpeg += segment(0xC0, frame)
    counts = [0] * 16
    counts[3] = 12
    jpeg += segment(0xC4, bytes([0x00, *counts, *range(12)]))
    counts = [0] * 16
    counts[8] = 255
    jpeg += segment(0xC4, bytes([0x10, *counts, *range(255)]))
    jpeg += segment(0xDD, struct.pack(">H", restart))
    scan = bytes([len(parts)]) + b"".join(bytes([i, 0x00]) for i in ids) + bytes([0, 63, 0])
    jpeg += segment(0xDA, scan)

    bits = Bits()
    light = [0] * len(parts)
    rows = parts[0].shape[0] // sampling[0][1]
    columns = parts[0].shape[1] // sampling[0][0]
    for n, (row, column) in enumerate(product(range(rows), range(columns))):
        if restart and n and n % restart == 0:
            jpeg += bits.bytes() + bytes([0xFF, 0xD0 + (n // restart - 1) % 8])
            bits, light = Bits(), [0] * len(parts)
        for i, (across, down) in enumerate(sampling):
            for y, x in product(range(down), range(across)):
                block = parts[i][row * down + y, column * across + x]
                add_block(bits, block, light[i])
                light[i] = int(block[0, 0])
    return jpeg + bits.bytes() + b"\xff\xd9"


def blocks(random: np.random.Generator, rows: int, columns: int) -> Blocks:
    """Blocks of many and of few coefficients, full ones among them."""
    shape = (rows, columns, 8, 8)
    spread = 40 / (1 + np.add.outer(np.arange(8), np.arange(8))) ** 1.5
    values = np.rint(random.normal(0, 1, shape) * spread).astype(int)
    share = random.choice([0, 0.05, 0.3, 1], (rows, columns, 1, 1))
    values[random.random(shape) >= share] = 0
    values[:, :, 0, 0] = random.integers(-200, 200, (rows, columns))
    values[random.random((rows, columns)) < 0.1, 7, 7] = 1
    return values


def pixels(part: Blocks, order: int, width: int, height: int) -> np.ndarray:
    """The low coefficients of each block as `width` x `height` pixels."""
    low = (part * QUANTISATION).astype(float)
    low[..., np.add.outer(np.arange(8), np.arange(8)) >= order] = 0
    small = idctn(low[..., :height, :width], axes=(2, 3), norm="ortho")
    small = small * np.sqrt(width * height) / 8 + 128
    return small.transpose(0, 2, 1, 3).reshape(part.shape[0] * height, part.shape[1] * width)


def expected(
    size: tuple[int, int], sampling: list[tuple[int, int]], parts: list[Blocks], divisor: int
) -> np.ndarray:
    most = [max(each[axis] for each in sampling) for axis in (0, 1)]
    side = 8 // divisor
    planes = [
        np.clip(pixels(part, side, side * most[0] // across, side * most[1] // down), 0, 255)
        for part, (across, down) in zip(parts, sampling, strict=True)
    ]
    if len(planes) == 1:
        rgb = np.stack(planes * 3, 2)
    else:
        y, blue, red = planes[0], planes[1] - 128, planes[2] - 128
        rgb = np.stack([y + 1.402 * red, y - 0.344136 * blue - 0.714136 * red, y + 1.772 * blue], 2)
    return np.clip(rgb[: -(-size[1] // divisor), : -(-size[0] // divisor)], 0, 255)


@pytest.mark.parametrize("sampling", SAMPLINGS, ids=str)
@pytest.mark.parametrize("restart", [0, 1, 5])
def test_pixels_are_a_smaller_dct(
    tmp_path: Path, sampling: list[tuple[int, int]], restart: int
) -> None:
    random = np.random.default_rng(len(sampling) + restart)
    most = [max(each[axis] for each in sampling) for axis in (0, 1)]
    jobs = []
    for size, divisor in product(SIZES, (2, 4, 8)):
        units = [-(-side // (8 * n)) for side, n in zip(size, most, strict=True)]
        parts = [blocks(random, units[1] * down, units[0] * across) for across, down in sampling]
        scales = [n // s for each in sampling for n, s in zip(most, each, strict=True)]
        if max(scales) > divisor:
            continue  # libjpeg's
        photo = tmp_path / f"{size[0]}-{divisor}.jpg"
        photo.write_bytes(encode(size, sampling, parts, restart))
        jobs.append((photo, size, divisor, expected(size, sampling, parts, divisor)))
    assert jobs
    listing = tmp_path / "jobs"
    listing.write_text(
        "".join(
            f"{photo}\t0\t0\tbicubic\t{photo}.rgb\t{max(1, size[0] // n)}\t{max(1, size[1] // n)}\n"
            for photo, size, n, _ in jobs
        )
    )
    subprocess.run([program(), listing], check=True, timeout=60)
    for photo, _, _, reference in jobs:
        actual = read_output(Path(f"{photo}.rgb"))
        assert not isinstance(actual, str), actual
        assert actual.shape == reference.shape
        assert np.abs(actual - reference).max() < MOST, photo.name
