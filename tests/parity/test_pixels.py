"""Verger's pixels equal Pillow's, byte for byte: decoded, turned upright, resized.

Pillow 13.0.0 with libjpeg-turbo 3.2.0, zlib-ng 2.3.3 and libwebp 1.6.0 was the reference when
this was written. The one rule that is not Pillow's (16-bit grey) is in docs/numerics.md.
"""

from __future__ import annotations

import os
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from pixels_photos import write_photos

ROOT = Path(__file__).resolve().parents[2]
FILTERS = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}
# Enlarged, shrunk, one axis only, to a single pixel, and beyond one row of vectors.
ODD_TARGETS = [(1, 1), (7, 301), (97, 13), (300, 1), (33, 33), (101, 100), (5, 2), (513, 64)]

Job = tuple[Path, int, int, str]


def reference(path: Path) -> Image.Image:
    """What Pillow makes of the photo, in RGB; 16-bit grey by the high byte."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        upright = ImageOps.exif_transpose(Image.open(path))
        if upright.mode == "I;16":
            return Image.fromarray((np.asarray(upright) >> 8).astype(np.uint8)).convert("RGB")
        return upright.convert("RGB")


def read_output(path: Path) -> np.ndarray | str:
    """The image that verger_pixels wrote, or its reason for refusing the photo."""
    header, _, pixels = path.read_bytes().partition(b"\n")
    if header.startswith(b"error "):
        return header.decode()
    width, height = map(int, header.split())
    return np.frombuffer(pixels, np.uint8).reshape(height, width, 3)


def jobs_for(photos: list[Path]) -> list[Job]:
    jobs: list[Job] = []
    for i, path in enumerate(photos):
        jobs.append((path, 0, 0, "bicubic"))
        jobs.append((path, 224, 224, "bicubic"))
        for k, (width, height) in enumerate((ODD_TARGETS[i % 8], ODD_TARGETS[(i + 3) % 8])):
            jobs.append((path, width, height, "bicubic" if (i + k) % 2 else "bilinear"))
    return jobs


def program() -> Path:
    """verger_pixels, which decodes photos."""
    path = Path(os.environ.get("VERGER_BUILD", ROOT / "build")) / "tests" / "verger_pixels"
    assert path.exists(), (
        f"{path} is missing: run 'make build-tests', or set VERGER_BUILD to the build folder"
    )
    return path


@pytest.fixture(scope="module")
def differences(tmp_path_factory: pytest.TempPathFactory) -> dict[Job, str]:
    """What is wrong, for each job; empty where nothing is."""
    folder = tmp_path_factory.mktemp("pixels")
    photos = write_photos(folder)
    jobs = jobs_for(photos)
    outputs = [folder / f"{n}.rgb" for n in range(len(jobs))]
    lines = ("\t".join(map(str, (*job, out))) for job, out in zip(jobs, outputs, strict=True))
    listing = folder / "jobs"
    listing.write_text("".join(f"{line}\n" for line in lines))
    subprocess.run([program(), listing], check=True, timeout=300)

    differences_by_job: dict[Job, str] = {}
    decoded = None
    for job, out in zip(jobs, outputs, strict=True):
        path, width, height, name = job
        if (width, height) == (0, 0):
            decoded = reference(path)
        assert decoded is not None
        expected = np.asarray(
            decoded if width == 0 else decoded.resize((width, height), FILTERS[name])
        )
        actual = read_output(out)
        if isinstance(actual, str):
            differences_by_job[job] = actual
        elif actual.shape != expected.shape:
            differences_by_job[job] = f"shape {actual.shape}, Pillow has {expected.shape}"
        else:
            differing = np.count_nonzero(actual != expected)
            differences_by_job[job] = (
                f"{differing} of {actual.size} bytes differ" if differing else ""
            )
        out.unlink()
    return differences_by_job


def wrong(differences: dict[Job, str], decoding: bool) -> list[str]:
    return [
        f"{path.name} {width}x{height} {name}: {reason}"
        for (path, width, height, name), reason in differences.items()
        if reason and (width == 0) == decoding
    ]


def test_there_are_enough_photos(differences: dict[Job, str]) -> None:
    names = {job[0].name for job in differences}
    assert len(names) >= 200
    assert any("4000x3000" in name for name in names)
    assert any("1x1" in name for name in names)


def test_decoded_bytes_equal_pillows(differences: dict[Job, str]) -> None:
    assert wrong(differences, decoding=True) == []


def test_resized_bytes_equal_pillows(differences: dict[Job, str]) -> None:
    assert wrong(differences, decoding=False) == []
