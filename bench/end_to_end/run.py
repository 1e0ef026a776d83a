"""How much of bare inference speed does a whole run keep?

Times `verger run` (list, read, decode, resize, infer, write, PCA) on a folder of photos, between
two measurements of bare OpenVINO inference on the same network with the same batch and threads, and
prints photos per second of both and their ratio, round by round.

    python bench/end_to_end/run.py [--photos DIR] [--model NAME] [--rounds 3] [--most 0]

Without arguments: the embedded network on all photos, then ResNet-50 (the seeded weights of the
tests) on 2,000 of them; ../shared/fruits360 if it is there, else the sample orchard.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from figures import Row, row, spread
from machine import BUILD, ROOT, save

BARE_PHOTOS = {"efficientnet-lite0": 1600, "resnet50": 320}
QUICK_PHOTOS = {"efficientnet-lite0": 1000, "resnet50": 150}
WEIGHTS = BUILD / "test-data" / "resnet50.h5"


def default_photos() -> Path:
    """The real photos where they are, else the drawn ones."""
    real = ROOT.parent / "shared" / "fruits360"
    if real.is_dir():
        return real
    drawn = BUILD / "orchard"
    drawer = [sys.executable, str(ROOT / "tools" / "draw_orchard.py"), str(drawn)]
    subprocess.run(drawer, check=True)
    return drawn


def some_of(photos: Path, most: int, into: Path) -> Path:
    """A folder of links to `most` photos, evenly spaced; all of them if `most` is 0."""
    if most == 0:
        return photos
    paths = sorted(path for path in photos.rglob("*.jpg"))
    for index in range(min(most, len(paths))):
        photo = paths[index * len(paths) // min(most, len(paths))]
        link = into / photo.relative_to(photos)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(photo)
    return into


def bare(model: str, threads: int) -> float:
    """Photos per second of inference alone."""
    source = model if model == "efficientnet-lite0" else str(WEIGHTS)
    words = [source, "fp32", "0", str(BARE_PHOTOS[model]), str(threads), str(threads)]
    program = [str(BUILD / "bench" / "bench_bare"), *words]
    done = subprocess.run(program, check=True, capture_output=True, text=True)
    return float(done.stdout)


def whole_run(photos: Path, model: str, threads: int) -> dict[str, Any]:
    """Photos per second of the process from start to end, and of its extraction alone."""
    source = model if model == "efficientnet-lite0" else str(WEIGHTS)
    with tempfile.TemporaryDirectory(dir=BUILD) as out:
        command = [str(BUILD / "verger"), "run", str(photos), out, "--model", source]
        command += ["--threads", str(threads), "--json"]
        begin = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - begin
    summary = json.loads(done.stdout)
    return {
        "photos": summary["rows"],
        "photos_per_second": summary["rows"] / seconds,
        "extracting": summary["photos_per_second"],
    }


def measure(photos: Path, model: str, rounds: int, most: int) -> dict[str, Any]:
    """Rounds of bare, run, bare; the ratio is of a run to the mean of the two beside it."""
    threads = len(os.sched_getaffinity(0))
    figures = []
    with tempfile.TemporaryDirectory() as links:
        sample = some_of(photos, most, Path(links))
        before = bare(model, threads)
        for _ in range(rounds):
            run = whole_run(sample, model, threads)
            after = bare(model, threads)
            beside = (before + after) / 2
            ratios = {
                "ratio": run["photos_per_second"] / beside,
                "ratio_extracting": run["extracting"] / beside,
            }
            figures.append({**run, "bare": [before, after], **ratios})
            before = after
    return {
        "model": model,
        "threads": threads,
        "ratio": statistics.median(figure["ratio"] for figure in figures),
        "ratio_extracting": statistics.median(figure["ratio_extracting"] for figure in figures),
        "rounds": figures,
    }


def rows_of(result: dict[str, Any]) -> list[Row]:
    photos = f"{result['rounds'][0]['photos']:,} photos, {result['model']}"
    process = spread(one["ratio"] for one in result["rounds"])
    extracting = spread(one["ratio_extracting"] for one in result["rounds"])
    return [
        row(f"photos per second of `verger run`, of bare inference: {photos}", process, "share"),
        row("... while it extracts", extracting, "share"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="A whole run against bare inference.")
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--model", choices=sorted(BARE_PHOTOS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=int, default=0, help="photos; 0: all")
    parser.add_argument("--quick", action="store_true", help="few photos, one round: a minute")
    options = parser.parse_args()
    photos = options.photos or default_photos()
    if options.model:
        results = [measure(photos, options.model, options.rounds, options.most)]
    elif options.quick:
        results = [measure(photos, model, 1, most) for model, most in QUICK_PHOTOS.items()]
    else:
        results = [
            measure(photos, "efficientnet-lite0", options.rounds, options.most),
            measure(photos, "resnet50", 1, options.most or 2000),
        ]
    save(
        "end_to_end",
        {"photos": photos.name, "results": results},
        title="A whole run beside bare inference, fp32",
        rows=[line for result in results for line in rows_of(result)],
        quick=options.quick,
    )


if __name__ == "__main__":
    main()
