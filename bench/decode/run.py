"""How much faster are photos of 12 megapixels with `--decode fast`, and how near are the features?

Makes 500 such photos from several sources, with the noise of several cameras (large_photos.py),
and runs `verger extract` on them with `--decode exact` and `fast` in turns. Features are compared
before times: the cosine of each photo's two. Prints the ratio of photos per second of the whole
processes, and of the CPU time that they take, which other programs on the machine move less: first
with a network that costs nothing, so that what is left is reading, decoding and resizing.

    python bench/decode/run.py [--photos 500] [--rounds 3] [--model NAME] [--precision fp32 int8]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from figures import Row, row, spread
from large_photos import CAMERAS, SIZE, make
from machine import BUILD, ROOT, save

sys.path += [str(ROOT / "tests"), str(ROOT / "tests" / "cli")]
from growth.networks import options as network_options

QUICK_PHOTOS = 60
DEFAULT_PRECISION = "fp32"
Floats = npt.NDArray[np.float64]


def extract(photos: Path, out: Path, decode: str, options: list[str]) -> dict[str, float]:
    """Runs the program; its seconds of wall time and of CPU time, and photos per second."""
    command = [str(BUILD / "verger"), "extract", str(photos), str(out), "--decode", decode]
    command += ["--threads", str(len(os.sched_getaffinity(0))), "--json", *options]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    summary = json.loads(done.stdout)
    if summary["rejected"]:
        raise SystemExit(f"{decode}: {summary['rejected']} photos were rejected")
    return {
        "photos_per_second": summary["rows"] / seconds,
        "extracting": summary["photos_per_second"],
        "cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    }


def features(out: Path) -> tuple[list[str], Floats]:
    """Paths and features of an output, by path."""
    table = pq.read_table(out / "Preprocessing", columns=["path", "features"]).sort_by("path")
    return table["path"].to_pylist(), np.array(table["features"].to_pylist(), np.float64)


def cosines(exact: Path, fast: Path) -> dict[str, Any]:
    """How near the features of two outputs are, of all photos and by camera."""
    paths, a = features(exact)
    others, b = features(fast)
    if paths != others:
        raise SystemExit("the two outputs are of different photos")
    near = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    cameras = np.array([path.split("/")[0] for path in paths])
    return {
        "mean": float(near.mean()),
        "least": float(near.min()),
        "by_camera": {
            camera: {"mean": float(near[cameras == camera].mean()),
                     "least": float(near[cameras == camera].min())}
            for camera in sorted(set(cameras))
        },
    }  # fmt: skip


def measure(photos: Path, rounds: int, what: str, options: list[str]) -> dict[str, Any]:
    """Compares the features, then times both ways in turns. `options`: of the network."""
    runs: list[dict[str, dict[str, float]]] = []
    near: dict[str, Any] = {}
    for turn in range(rounds):
        with tempfile.TemporaryDirectory(dir=BUILD) as scratch:
            run = {}
            for decode in ("exact", "fast") if turn % 2 == 0 else ("fast", "exact"):
                run[decode] = extract(photos, Path(scratch) / decode, decode, options)
            runs.append(run)
            near = near or cosines(Path(scratch) / "exact", Path(scratch) / "fast")
    fast_to_exact = [r["fast"]["photos_per_second"] / r["exact"]["photos_per_second"] for r in runs]
    cpu = [r["exact"]["cpu_seconds"] / r["fast"]["cpu_seconds"] for r in runs]
    return {
        "what": what,
        "cosine": near,
        "ratio": spread(fast_to_exact),
        "ratio_cpu": spread(cpu),
        "rounds": runs,
    }


def decoding_rows(result: dict[str, Any], photos: int) -> list[Row]:
    """Lines of BENCHMARKS.md: with a network that costs nothing."""
    of = f"{photos} photos, a network that costs nothing"
    return [
        row(f"fast decoding beside exact, by processor time: {of}", result["ratio_cpu"],
            at_least=3, readme=True),
        row("... by wall time", result["ratio"]),
    ]  # fmt: skip


def rows_of(result: dict[str, Any], photos: int) -> list[Row]:
    """Lines of BENCHMARKS.md: with a network."""
    of = f"{photos} photos, {result['what']}"
    near = {"median": result["cosine"]["mean"], "min": result["cosine"]["least"]}
    return [
        row(f"`verger extract --decode fast` beside exact: {of}", result["ratio"], at_least=3,
            readme=True),
        row("... by processor time", result["ratio_cpu"]),
        row(f"features of both, mean and least: {of}", near, "cosine", at_least=0.99),
    ]  # fmt: skip


def main() -> None:
    """Makes the photos, measures, and saves the figures."""
    parser = argparse.ArgumentParser(description="Exact and fast decoding of large photos.")
    parser.add_argument("--photos", type=int, default=500, help="how many are made")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", default="efficientnet-lite0")
    parser.add_argument("--precision", nargs="+", default=[DEFAULT_PRECISION])
    parser.add_argument("--quick", action="store_true", help="few photos, one round: 2 minutes")
    options = parser.parse_args()
    if options.quick:
        options.photos, options.rounds = QUICK_PHOTOS, 1
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        of_source = make(Path(folder), options.photos)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.jpg"))
        with tempfile.TemporaryDirectory() as scratch:
            tiny = network_options("tiny", Path(scratch))
            decoding = measure(Path(folder), options.rounds, "decoding", tiny)
        results = [
            measure(
                Path(folder),
                options.rounds,
                precision,
                ["--model", options.model, "--precision", precision],
            )
            for precision in options.precision
        ]
    save(
        "decode",
        {
            "photos": options.photos,
            "pixels": list(SIZE),
            "mean_bytes": size // options.photos,
            "cameras": len(CAMERAS),
            "sources": of_source,
            "model": options.model,
            "decoding": decoding,
            "results": results,
        },
        title="`--decode fast` beside exact, on photos of 12 megapixels",
        rows=[
            *decoding_rows(decoding, options.photos),
            *(line for result in results for line in rows_of(result, options.photos)),
        ],
        quick=options.quick,
    )


if __name__ == "__main__":
    main()
