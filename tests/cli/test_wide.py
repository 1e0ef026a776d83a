"""Features so wide that their moments are what takes memory."""

from __future__ import annotations

import re
from pathlib import Path

from program import verger, verger_and_peak
from small_photos import plant, tiny_network

WIDE = 5_000
MOMENTS = 8 * WIDE * (WIDE + 1) // 2  # bytes


def most_memory(photos: Path, out: Path, network: Path) -> int:
    """Bytes that an extraction had resident at a time."""
    options: list[str | Path] = ["--model", network, "--preset", "torchvision", "--threads", "1"]
    return verger_and_peak("extract", photos, out, *options, "--quiet")[1]


def test_an_extraction_holds_no_more_than_two_halves(tmp_path: Path) -> None:
    """Gathered and saved; before, two whole matrices and three of what is saved."""
    photos = plant(tmp_path / "photos", 3)
    narrow = tiny_network(tmp_path / "narrow.onnx")
    wide = tiny_network(tmp_path / "wide.onnx", WIDE)
    own = most_memory(photos, tmp_path / "narrow", narrow)
    assert most_memory(photos, tmp_path / "wide", wide) - own < 2.5 * MOMENTS


def test_what_cannot_fit_is_refused_before_any_photo_is_read(tmp_path: Path) -> None:
    photos = plant(tmp_path / "photos", 3)
    network = tiny_network(tmp_path / "wide.onnx", 25_000)
    options: list[str | Path] = ["--model", network, "--preset", "torchvision", "--threads", "1"]
    stderr = verger(
        "run",
        photos,
        tmp_path / "out",
        *options,
        prefix=["prlimit", "--as=4000000000"],
        check=1,
    ).stderr
    match = re.search(
        r"features of 25000 numbers need 5\.0 GB of memory for their moments and (\d\.\d) GB are "
        r"there: use a network with fewer features, or a machine with more memory",
        stderr,
    )
    assert match, stderr
    assert float(match[1]) <= 4, "less where the machine itself has less to give"
    assert not list((tmp_path / "out").glob("Preprocessing/*.parquet"))
