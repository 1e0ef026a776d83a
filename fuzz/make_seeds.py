#!/usr/bin/env python3
"""Makes the seeds of the fuzz targets: small files of every kind that Verger reads.

    python fuzz/make_seeds.py FOLDER [--writer build-fuzz/fuzz/fuzz_seeds]

Writes FOLDER/TARGET/NAME. All are drawn or written here; no photo and no network of anybody else.
"""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Iterator
from pathlib import Path

import network_seeds
import photo_seeds
from text_seeds import TEXTS

SEEDS: dict[str, Iterator[tuple[str, bytes]]] = {
    "jpeg": photo_seeds.jpeg(),
    "png": photo_seeds.png(),
    "webp": photo_seeds.webp(),
    "exif": photo_seeds.exif(),
    "resize": photo_seeds.resize(),
    "keras_config": network_seeds.keras_config(),
    "keras_h5": network_seeds.keras_h5(),
    "zip": network_seeds.archives(),
    "onnx": network_seeds.onnx_files(),
    "arrow_batch": iter([("zeros", bytes(64)), ("numbers", bytes(range(256)) * 2)]),
    **TEXTS,
}


def main() -> None:
    """Writes every seed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--writer", type=Path, help="fuzz_seeds, for what only our writers make")
    options = parser.parse_args()
    for target, seeds in SEEDS.items():
        folder = options.folder / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in seeds:
            (folder / name).write_bytes(content)
    if options.writer:
        subprocess.run([options.writer, options.folder], check=True)


if __name__ == "__main__":
    main()
