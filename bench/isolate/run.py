"""What does --isolate cost?

Runs `verger extract` with and without --isolate in turn, the first of a pair changing each round,
on small photos (the sample orchard), on photos as phones take them (12 megapixels), and on those of
Fruits-360 if they are there. Compares the outputs first: the same bytes. A figure is the ratio of
photos a second of a pair, of the extraction alone and of the process from start to end.

    python bench/isolate/run.py [--rounds 7] [--threads N] [--quick]
"""

import argparse
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from figures import Row, ratios, row, spread
from machine import BUILD, ROOT, save
from whole_runs import Program, Run

QUICK_ROUNDS = 3
LEAST_SHARE = 0.97
REAL = ROOT.parent / "shared" / "fruits360" / "Test"
WAYS = {"plain": (), "isolated": ("--isolate",)}
CASES = {
    "orchard": "photos of 100 x 100 pixels",
    "phone": "photos of 12 megapixels",
    "fruits360": "Fruits-360, test photos",
}
PHONE = (4032, 3024)


def orchard(folder: Path, quick: bool) -> Path:
    """The sample orchard, some thousand photos."""
    command = [sys.executable, str(ROOT / "tools" / "draw_orchard.py"), str(folder)]
    subprocess.run([*command, "--photos", "32" if quick else "160"], check=True)
    return folder


def phone(folder: Path, source: Path, quick: bool) -> Path:
    """Some of those photos at the size of a phone's, each another one."""
    label = folder / "Phone"
    label.mkdir(parents=True)
    for number, path in enumerate(sorted(source.rglob("*.jpg"))[: 24 if quick else 96]):
        file = io.BytesIO()
        with Image.open(path) as image:
            image.resize(PHONE, Image.Resampling.BICUBIC).save(file, "JPEG", quality=90)
        (label / f"{number}.jpg").write_bytes(file.getvalue())
    return folder


def compare(photos: Path, scratch: Path, rounds: int, threads: int) -> dict[str, Any]:
    """Pairs of runs; the first is left out, and its outputs are compared."""
    program = Program(scratch)
    runs: dict[str, list[Run]] = {way: [] for way in WAYS}
    layers: list[str] = []
    for turn in range(rounds + 1):
        order = list(WAYS) if turn % 2 == 0 else list(reversed(WAYS))
        for way in order:
            out = scratch / way
            shutil.rmtree(out, ignore_errors=True)
            options = ("--threads", threads, "--max-reject-rate", "100%", *WAYS[way])
            done = program.run("extract", photos, out, *options)
            layers = done.summary.get("isolation", layers)
            if turn > 0:
                runs[way].append(done)
        if turn == 0:
            plain, isolated = (
                pq.read_table(scratch / way / "Preprocessing").sort_by("path") for way in WAYS
            )
            if not plain.equals(isolated):
                sys.exit(f"bench/isolate: the outputs of {photos.name} differ")
    rates = {way: [run.summary["photos_per_second"] for run in of] for way, of in runs.items()}
    whole = {way: [run.rate for run in of] for way, of in runs.items()}
    return {
        "photos": runs["plain"][0].rows,
        "layers": layers,
        "photos_per_second": {way: spread(of) for way, of in rates.items()},
        "peak_mb": {way: spread(run.peak_mb for run in of) for way, of in runs.items()},
        "extraction": ratios(rates["isolated"], rates["plain"]),
        "process": ratios(whole["isolated"], whole["plain"]),
    }


def rows_of(name: str, figures: dict[str, Any]) -> Iterator[Row]:
    """Lines of BENCHMARKS.md."""
    yield row(f"{name}: photos a second without --isolate", figures["photos_per_second"]["plain"],
              "photos/s")  # fmt: skip
    yield row("... with it, as a multiple", figures["extraction"], at_least=LEAST_SHARE)
    yield row("... of the whole process", figures["process"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--only", choices=tuple(CASES))
    parser.add_argument("--quick", action="store_true", help="few photos, three rounds")
    arguments = parser.parse_args()
    rounds = QUICK_ROUNDS if arguments.quick else arguments.rounds
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        small = orchard(Path(folder) / "orchard", arguments.quick)
        for name, title in CASES.items():
            if arguments.only not in (None, name):
                continue
            if name == "fruits360" and not REAL.is_dir():
                print(f"bench/isolate: NOT RUN: {REAL} is not there", file=sys.stderr)
                continue
            photos = {"orchard": small, "fruits360": REAL}.get(name)
            if photos is None:
                photos = phone(Path(folder) / "phone", small, arguments.quick)
            scratch = Path(folder) / f"runs-{name}"
            scratch.mkdir()
            figures[title] = compare(photos, scratch, rounds, arguments.threads)
    save(
        "isolate",
        {"threads": arguments.threads, "rounds": rounds, "cases": figures},
        title="What --isolate costs",
        rows=[line for name in figures for line in rows_of(name, figures[name])],
        quick=arguments.quick,
    )


if __name__ == "__main__":
    main()
