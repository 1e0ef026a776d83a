"""A contact sheet: some photos of every label on one picture."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

from orchard.draw import Plan, file_name
from orchard.varieties import VARIETIES

CELL = 72  # pixels for a photo; the README shows two labels beside each other
CAPTION = 14
EACH = 6
COLUMNS = 2


def sheet(folder: Path, plan: Plan, file: Path) -> None:
    """Writes a PNG of up to 6 photos of every label of the orchard in `folder`.

    A palette of 256 colours keeps it small enough for a README.
    """
    frames = plan.frames()
    count = min(EACH, len(frames))
    selection = [frames[i * len(frames) // count] for i in range(count)]
    rows = -(-len(VARIETIES) // COLUMNS)
    gap = CELL // 4
    width = COLUMNS * count * CELL + (COLUMNS - 1) * gap
    picture = Image.new("RGB", (width, rows * (CELL + CAPTION)), "white")
    pen = ImageDraw.Draw(picture)
    for number, variety in enumerate(VARIETIES):
        left = number // rows * (count * CELL + gap)
        top = number % rows * (CELL + CAPTION)
        pen.text((left + 3, top + 1), variety.label, fill=(70, 70, 70))
        for i, (axis, angle) in enumerate(selection):
            name = file_name(axis, angle, plan.size)
            with Image.open(folder / variety.species / variety.label / name) as photo:
                small = photo.resize((CELL - 4, CELL - 4), Image.Resampling.LANCZOS)
            picture.paste(small, (left + i * CELL + 2, top + CAPTION))
    file.parent.mkdir(parents=True, exist_ok=True)
    colours = picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    colours.save(file, format="PNG", optimize=True)
