#!/usr/bin/env python3
"""Makes a folder as a phone, a drone and a NAS leave it: small photos among what is none.

    python tools/make_device_folder.py FOLDER
    python tools/make_device_folder.py FOLDER --photos 100

Beside photos lie side files of Macs, thumbnails, trash, checkpoints, RAW files of all makes, bands
and videos. Prints how many of which kind, as the summary of a run has them.
"""

from __future__ import annotations

import argparse
import io
import json
import struct
import sys
from collections import Counter
from pathlib import Path

from PIL import Image

RAW = ["DNG", "CR2", "CR3", "CRW", "NEF", "NRW", "ARW", "SRF", "SR2", "ORF", "RW2", "RWL", "RAF"]
RAW += ["PEF", "SRW", "X3F", "3FR", "FFF", "IIQ", "MEF", "MOS", "MRW", "KDC", "DCR", "ERF", "GPR"]
BESIDE = {"TIF": "tiff", "HEIC": "heic", "HIF": "heic", "AVIF": "avif", "JXL": "jpeg_xl"}
BESIDE |= {"JP2": "jpeg_2000", "GIF": "gif", "BMP": "bmp", "MOV": "video", "MP4": "video"}
APPLE_DOUBLE = struct.pack(">II16xH", 0x00051607, 0x00020000, 0) + bytes(96)
TIFF = b"II*\0\x08\0\0\0" + bytes(64)  # as most RAW files begin

# Of the photo `name`: copies that systems and programs keep in its folder.
COPIES = {
    ".thumbnails/{name}": "hidden",
    ".ipynb_checkpoints/{stem}-checkpoint.jpg": "hidden",
    ".@__thumb/s100{name}": "hidden",
    ".trashed-1700000000-{name}": "hidden",
    "@eaDir/{name}/SYNOPHOTO_THUMB_XL.jpg": "system",
    "@eaDir/{name}/SYNOPHOTO_THUMB_SM.jpg": "system",
}
# At the top of a disk.
TRASH = {
    "#recycle/{name}": "system",
    "@Recycle/{name}": "system",
    "$RECYCLE.BIN/S-1-5-21-1/$R{name}": "system",
    "System Volume Information/{name}": "system",
    "lost+found/{name}": "system",
    "LOST.DIR/{name}": "system",
    "Catalog Previews.lrdata/0/{name}": "system",
    ".Trash-1000/files/{name}": "hidden",
    ".Trashes/501/{name}": "hidden",
    ".git/lfs/{name}": "hidden",
}


def make(folder: Path, photos: int = 1000) -> Counter[str]:
    """Fills `folder`. How many files a listing passes over, by kind."""
    passed_over: Counter[str] = Counter()

    def put(path: Path, content: bytes, kind: str | None = None) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if kind is not None:
            passed_over[kind] += 1

    raw = 0
    for number in range(photos):
        content = _photo(number)
        device = ("Phone/DCIM/Camera", "Drone/DCIM/100MEDIA", "NAS/Fruits")[number % 3]
        label = folder / device / f"Label {number // 3 % 4}"
        name = f"IMG_{number:04}.jpg"
        if number % 30 == 1:  # the drone's camera with five bands beside its photo
            name = f"DJI_{number // 30 * 10:04}.JPG"
            for band in range(1, 6):
                put(label / f"{name[:7]}{band}.TIF", TIFF, "tiff")
        elif number % 30 == 3:  # Google's phones
            put(label / f"PXL_{number:04}.RAW-02.ORIGINAL.dng", TIFF, "raw")
            name = f"PXL_{number:04}.RAW-01.COVER.jpg"
        put(label / name, content)
        stem = name.rpartition(".")[0]
        words = {"name": name, "stem": stem}
        if number % 5 == 0:
            put(label / f"._{name}", APPLE_DOUBLE, "mac_side_files")
            beneath = label.relative_to(folder) / f"._{name}"
            put(folder / "__MACOSX" / beneath, APPLE_DOUBLE, "mac_side_files")
            put(label / ".AppleDouble" / name, APPLE_DOUBLE, "mac_side_files")
        if number % 7 == 0:
            for path, kind in COPIES.items():
                put(label / path.format(**words), content, kind)
        if number % 4 == 2:
            put(label / f"{stem}.{RAW[raw % len(RAW)]}", TIFF, "raw")
            raw += 1
        if number % 50 == 9:
            for ending, kind in BESIDE.items():
                put(label / f"{stem}.{ending}", TIFF, kind)
        if number % 100 == 0:
            for path, kind in TRASH.items():
                put(folder / path.format(**words), content, kind)
            for path in (".DS_Store", "Thumbs.db", f"{stem}.AAE", f"{stem}.XMP", f"{stem}.THM"):
                put(label / path, b"no image")
    return passed_over


def _photo(number: int) -> bytes:
    """A JPEG of its own for each number."""
    image = Image.linear_gradient("L").resize((24, 18)).rotate(number % 360)
    tint = (number * 37 % 256, number * 91 % 256, number * 151 % 256)
    file = io.BytesIO()
    Image.merge("RGB", [image.point(lambda p, t=t: (p + t) % 256) for t in tint]).save(file, "JPEG")
    return file.getvalue()


def main() -> int:
    """Runs the tool."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the folder to make")
    parser.add_argument("--photos", type=int, default=1000, help="default: %(default)s")
    options = parser.parse_args()
    if options.folder.exists():
        print(f"make_device_folder: {options.folder} is there: choose another", file=sys.stderr)
        return 1
    print(json.dumps(make(options.folder, options.photos), sort_keys=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
