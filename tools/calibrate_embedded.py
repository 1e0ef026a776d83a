"""Makes the calibration by which an embedded network is quantised to int8.

usage: calibrate_embedded.py NAME OUT.bin PHOTOS [PHOTOS ...]

Takes 96 photos of each folder, those whose paths have the least SHA-256, at the sizes of SIZES and
the network's own: ranges hold at all of them, means are of all of them. Needs the package `verger`
with its library (VERGER_LIBRARY). Run by hand: the file is part of the sources, so that int8
features are the same for everyone.
"""

import argparse
import base64
import hashlib
import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from verger.model import Model

OF_EACH = 96
SIZES = (112, 160, 320)
ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
MAGIC, SUBJECT, CHECKSUM = b"VGRCAL2\n", 16, 16  # core/model/calibration.cc
Floats = npt.NDArray[np.float32]


def sample(folder: Path) -> list[bytes]:
    """The contents of some photos below `folder`, the same ones at every call."""
    names = [path.relative_to(folder) for path in folder.rglob("*") if path.suffix in ENDINGS]
    names.sort(key=lambda name: hashlib.sha256(name.as_posix().encode()).digest())
    return [(folder / name).read_bytes() for name in names[:OF_EACH]]


def from_bf16(data: bytes) -> Floats:
    """Numbers of 16 bits as float32."""
    return (np.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4")


def to_bf16(values: Floats) -> bytes:
    """The nearest numbers of 16 bits; those that are some already stay."""
    return ((values.astype("<f4").view("<u4") + 0x8000) >> 16).astype("<u2").tobytes()


def parse(file: bytes) -> tuple[Floats, list[Floats]]:
    """Ranges, negative where the tensor has negative numbers, and means of each convolution."""
    at = len(MAGIC) + SUBJECT

    def numbers() -> Floats:
        nonlocal at
        (count,) = struct.unpack_from("<I", file, at)
        values = from_bf16(file[at + 4 : at + 4 + 2 * count])
        at += 4 + 2 * count
        return values

    ranges = numbers()
    (convolutions,) = struct.unpack_from("<I", file, at)
    at += 4
    return ranges, [numbers() for _ in range(convolutions)]


def merged(files: list[bytes]) -> bytes:
    """One calibration of those of several sizes."""
    all_ranges, all_means = zip(*map(parse, files), strict=True)
    largest = np.abs(np.stack(all_ranges)).max(axis=0)
    signed = np.where(np.stack(all_ranges).min(axis=0) < 0, -largest, largest)
    out = files[0][: len(MAGIC) + SUBJECT]
    out += struct.pack("<I", len(signed)) + to_bf16(signed)
    out += struct.pack("<I", len(all_means[0]))
    for means in zip(*all_means, strict=True):
        out += struct.pack("<I", len(means[0])) + to_bf16(np.mean(means, axis=0))
    return out + hashlib.sha256(out).hexdigest()[:CHECKSUM].encode()


def main() -> None:
    parser = argparse.ArgumentParser(description="Calibrates an embedded network.")
    parser.add_argument("name")
    parser.add_argument("out", type=Path)
    parser.add_argument("photos", type=Path, nargs="+")
    options = parser.parse_args()
    contents = [content for folder in options.photos for content in sample(folder)]
    photos = pa.RecordBatch.from_arrays([pa.array(contents, pa.binary())], names=["content"])
    sizes = sorted({*SIZES, Model.open(options.name).width})
    networks = [Model.open(options.name, input_size=size) for size in sizes]
    files = [base64.b64decode(network.calibrate(photos)) for network in networks]
    options.out.write_bytes(merged(files))


if __name__ == "__main__":
    main()
