"""Times Verger's decode and resize beside Pillow's: the same photos, one thread each.

Usage: run.py [BUILD]      BUILD is the build folder, build/ by default.

Outputs are compared first: a difference of one byte ends the run. Prints a table.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import PIL
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from figures import row
from machine import BUILD, save

SIZES = [(100, 100), (640, 480), (1920, 1080), (4000, 3000)]
TARGET = (224, 224)


def make_photo(width: int, height: int) -> bytes:
    """A JPEG as a camera writes it: smooth light, fine texture, 4:2:0, quality 90."""
    rng = np.random.default_rng(width)
    light = Image.fromarray(rng.integers(40, 216, (9, 12, 3), dtype=np.uint8)).resize(
        (width, height)
    )
    texture = rng.normal(0, 8, (height, width, 1))
    picture = np.clip(np.asarray(light) + texture, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=90, subsampling=2)
    return file.getvalue()


def check_outputs(program: Path, photos: list[Path], folder: Path) -> None:
    jobs = [(photo, folder / f"{photo.stem}.rgb") for photo in photos]
    listing = folder / "jobs"
    listing.write_text(
        "".join(f"{p}\t{TARGET[0]}\t{TARGET[1]}\tbicubic\t{out}\n" for p, out in jobs)
    )
    subprocess.run([program, listing], check=True)
    for photo, out in jobs:
        expected = Image.open(photo).convert("RGB").resize(TARGET).tobytes()
        if out.read_bytes().partition(b"\n")[2] != expected:
            sys.exit(f"run.py: {photo.name}: outputs differ, so times mean nothing")


def best_milliseconds(run: Callable[[], object]) -> float:
    """Processor time of the fastest of at least five runs and half a second."""
    best = float("inf")
    start = time.perf_counter()
    runs = 0
    while runs < 5 or time.perf_counter() - start < 0.5:
        before = time.process_time()
        run()
        best = min(best, time.process_time() - before)
        runs += 1
    return best * 1e3


def time_pillow(photos: list[Path]) -> dict[str, float]:
    times = {}
    for photo in photos:
        data = photo.read_bytes()
        image = Image.open(io.BytesIO(data)).convert("RGB")
        decode = partial(lambda data: Image.open(io.BytesIO(data)).convert("RGB"), data)
        times[f"decode/{photo.stem}"] = best_milliseconds(decode)
        times[f"resize/{photo.stem}"] = best_milliseconds(partial(image.resize, TARGET))
    return times


def time_verger(program: Path, photos: list[Path]) -> dict[str, float]:
    options = ["--benchmark_format=json", "--benchmark_repetitions=5", "--benchmark_min_time=0.1"]
    run = subprocess.run([program, *photos, *options], check=True, capture_output=True, text=True)
    times: dict[str, float] = {}
    for entry in json.loads(run.stdout)["benchmarks"]:
        if entry["run_type"] == "iteration":
            name = entry["run_name"]
            times[name] = min(times.get(name, float("inf")), entry["cpu_time"])
    return times


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Times Verger's decode and resize beside Pillow's."
    )
    parser.add_argument("build", nargs="?", type=Path, default=BUILD)
    parser.add_argument("--quick", action="store_true", help="the two smallest photos alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        photos = []
        for width, height in SIZES[:2] if options.quick else SIZES:
            photo = folder / f"{width}x{height}.jpg"
            photo.write_bytes(make_photo(width, height))
            photos.append(photo)
        check_outputs(options.build / "tests" / "verger_pixels", photos, folder)
        verger = time_verger(options.build / "bench" / "resize_bench", photos)
        pillow = time_pillow(photos)
    print(f"outputs equal; processor time in milliseconds, one thread, Pillow {PIL.__version__}")
    print(f"{'':22}{'verger':>10}{'pillow':>10}{'ratio':>8}")
    for key, ours in verger.items():
        print(f"{key:22}{ours:10.3f}{pillow[key]:10.3f}{pillow[key] / ours:8.2f}")
    save(
        "resize",
        {"pillow": PIL.__version__, "verger_ms": verger, "pillow_ms": pillow},
        title="Decoding and resizing beside Pillow, outputs equal, one thread",
        rows=[
            row(f"{key.replace('/', ' of ')}, bicubic to 224 × 224", pillow[key] / ours)
            if key.startswith("resize")
            else row(key.replace("/", " of "), pillow[key] / ours)
            for key, ours in verger.items()
        ],
        versions={"pillow": PIL.__version__},
        quick=options.quick,
    )


if __name__ == "__main__":
    main()
