"""Damaged photos: taken with Pillow's pixels, or refused with a true reason.

The table is in docs/numerics.md. Where Pillow refuses what is taken here, the pixels are those that
Pillow has of the whole photo.
"""

from __future__ import annotations

import io
import subprocess
import warnings

import numpy as np
import pytest
from damaged_photos import TAKEN, WHOLE, Damaged, damaged_photos
from PIL import Image, ImageOps
from test_pixels import program, read_output


def by_pillow(photo: bytes) -> np.ndarray | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(photo))).convert("RGB"))
    except (OSError, SyntaxError, ValueError):
        return None


@pytest.fixture(scope="module")
def decoded(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Damaged, np.ndarray | str]]:
    folder = tmp_path_factory.mktemp("damage")
    photos = list(damaged_photos())
    lines = []
    for number, damaged in enumerate(photos):
        (folder / f"{number}").write_bytes(damaged.photo)
        lines.append(f"{folder / str(number)}\t0\t0\tbicubic\t{folder / str(number)}.rgb\n")
    (folder / "jobs").write_text("".join(lines))
    subprocess.run([program(), folder / "jobs"], check=True, timeout=300)
    return [(of, read_output(folder / f"{number}.rgb")) for number, of in enumerate(photos)]


def fault(damaged: Damaged, ours: np.ndarray | str) -> str:
    """What is wrong with the outcome, or ""."""
    pillows = by_pillow(damaged.photo)
    if damaged.outcome in (TAKEN, WHOLE):
        if isinstance(ours, str):
            return ours
        if (pillows is None) == (damaged.outcome == TAKEN):
            return f"Pillow {'refuses' if pillows is None else 'takes'} it"
        expected = by_pillow(damaged.whole) if pillows is None else pillows
        assert expected is not None
        same = ours.shape == expected.shape and bool((ours == expected).all())
        return "" if same else "other pixels than Pillow's"
    if not isinstance(ours, str):
        return "taken"
    return "" if damaged.outcome in ours else ours


def test_every_damage_has_its_outcome(decoded: list[tuple[Damaged, np.ndarray | str]]) -> None:
    faults = {damaged.name: fault(damaged, ours) for damaged, ours in decoded}
    assert len(faults) == len(decoded) > 700
    assert {name: what for name, what in faults.items() if what} == {}
