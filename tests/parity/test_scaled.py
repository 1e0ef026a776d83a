"""`--decode fast` gives the pixels of Pillow's draft, byte for byte: scaled, turned, resized.

Pillow 13.0.0 with libjpeg-turbo 3.2.0 was the reference when this was written. A draft takes the
least of 1/8, 1/4 and 1/2 that leaves the size it is asked for, as Decode() does.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from pixels_photos import exif, image, saved, with_frame, with_segment, with_transform
from test_pixels import program, read_output

SIZES = [(1, 1), (8, 8), (17, 33), (33, 31), (100, 100), (225, 223), (640, 427), (1203, 901)]
DIVISORS = (1, 2, 4, 8)
TARGETS = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}


def photos() -> Iterator[tuple[str, bytes]]:
    """Every kind of JPEG, and formats that are decoded as they are."""
    for i, (width, height) in enumerate(SIZES):
        for progressive in (False, True):
            kind = f"{'progressive' if progressive else 'baseline'}-{width}x{height}.jpg"
            for subsampling, name in enumerate(("444", "422", "420")):
                picture = image(width, height, i)
                options = {"subsampling": subsampling, "progressive": progressive}
                yield (
                    f"{name}-{kind}",
                    saved(picture, "JPEG", quality=(40, 75, 95)[i % 3], **options),
                )
            for mode in ("L", "CMYK"):
                picture = image(width, height, i, mode)
                yield f"{mode}-{kind}", saved(picture, "JPEG", progressive=progressive)
        yield f"rgb-{width}x{height}.jpg", saved(image(width, height, i), "JPEG", keep_rgb=True)
        cmyk = saved(image(width, height, i, "CMYK"), "JPEG", quality=90)
        yield f"ycck-{width}x{height}.jpg", with_transform(cmyk, 2)
    for progressive in (False, True):
        two = saved(image(64, 64, 9), "JPEG", subsampling=1, progressive=progressive)
        four = saved(image(64, 64, 10), "JPEG", subsampling=2, progressive=progressive)
        for cut in (0,) if progressive else (0, 3, 7):
            size = f"{'progressive' if progressive else 'baseline'}-cut{cut}.jpg"
            yield f"440-{size}", with_frame(two, 0x12, 64 - cut, 64 - cut)
            yield f"441-{size}", with_frame(four, 0x14, 64 - cut, 64 - cut)
            yield f"411-{size}", with_frame(four, 0x41, 64 - cut, 64 - cut)
    yield "restart-rows.jpg", saved(image(190, 170, 7), "JPEG", restart_marker_rows=1)
    for n in range(1, 9):
        for progressive in (False, True):
            turned = saved(image(371, 203, n), "JPEG", progressive=progressive)
            yield f"exif{n}-{progressive}.jpg", with_segment(turned, exif(n, "<>"[n % 2]))
    yield "4000x3000.jpg", saved(image(4000, 3000, 11), "JPEG", subsampling=2, quality=80)
    yield "lossy.webp", saved(image(301, 199, 23), "WEBP", quality=70, method=0)
    yield "rgb.png", saved(image(301, 199, 24), "PNG")


def reference(path: Path, at_least: tuple[int, int]) -> Image.Image:
    """What a draft of the photo that leaves so many pixels, upright, is in RGB."""
    opened = Image.open(path)
    if opened.getexif().get(0x0112, 1) >= 5:
        at_least = (at_least[1], at_least[0])
    opened.draft("RGB", at_least)
    return ImageOps.exif_transpose(opened).convert("RGB")


Job = tuple[Path, int, int, str, Path, int, int]


def jobs_for(folder: Path) -> list[Job]:
    """Each photo at every scale: as it is, and resized to half of what is left and otherwise."""
    jobs: list[Job] = []
    for n, (name, content) in enumerate(photos()):
        path = folder / name
        assert not path.exists(), name
        path.write_bytes(content)
        width, height = ImageOps.exif_transpose(Image.open(path)).size
        for divisor in DIVISORS:
            # Sides that leave exactly this scale, in turns the widest and the narrowest of them.
            least = [
                max(1, side // divisor - (n % 2) * (side // (2 * divisor) // 2))
                for side in (width, height)
            ]
            for k, target in enumerate(
                ((0, 0), (max(1, least[0] // 2), max(1, least[1] // 2)), (97, 13))
            ):
                kind = "bilinear" if (n + k) % 4 == 0 else "bicubic"
                out = folder / f"{len(jobs)}.rgb"
                jobs.append((path, target[0], target[1], kind, out, least[0], least[1]))
    return jobs


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], str]:
    """What is wrong, by photo and job; empty where nothing is."""
    folder = tmp_path_factory.mktemp("scaled")
    jobs = jobs_for(folder)
    listing = folder / "jobs"
    listing.write_text("".join("\t".join(map(str, job)) + "\n" for job in jobs))
    subprocess.run([program(), listing], check=True, timeout=300)
    wrong: dict[tuple[str, int], str] = {}
    for n, (path, width, height, kind, out, *least) in enumerate(jobs):
        if (width, height) == (0, 0):
            drafted = reference(path, (least[0], least[1]))
        expected = np.asarray(
            drafted if width == 0 else drafted.resize((width, height), TARGETS[kind])
        )
        actual = read_output(out)
        key = (f"{path.name} to {least}, {width}x{height} {kind}", n)
        if isinstance(actual, str):
            wrong[key] = actual
        elif actual.shape != expected.shape:
            wrong[key] = f"shape {actual.shape}, Pillow has {expected.shape}"
        else:
            differing = np.count_nonzero(actual != expected)
            wrong[key] = f"{differing} of {actual.size} bytes differ" if differing else ""
        out.unlink()
    return wrong


def test_every_scale_is_compared(tmp_path: Path) -> None:
    scales: dict[str, set[int]] = {}
    for path, width, _, _, _, *least in jobs_for(tmp_path):
        if width == 0:
            photo = ImageOps.exif_transpose(Image.open(path))
            smaller = reference(path, (least[0], least[1]))
            scales.setdefault(path.suffix, set()).add(round(photo.width / smaller.width))
    assert scales[".jpg"] >= set(DIVISORS)
    assert scales[".png"] == scales[".webp"] == {1}


def test_scaled_bytes_equal_those_of_pillows_draft(compared: dict[tuple[str, int], str]) -> None:
    assert len(compared) >= 1000
    assert {job: reason for job, reason in compared.items() if reason} == {}
