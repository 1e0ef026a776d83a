"""Seconds of PCA on the same Parquet: verger.spark beside Spark ML."""

import statistics
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from features import like_features
from reduce.run import PART_ROWS, lists
from spark import outputs
from spark.processes import SparkVenv

COMPONENTS = 50
OFF_SPARK_ML = 1e-5  # of the largest score


def write_features(folder: Path, rows: int, columns: int) -> None:
    """Features in parts, as a run leaves them in Preprocessing."""
    folder.mkdir(parents=True)
    features = like_features(rows, columns)
    for number, begin in enumerate(range(0, rows, PART_ROWS)):
        part = features[begin : begin + PART_ROWS]
        table = {
            "path": pa.array([f"label/{begin + row:06}.jpg" for row in range(len(part))]),
            "label": pa.array(["label"] * len(part)),
            "features": lists(part),
        }
        path = folder / f"part-{number:05}.parquet"
        pq.write_table(pa.table(table), path, use_dictionary=False, compression="none")


def measure(
    spark: SparkVenv, scratch: Path, rows: int, columns: int, rounds: int
) -> dict[str, Any]:
    """Rounds of both in turn: read, fit, project, write. Scores are compared before times count.

    Each does it twice in its session: `first` pays for the start of Python workers and for the
    JVM's warming up, `again` does not.
    """
    write_features(scratch / "features", rows, columns)
    figures = [_round(spark, scratch) for _ in range(rounds)]
    return {
        "rows": rows,
        "columns": columns,
        "components": COMPONENTS,
        **{
            name: statistics.median(figure[name] for figure in figures)
            for name in ("over_spark_ml_first", "over_spark_ml_again")
        },
        "rounds": figures,
    }


def _round(spark: SparkVenv, scratch: Path) -> dict[str, Any]:
    by_ml, by_verger = scratch / "spark-ml", scratch / "verger"
    peer = spark.way("spark_ml", scratch / "features", by_ml, COMPONENTS)
    ours = spark.way("verger_reduce", scratch / "features", by_verger, COMPONENTS)
    reference = outputs.read(by_ml, "pca_features")
    off = outputs.difference(outputs.read(by_verger, "pca_features"), reference, signs=True)
    assert off <= OFF_SPARK_ML, f"scores differ from Spark ML's: {off}"
    return {
        "spark_ml": peer.figures,
        "verger": ours.figures,
        "largest_difference": off,
        **{
            f"over_spark_ml_{when}": peer.figures[when]["seconds"] / ours.figures[when]["seconds"]
            for when in ("first", "again")
        },
    }
