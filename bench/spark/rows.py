"""The lines of BENCHMARKS.md that Spark has."""

from collections.abc import Iterator
from typing import Any

from figures import Row, row, spread

EXTRACT = {
    "over_notebook_again": (
        "`verger.spark.extract` beside a TensorFlow pandas UDF, ResNet-50, Python workers up",
        "x",
        True,
    ),
    "over_notebook_first": ("... and the first call of a session", "x", False),
    "of_program_again": (
        "photos per second of `verger.spark.extract`, of `verger extract`",
        "share",
        True,
    ),
    "of_program_first": ("... and the first call of a session", "share", False),
    "job_of_program": ("photos per second of `pca.py`, of `verger extract`", "share", False),
}
REDUCE = {
    "over_spark_ml_again": ("fit and project on Spark beside Spark ML's PCA", True),
    "over_spark_ml_first": ("... and the first time in a session", False),
}


def rows(figures: dict[str, Any]) -> Iterator[Row]:
    """Of the questions that were measured."""
    if extract := figures.get("extract"):
        for name, (what, unit, readme) in EXTRACT.items():
            shares = spread(one[name] for one in extract["rounds"])
            photos = extract["rounds"][0]["photos"]
            yield row(f"{what}, {photos} photos", shares, unit, readme=readme)
    if reduce := figures.get("reduce"):
        size = f"{reduce['rows']:,} × {reduce['columns']}"
        for name, (what, readme) in REDUCE.items():
            speeds = spread(one[name] for one in reduce["rounds"])
            yield row(f"{what}, {size}", speeds, readme=readme)
