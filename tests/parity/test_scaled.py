"""`--decode fast` gives small pixels: scaled, turned, resized.

What goes through libjpeg has those of Pillow's draft, byte for byte. What does not, most JPEGs, is
near the mean of the exact pixels of each box; test_small_dct.py has its definition. Pillow 13.0.0
with libjpeg-turbo 3.2.0 was the reference when this was written. A draft takes the least of 1/8,
1/4 and 1/2 that leaves the size it is asked for, as Decode() does.
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
# Levels between what our own decoder makes and means of boxes of exact pixels. These test images
# have a wave in a few pixels: smaller ones, a block or two, may be farther apart.
MEAN_APART = 6
MOST_APART = 45
SMALLEST = 200
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


def by_libjpeg(name: str, divisor: int) -> bool:
    """Whether a photo is decoded by libjpeg: colours of ink, colour with less than an eighth of the
    samples of light, and every photo that is not scaled.
    """
    few = name.startswith(("411-", "441-")) and divisor == 2
    return divisor == 1 or name.startswith(("CMYK-", "ycck-")) or few


def divisor_of(size: tuple[int, int], smaller: tuple[int, int]) -> int:
    def divided(n: int) -> tuple[int, int]:
        return -(-size[0] // n), -(-size[1] // n)

    return max(n for n in DIVISORS if divided(n) == smaller)


def boxes(path: Path, divisor: int) -> np.ndarray:
    """The means of boxes of the exact pixels, upright."""
    exact = Image.open(path).convert("RGB").reduce(divisor)
    turned = exact.getexif()
    turned[0x0112] = Image.open(path).getexif().get(0x0112, 1)
    exact.info["exif"] = turned.tobytes()
    return np.asarray(ImageOps.exif_transpose(exact), float)


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
        key = (f"{path.name} to {least}, {width}x{height} {kind}", n)
        actual = read_output(out)
        out.unlink()
        if isinstance(actual, str):
            wrong[key] = actual
            continue
        if (width, height) == (0, 0):
            drafted = reference(path, (least[0], least[1]))
            upright = ImageOps.exif_transpose(Image.open(path))
            divisor = divisor_of(upright.size, drafted.size)
            if path.suffix == ".jpg" and not by_libjpeg(path.name, divisor):
                wrong[key] = far_from_boxes(actual, path, divisor, np.asarray(drafted))
                drafted = Image.fromarray(actual)  # what resizing begins with
                continue
        expected = np.asarray(
            drafted if width == 0 else drafted.resize((width, height), TARGETS[kind])
        )
        if actual.shape != expected.shape:
            wrong[key] = f"shape {actual.shape}, Pillow has {expected.shape}"
        else:
            differing = np.count_nonzero(actual != expected)
            wrong[key] = f"{differing} of {actual.size} bytes differ" if differing else ""
    return wrong


def far_from_boxes(actual: np.ndarray, path: Path, divisor: int, drafted: np.ndarray) -> str:
    if actual.shape != drafted.shape:
        return f"shape {actual.shape}, Pillow has {drafted.shape}"
    if min(Image.open(path).size) < SMALLEST:
        return ""
    apart = np.abs(actual - boxes(path, divisor))
    if apart.mean() > MEAN_APART or apart.max() > MOST_APART:
        return f"{apart.mean():.2f} levels from means of boxes, {apart.max():.0f} at most"
    return ""


def test_every_scale_is_compared(tmp_path: Path) -> None:
    scales: dict[str, set[int]] = {}
    for path, width, _, _, _, *least in jobs_for(tmp_path):
        if width == 0:
            photo = ImageOps.exif_transpose(Image.open(path))
            smaller = reference(path, (least[0], least[1]))
            scales.setdefault(path.suffix, set()).add(round(photo.width / smaller.width))
    assert scales[".jpg"] >= set(DIVISORS)
    assert scales[".png"] == scales[".webp"] == {1}


def test_pixels_are_of_a_draft_or_near_means(compared: dict[tuple[str, int], str]) -> None:
    assert len(compared) >= 1000
    assert {job: reason for job, reason in compared.items() if reason} == {}
