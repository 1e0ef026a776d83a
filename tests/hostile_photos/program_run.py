"""Runs the program on hostile photos: each file must become a row or a reject."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from program import ROOT, VERGER, table
from small_photos import jpeg, tiny_network

from .campaign import Hostile

ENDINGS = ("jpg", "png", "webp", "jpeg")  # whatever the content is
LONG = b"n" * 251 + b".jpg"
NAMES = (
    b" .jpg", b"with spaces .jpg", b"it's \"quoted\".jpg", b"50%+#&?;=$(echo).jpg", b"-dash.jpg",
    b"back\\slash.jpg", b"new\nline.jpg", b"tab\there.jpg", b"latin \xe9.jpg", b"\xff\xfe.jpg",
    b"\x1b[31mred.jpg", "\U0001f34e\u200d\U0001f333.jpg".encode(), "pe\u0301che.jpg".encode(),
    "p\u00e9che.jpg".encode(), "\u202egpj.exe.jpg".encode(), b"two.dots.jpeg", b"UPPER.JPG", LONG,
)  # fmt: skip
DEPTH = 60  # folders in folders


@dataclass(frozen=True)
class Run:
    """What the program made of the files."""

    exit: int
    stderr: str
    files: int
    rows: int
    rejects: int
    seconds: float
    peak_bytes: int


def write_photos(folder: Path, photos: Iterable[Hostile]) -> int:
    """Writes them to folders of their groups, and returns how many."""
    count = 0
    for number, (group, photo, _) in enumerate(photos):
        place = folder / group
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:06}.{ENDINGS[number % len(ENDINGS)]}").write_bytes(photo)
        count += 1
    return count


def write_names(folder: Path) -> int:
    """Writes photos of hostile names, things that are no files, and a deep tree."""
    folder.mkdir(parents=True)
    for number, name in enumerate(NAMES):
        with open(os.fsencode(folder) + b"/" + name, "wb") as file:
            file.write(jpeg(number))
    os.mkfifo(folder / "fifo.jpg")
    (folder / "nowhere.jpg").symlink_to("nothing.jpg")
    (folder / "itself.jpg").symlink_to("itself.jpg")
    (folder / "up").symlink_to(folder.parent)
    deep = folder / "/".join(["deep"] * DEPTH)
    deep.mkdir(parents=True)
    (deep / "photo.jpg").write_bytes(jpeg(99))
    return len(NAMES) + 4


def run_program(folder: Path, photos: Path, files: int, limit: int = 3600) -> Run:
    """Extracts by a network that costs nothing, in `folder`; killed after `limit` seconds."""
    network = tiny_network(folder / "tiny.onnx")
    out, cost = folder / "out", folder / "cost.json"
    measure: list[str | Path] = [
        sys.executable,
        "-I",
        "-S",
        str(ROOT / "tools" / "measure_cost.py"),
    ]
    options: list[str | Path] = [
        "--model",
        network,
        "--preset",
        "torchvision",
        "--max-reject-rate",
        "1",
        "--quiet",
    ]
    begin = time.monotonic()
    done = subprocess.run(
        [*measure, cost, str(limit), VERGER, "extract", photos, out, *options],
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    seconds = time.monotonic() - begin
    rows, rejects = count_rows(out) if done.returncode == 0 else (0, 0)
    return Run(
        done.returncode,
        done.stderr.decode(errors="replace"),
        files,
        rows,
        rejects,
        seconds,
        json.loads(cost.read_text())["peak_bytes"],
    )


def count_rows(out: Path) -> tuple[int, int]:
    """Photos with features, and those with a reason instead; no path may be there twice."""
    rows = table(out, "Preprocessing")
    assert len(set(rows["path"].to_pylist())) == rows.num_rows
    rejects = rows["features"].null_count
    assert rows["error"].null_count == rows.num_rows - rejects
    return rows.num_rows - rejects, rejects
