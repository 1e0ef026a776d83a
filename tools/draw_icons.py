#!/usr/bin/env python3
"""Draws the icons of the app: app/page/icons/*.svg and *.png, all from the curves below.

python tools/draw_icons.py [FOLDER]
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parents[1] / "app" / "page" / "icons"
SIDE = 200.0  # of the coordinates below
GROUND, APPLE, LEAF = "#2c6a3a", "#f6f3e6", "#a9d6a6"
APPLE_PATH = (
    "M100 70c-9-9-24-13-36-8-20 8-26 32-20 58 5 24 19 46 36 46 8 0 13-4 20-4"
    "s12 4 20 4c17 0 31-22 36-46 6-26 0-50-20-58-12-5-27-1-36 8z"
)
LEAF_PATH = "M104 58c3-20 18-30 40-29-2 21-18 31-40 29z"
SAMPLES = 4  # a pixel and direction
STEPS = 24  # of a curve

Point = tuple[float, float]


@dataclass(frozen=True)
class Look:
    """How an icon is framed: `radius` of the corners, `scale` of the drawing, in shares of SIDE."""

    radius: float
    scale: float


ROUND = Look(radius=0.22, scale=0.92)
FULL = Look(radius=0.0, scale=0.74)  # systems cut it themselves: all that matters is in the middle
ICONS = {
    "icon-180.png": (180, FULL),
    "icon-192.png": (192, ROUND),
    "icon-512.png": (512, ROUND),
    "icon-maskable-512.png": (512, FULL),
}


def curve(a: Point, b: Point, c: Point, d: Point) -> list[Point]:
    """Points of a cubic curve behind its first."""
    points = []
    for step in range(1, STEPS + 1):
        t = step / STEPS
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        x, y = (
            sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True)) for axis in (0, 1)
        )
        points.append((x, y))
    return points


def outline(path: str) -> list[Point]:
    """The polygon of an SVG path of the commands M, c, s and z."""
    points: list[Point] = []
    before = (0.0, 0.0)  # the last control point
    for command, text in re.findall(r"([Mcsz])([^Mcsz]*)", path):
        numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        if command == "M":
            points = pairs[:1]
        size = {"c": 3, "s": 2}.get(command, 0)
        while size and pairs:
            x, y = points[-1]
            ends = [(x + dx, y + dy) for dx, dy in pairs[:size]]
            pairs = pairs[size:]
            first = ends.pop(0) if command == "c" else (2 * x - before[0], 2 * y - before[1])
            points += curve((x, y), first, *ends)
            before = ends[0]
    return points


def png(side: int, look: Look) -> Image.Image:
    """The icon, `side` pixels wide, with a transparent ground outside its corners."""
    large = side * SAMPLES
    picture = Image.new("RGBA", (large, large), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, large - 1, large - 1), look.radius * large, fill=GROUND)
    for path, colour in ((APPLE_PATH, APPLE), (LEAF_PATH, LEAF)):
        draw.polygon(
            [(place(x, look, large), place(y, look, large)) for x, y in outline(path)], colour
        )
    return picture.resize((side, side), Image.Resampling.BOX)


def place(coordinate: float, look: Look, side: int) -> float:
    """A coordinate of the drawing in pixels, scaled about the middle."""
    return (0.5 + (coordinate / SIDE - 0.5) * look.scale) * side


def svg(look: Look) -> str:
    """The icon as SVG."""
    radius, middle = look.radius * SIDE, SIDE / 2
    frame = (
        f"translate({middle:g} {middle:g}) scale({look.scale:g}) translate(-{middle:g} -{middle:g})"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE:g} {SIDE:g}">\n'
        f'<rect width="{SIDE:g}" height="{SIDE:g}" rx="{radius:g}" fill="{GROUND}"/>\n'
        f'<g transform="{frame}">\n'
        f'<path fill="{APPLE}" d="{APPLE_PATH}"/>\n'
        f'<path fill="{LEAF}" d="{LEAF_PATH}"/>\n'
        "</g>\n</svg>\n"
    )


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "icon.svg").write_text(svg(ROUND))
    for name, (side, look) in ICONS.items():
        png(side, look).save(folder / name, optimize=True)


if __name__ == "__main__":
    main()
