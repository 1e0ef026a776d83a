"""How does Verger on Spark compare with what is done today, and with the verger program?

On local[2], with ResNet-50 from one Keras .h5 (the seeded weights of the tests):

extract   photos per second of verger.spark and of deploy/emr/pca.py, beside a pandas UDF that runs
          TensorFlow in every task, and beside `verger extract`
reduce    seconds to fit and project 10,605 x 2048 features, beside Spark ML's PCA
weights   how often the weights are sent to an executor: counted in Spark's log of events

    python bench/spark/run.py [--only extract] [--photos DIR] [--most 400] [--rounds 3]

How many photos decides much: TensorFlow's way opens its network in each of 20 tasks, which weighs
less with more photos; a call to Spark has its half second, which weighs more with fewer.

Photos: evenly spaced over ../shared/fruits360 if it is there, else over the sample orchard. Needs
the wheel (make wheel) and the peers (tools/setup.sh bench).
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from end_to_end.run import default_photos, some_of
from machine import BUILD, save
from spark import extraction, reduction, weights
from spark.processes import PINS, SparkVenv
from spark.rows import rows

QUESTIONS = ("extract", "reduce", "weights")
QUICK_PHOTOS, QUICK_ROWS = 100, 3000
PHOTOS_TO_COUNT_BY = 64  # enough for every task of the question about weights


def peers() -> dict[str, str]:
    """Versions of what we are held against."""
    pins = (line.split("==") for line in PINS.read_text().splitlines() if "==" in line)
    names = ("pyspark", "tensorflow-cpu", "keras", "pyarrow", "pillow")
    return {name: version for name, version in pins if name in names}


def main() -> None:
    parser = argparse.ArgumentParser(description="Verger on Spark beside its peers.")
    parser.add_argument("--only", choices=QUESTIONS)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--most", type=int, default=400, help="photos; 0: all")
    parser.add_argument("--rows", type=int, default=10605)
    parser.add_argument("--columns", type=int, default=2048)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--checkout", action="store_true", help="Verger from python/ and the build, not the wheel"
    )
    parser.add_argument("--quick", action="store_true", help="few photos, one round: minutes")
    options = parser.parse_args()
    if options.quick:
        options.most, options.rows, options.rounds = QUICK_PHOTOS, QUICK_ROWS, 1
    questions = [options.only] if options.only else QUESTIONS
    figures: dict[str, Any] = {"master": "local[2]", "peers": peers()}
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        scratch = Path(folder)
        spark = SparkVenv(scratch, options.checkout)
        photos = options.photos or default_photos()
        if "extract" in questions:
            sample = some_of(photos, options.most, scratch / "photos")
            figures["extract"] = extraction.measure(spark, sample, scratch, options.rounds)
        if "reduce" in questions:
            figures["reduce"] = reduction.measure(
                spark, scratch / "reduce", options.rows, options.columns, options.rounds
            )
        if "weights" in questions:
            few = some_of(photos, PHOTOS_TO_COUNT_BY, scratch / "few")
            figures["weights"] = weights.measure(spark, few, scratch / "weights")
    save(
        f"spark_{options.only}" if options.only else "spark",
        {"photos": photos.name, **figures},
        title="On Spark, local[2]",
        rows=list(rows(figures)),
        versions=peers(),
        quick=options.quick,
    )


if __name__ == "__main__":
    main()
