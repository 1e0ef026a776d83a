"""How much of bare inference speed does `verger classify` keep?

Trains a classifier once, then times `verger classify OUT PHOTOS --format csv` (list, read, decode,
resize, infer, answer), from start to end of the process, between two measurements of bare OpenVINO
inference on the same network with the same batch and threads.

    python bench/classify/run.py [--photos DIR] [--rounds 3] [--most 4000]
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from figures import row, spread
from machine import BUILD, save

MODEL = "efficientnet-lite0"


def neighbour(name: str) -> ModuleType:
    """bench/end_to_end/run.py, which measures bare inference and picks photos."""
    path = Path(__file__).resolve().parent.parent / name / "run.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def classify(out: Path, photos: Path, threads: int) -> float:
    """Photos per second of the process."""
    command = [str(BUILD / "verger"), "classify", str(out), str(photos), "-q"]
    command += ["--format", "csv", "--threads", str(threads)]
    begin = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    return (done.stdout.count("\n") - 1) / seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=int, default=4000, help="photos at most; 0: all")
    parser.add_argument("--quick", action="store_true", help="one round of 1,000 photos")
    options = parser.parse_args()
    end_to_end = neighbour("end_to_end")
    threads = len(os.sched_getaffinity(0))
    photos = options.photos or end_to_end.default_photos()
    rounds, most = (1, 1000) if options.quick else (options.rounds, options.most)
    shares: list[float] = []
    with tempfile.TemporaryDirectory() as links, tempfile.TemporaryDirectory(dir=BUILD) as out:
        sample = end_to_end.some_of(photos, most, Path(links))
        run = [str(BUILD / "verger"), "run", str(sample), out, "-q", "--no-report"]
        subprocess.run(run, check=True, capture_output=True)
        subprocess.run([str(BUILD / "verger"), "train", out, "-q"], check=True, capture_output=True)
        before = end_to_end.bare(MODEL, threads)
        for _ in range(rounds):
            speed = classify(Path(out), sample, threads)
            after = end_to_end.bare(MODEL, threads)
            shares.append(speed / ((before + after) / 2))
            print(f"{speed:.0f} photos/s, {shares[-1]:.3f} of bare")
            before = after
    save(
        "classify",
        {"shares": shares, "photos": most},
        title="verger classify beside bare inference, from start to end of the process",
        rows=[
            row(
                f"photos per second of `verger classify`, of bare inference: {MODEL}",
                spread(shares),
                "share",
                at_least=0.95,
            )
        ],
        versions={},
        quick=options.quick,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
