"""Makes the calibration by which an embedded network is quantised to int8.

usage: calibrate_embedded.py OUT.bin PHOTOS [PHOTOS ...]

Takes 96 photos of each folder, those whose paths have the least SHA-256, and needs the package
`verger` with its library (VERGER_LIBRARY). Run by hand: the file is part of the sources, so that
int8 features are the same for everyone.
"""

import argparse
import base64
import hashlib
from pathlib import Path

import pyarrow as pa
from verger.model import Model

OF_EACH = 96
ENDINGS = (".jpg", ".jpeg", ".png", ".webp")


def sample(folder: Path) -> list[bytes]:
    """The contents of some photos below `folder`, the same ones at every call."""
    names = [path.relative_to(folder) for path in folder.rglob("*") if path.suffix in ENDINGS]
    names.sort(key=lambda name: hashlib.sha256(name.as_posix().encode()).digest())
    return [(folder / name).read_bytes() for name in names[:OF_EACH]]


def main() -> None:
    parser = argparse.ArgumentParser(description="Calibrates an embedded network.")
    parser.add_argument("out", type=Path)
    parser.add_argument("photos", type=Path, nargs="+")
    asked = parser.parse_args()
    contents = [content for folder in asked.photos for content in sample(folder)]
    photos = pa.RecordBatch.from_arrays([pa.array(contents, pa.binary())], names=["content"])
    asked.out.write_bytes(base64.b64decode(Model().calibrate(photos)))


if __name__ == "__main__":
    main()
