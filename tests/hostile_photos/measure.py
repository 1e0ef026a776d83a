#!/usr/bin/env python3
"""Measures what hostile photos do to Verger, Pillow, OpenCV and libvips: a table each.

    make hostile-photos                                    # all, some ten minutes
    .venv/bin/python tests/hostile_photos/measure.py --every 20 --ways Verger Pillow

The program extracts all of them from a folder: each must be a row or a reject. Then each decoder
gets each photo, in a process of its own, which may take 5 seconds of processor time and 1.5 GiB.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hostile_photos.campaign import FILLED, Hostile, campaign  # noqa: E402
from hostile_photos.decoders import MOST_BYTES, OURS, Decoder, Outcome  # noqa: E402
from hostile_photos.program_run import Run, run_program, write_names, write_photos  # noqa: E402
from hostile_photos.seeds import draw_pictures  # noqa: E402

WAYS = (OURS, "Pillow", "OpenCV", "libvips", "libvips, fail_on=warning")
PACKAGES = ("pillow", "opencv-python-headless", "pyvips", "pyvips-binary")


@dataclass
class Tally:
    """What a decoder did with some photos."""

    photos: int = 0
    images: int = 0
    refusals: int = 0
    crashes: int = 0
    hangs: int = 0
    over_memory: int = 0
    cuts: int = 0  # photos that were cut short
    lost_rows: int = 0  # those that it accepts, with other pixels than the whole photo's
    slowest: float = 0
    peak_bytes: int = 0
    reasons: Counter[str] = field(default_factory=Counter)  # of crashes and hangs

    def add(self, outcome: Outcome) -> None:
        self.photos += 1
        self.images += outcome.kind == "image"
        self.refusals += outcome.kind == "refusal"
        self.crashes += outcome.kind == "crash"
        self.hangs += outcome.kind == "hang"
        self.over_memory += outcome.peak_bytes > MOST_BYTES
        self.slowest = max(self.slowest, outcome.seconds)
        self.peak_bytes = max(self.peak_bytes, outcome.peak_bytes)
        if outcome.kind in ("crash", "hang"):
            self.reasons[outcome.reason] += 1


Tallies = dict[str, Tally]  # by group of photos; "all" is their sum


def measure_decoder(way: str, photos: Sequence[Hostile]) -> Tallies:
    tallies = {"all": Tally()}
    whole: dict[bytes, Outcome] = {}
    with Decoder(way) as decoder, Decoder(way) as for_whole:
        outcomes = decoder.decode_all(photo.photo for photo in photos)
        for (group, _, before), outcome in zip(photos, outcomes, strict=True):
            lost = False
            if before is not None and outcome.kind == "image":
                if before not in whole:
                    whole[before] = for_whole.decode(before)
                lost = image_of(whole[before]) != image_of(outcome)
            for tally in (tallies["all"], tallies.setdefault(group, Tally())):
                tally.add(outcome)
                tally.cuts += before is not None
                tally.lost_rows += lost
    return tallies


def image_of(outcome: Outcome) -> tuple[int, int, bytes]:
    return outcome.width, outcome.height, outcome.samples


def show_program(run: Run) -> None:
    print(
        f"verger extract: exit {run.exit}; {run.files:,} files = {run.rows:,} rows + "
        f"{run.rejects:,} rejects; {run.seconds:.0f} s, at most {run.peak_bytes >> 20} MiB"
    )
    print(run.stderr[-2000:], end="")


def show(name: str, tallies: Tallies) -> None:
    line = "{:<34}{:>8}{:>9}{:>9}{:>8}{:>7}{:>7}{:>7}{:>7}{:>8}{:>8}"
    heads = ("photos", "images", "refusals", "crashes", "hangs", "> mem", "cut", "lost", "s", "MiB")
    print(line.format(name, *heads))
    for group, tally in tallies.items():
        counts = (tally.photos, tally.images, tally.refusals, tally.crashes, tally.hangs)
        more = (tally.over_memory, tally.cuts, tally.lost_rows)
        most = (f"{tally.slowest:.2f}", tally.peak_bytes >> 20)
        print(line.format(f"  {group}", *counts, *more, *most))
    for reason, count in tallies["all"].reasons.items():
        print(f"  {count} x {reason}")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--every", type=int, default=1, help="only each so many-th photo")
    parser.add_argument("--ways", nargs="*", default=list(WAYS), choices=WAYS, metavar="WAY")
    parser.add_argument("--no-program", action="store_true", help="the decoders alone")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args()
    results: dict[str, object] = {"versions": {name: version(name) for name in PACKAGES}}
    print(", ".join(f"{name} {version(name)}" for name in PACKAGES))
    good = True
    with tempfile.TemporaryDirectory(prefix="verger-hostile-") as name:
        folder = Path(name)
        pictures = draw_pictures(folder / "orchard")
        photos = list(campaign(pictures, options.every))
        if not options.no_program:
            files = write_photos(folder / "photos", photos) + write_names(folder / "photos" / "n")
            run = run_program(folder, folder / "photos", files)
            good = run.exit == 0 and run.files == run.rows + run.rejects
            good &= run.peak_bytes <= MOST_BYTES
            show_program(run)
            results["program"] = asdict(run)
        for way in options.ways:
            tallies = measure_decoder(way, photos)
            show(way, tallies)
            results[way] = {group: vars(tally) for group, tally in tallies.items()}
            total = tallies["all"]
            if way == OURS:
                good &= not (total.crashes or total.hangs or total.over_memory)
                good &= total.lost_rows == tallies[FILLED].lost_rows
    if options.json is not None:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
