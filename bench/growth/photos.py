"""Photos by the thousand, each unlike all others: the program extracts equal ones only once."""

import io
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

A_LABEL = 1000  # photos
NEW = 100_000_000  # number of the first of those that come later
_SPOTS = 5  # squared: colours that a photo is drawn from


def plant(folder: Path, photos: int, *, first: int = 0, size: int = 32) -> None:
    """Puts `photos` JPEGs of `size` x `size` into `folder`, 1,000 a label, numbered from `first`.

    Cost: about 0.1 ms a photo of 32 x 32, on each of two processes.
    """
    ends = [*range(first + A_LABEL - first % A_LABEL, first + photos, A_LABEL), first + photos]
    begins = [first, *ends[:-1]]
    counts = [end - begin for begin, end in zip(begins, ends, strict=True)]
    with ProcessPoolExecutor(2) as pool:
        for _ in pool.map(_plant_label, [folder] * len(ends), begins, counts, [size] * len(ends)):
            pass


def _plant_label(folder: Path, first: int, photos: int, size: int) -> None:
    label = folder / f"Label {first // A_LABEL:06}"
    label.mkdir(parents=True, exist_ok=True)
    colours = np.random.default_rng(first).integers(
        0, 256, (photos, _SPOTS, _SPOTS, 3), dtype=np.uint8
    )
    for number in range(photos):
        photo = _jpeg(colours[number], size, first + number)
        (label / f"photo_{first + number:09}.jpg").write_bytes(photo)


def _jpeg(colours: npt.NDArray[np.uint8], size: int, number: int) -> bytes:
    file = io.BytesIO()
    image = Image.fromarray(colours).resize((size, size), Image.Resampling.BICUBIC)
    # The comment: no two have the same bytes, whatever JPEG makes of their colours.
    image.save(file, "JPEG", quality=85, comment=str(number))
    return file.getvalue()


def link(files: list[Path], below: Path, into: Path) -> None:
    """Links files at their paths below `below` into another folder."""
    for file in files:
        place = into / file.relative_to(below)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.symlink(file, place)
