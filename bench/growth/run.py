"""What does growth cost: more photos in an output, many photos, photos in a bucket?

growth    seconds of a run over 1 % new photos to those of the full run before, and the PCA then
          beside the PCA of an undisturbed run over all
memory    peak memory at 10,000 and at 100,000 generated photos
linear    seconds of a fresh run, of one with nothing to do, of one with 1 % new photos and of
          verify, at 1,000 to 100,000 generated photos, and the slopes in logarithms
s3        photos per second from an S3 server on the loopback, beside disk

    python bench/growth/run.py [--only growth] [--model NAME] [--photos DIR] [--most 0] [--rounds N]
    python bench/growth/run.py --only memory [--model efficientnet-lite0] [--sizes 10000,100000]
    python bench/growth/run.py --only linear [--plot docs/images/growth.png]

`growth` and `s3` use ../shared/fruits360 if it is there, else the sample orchard. Models: `tiny`
costs nothing, so that all else is seen; resnet50 has the seeded weights of the tests. `s3` needs
the server (tools/setup.sh bench), --plot needs matplotlib.
"""

import argparse
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from machine import BUILD, ROOT, save

sys.path += [str(ROOT / "tests"), str(ROOT / "tests" / "cli")]
from end_to_end.run import default_photos, some_of
from growth import bucket, linear, memory, one_percent
from growth.networks import NETWORKS
from growth.rows import TITLES, rows

QUESTIONS = ("growth", "memory", "linear", "s3")
MODELS = {  # unless others are asked for
    "growth": ("efficientnet-lite0", "resnet50"),
    "memory": ("tiny",),
    "linear": ("tiny",),
    "s3": ("resnet50",),
}
ROUNDS = {"growth": 1, "memory": 1, "linear": 3, "s3": 3}
MOST = {"growth": 0, "s3": 400}
QUICK_MOST, QUICK_SIZES = 400, [1000, 3000]
SIZES = {"memory": [10_000, 100_000], "linear": [1000, 3000, 10_000, 30_000, 100_000]}
PLOT = Path(__file__).parent / "plot.py"
# Where tools/setup.sh puts matplotlib, for notebooks.
PLOTTER = ROOT / ".cache" / "spark-3.5" / "bin" / "python"


def numbers(text: str) -> list[int]:
    """Two or more numbers of photos."""
    sizes = sorted({int(word) for word in text.replace("_", "").split(",")})
    if len(sizes) < 2 or sizes[0] < 1:
        raise argparse.ArgumentTypeError("two numbers of photos at least, as in 1000,10000")
    return sizes


def plotter() -> str:
    """A Python that has matplotlib. Ends the benchmark, before it begins, if there is none."""
    if importlib.util.find_spec("matplotlib"):
        return sys.executable
    if PLOTTER.is_file():
        return str(PLOTTER)
    return sys.exit("bench/growth: no matplotlib for --plot: pip install it")


@contextmanager
def scratch_folder(keep: bool) -> Iterator[Path]:
    """On the disk of the build: it must hold 100,000 files."""
    folder = Path(tempfile.mkdtemp(prefix="growth-", dir=BUILD))
    try:
        yield folder
    finally:
        if keep:
            print(f"kept: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder)


def measure(
    question: str, model: str, options: argparse.Namespace, scratch: Path
) -> dict[str, Any]:
    """The figures of one question with one network."""
    rounds = options.rounds or ROUNDS[question]
    if question in SIZES:
        sizes = options.sizes or SIZES[question]
        if question == "memory":
            return memory.measure(model, scratch, sizes, options.photo_size)
        return linear.measure(model, scratch, sizes, rounds, options.photo_size)
    photos = options.photos or default_photos()
    most = MOST[question] if options.most is None else options.most
    if question == "growth":
        return one_percent.measure(model, photos, most, scratch, rounds)
    sample = some_of(photos, most, scratch / "photos")
    return bucket.measure(model, sample, scratch, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description="What growth costs.")
    parser.add_argument("--only", choices=QUESTIONS)
    parser.add_argument("--model", choices=NETWORKS)
    parser.add_argument("--photos", type=Path, help="for growth and s3")
    parser.add_argument("--most", type=int, help="photos for growth and s3; 0: all")
    parser.add_argument("--sizes", type=numbers, help="numbers of photos for memory and linear")
    parser.add_argument("--photo-size", type=int, default=32, help="pixels a side, generated")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--plot", type=Path, help="picture of linear to draw")
    parser.add_argument("--keep", action="store_true", help="photos and outputs stay")
    parser.add_argument("--quick", action="store_true", help="few photos, one round: minutes")
    options = parser.parse_args()
    if options.quick:
        options.most = options.most or QUICK_MOST
        options.sizes = options.sizes or QUICK_SIZES
        options.rounds = options.rounds or 1
    python = plotter() if options.plot else ""
    for question in [options.only] if options.only else QUESTIONS:
        results = []
        for model in [options.model] if options.model else MODELS[question]:
            with scratch_folder(options.keep) as scratch:
                results.append(measure(question, model, options, scratch))
        save(
            f"growth_{question}",
            {"results": results},
            title=TITLES[question],
            rows=rows(question, results),
            quick=options.quick,
        )
        if question == "linear" and options.plot:
            drawn = BUILD / "bench" / "growth_linear.json"
            subprocess.run([python, str(PLOT), str(drawn), str(options.plot)], check=True)


if __name__ == "__main__":
    main()
