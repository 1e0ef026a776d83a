#!/usr/bin/env python3
"""Draws a sample orchard: photos of fruit for those who have none at hand.

    python tools/draw_orchard.py orchard
    python tools/draw_orchard.py orchard --photos 100 --seed 7 --sheet orchard.png

Writes OUT/<Species>/<Label>/<frame>_<size>.jpg in the manner of Fruits-360.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from orchard.draw import MOST_PHOTOS, Plan, RefusedError, draw
from orchard.sheet import sheet
from orchard.varieties import VARIETIES


def main(arguments: list[str] | None = None) -> int:
    """Runs the tool; returns 0 if the orchard stands, 1 if it was refused."""
    default = Plan()
    parser = argparse.ArgumentParser(
        description=f"Draws a sample orchard: {len(VARIETIES)} labels of fruit, turning before a "
        "white background. The same seed gives the same photos."
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to make")
    parser.add_argument(
        "--photos",
        type=int,
        default=default.photos,
        metavar="N",
        help=f"photos of each label, up to {MOST_PHOTOS} (default: %(default)s)",
    )
    parser.add_argument(
        "--size",
        type=int,
        default=default.size,
        metavar="PIXELS",
        help="width and height of a photo (default: %(default)s)",
    )
    parser.add_argument(
        "--seed", type=int, default=default.seed, metavar="N", help="default: %(default)s"
    )
    parser.add_argument(
        "--sheet", type=Path, metavar="FILE.png", help="also write a picture of all labels"
    )
    options = parser.parse_args(arguments)
    try:
        plan = Plan(options.photos, options.size, options.seed)
        out = Path(options.out.absolute())
        if not draw(out, plan):
            print(f"{options.out} already holds this orchard; nothing to draw.", file=sys.stderr)
        if options.sheet is not None:
            sheet(out, plan, options.sheet)
    except (RefusedError, OSError) as error:
        print(f"draw_orchard: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
