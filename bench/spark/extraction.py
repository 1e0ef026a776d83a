"""Photos per second: verger.spark beside the notebook's way and beside the verger program."""

import shutil
import statistics
from pathlib import Path
from typing import Any

from end_to_end.run import WEIGHTS
from spark import outputs
from spark.processes import SparkVenv, program

# Of the largest feature.
OFF_TENSORFLOW = 1e-4
OFF_PROGRAM = 1e-6


def measure(spark: SparkVenv, photos: Path, scratch: Path, rounds: int) -> dict[str, Any]:
    """Rounds of the ways in turn. Outputs are compared before a round's times count.

    Timed in both Spark ways: from reading the weights to the last written Parquet file, in a
    session that is up and has run a job; so opening the network in every worker counts. The job's
    own rate counts that, too; the program's own begins when its network is open. `over_notebook`
    and `of_program` divide verger.spark's rate by theirs; `of_program_process`, by photos per
    second of the program's process from start to end.
    """
    figures = [_round(spark, photos, scratch) for _ in range(rounds)]
    ratios = ("over_notebook", "of_program", "of_program_process", "job_of_program")
    medians = {name: statistics.median(figure[name] for figure in figures) for name in ratios}
    return {**medians, "rounds": figures}


def _round(spark: SparkVenv, photos: Path, scratch: Path) -> dict[str, Any]:
    by_notebook, by_spark, by_job, by_program = (
        scratch / name for name in ("notebook", "spark", "job", "program")
    )
    notebook = spark.way("notebook", photos, by_notebook, WEIGHTS)
    ours = spark.way("verger_extract", photos, by_spark, WEIGHTS)
    job = spark.job(photos, by_job, "--model", WEIGHTS)
    beside = program("extract", photos, by_program, "--model", WEIGHTS, "--threads", 2)

    reference = outputs.read(by_program / "Preprocessing", "features")
    found = outputs.read(by_spark, "features", photos)
    off = {
        "tensorflow": outputs.difference(found, outputs.read(by_notebook, "features", photos)),
        "program": outputs.difference(found, reference),
        "job": outputs.difference(outputs.read(by_job / "Preprocessing", "features"), reference),
    }
    assert off["tensorflow"] <= OFF_TENSORFLOW, f"features differ from TensorFlow's: {off}"
    assert max(off["program"], off["job"]) <= OFF_PROGRAM, f"features differ: {off}"

    count = len(reference[0])
    told = {"notebook": notebook, "spark": ours, "job": job, "program": beside}
    rate = {
        "notebook": count / notebook.figures["seconds"],
        "spark": count / ours.figures["seconds"],
        "job": job.figures["photos_per_second"],
        "program": beside.figures["photos_per_second"],
    }
    for kept in (by_job, by_program):
        shutil.rmtree(kept)  # or there would be nothing to do in the next round
    return {
        "photos": count,
        "photos_per_second": rate,
        "process_seconds": {name: way.process_seconds for name, way in told.items()},
        "largest_difference": off,
        "over_notebook": rate["spark"] / rate["notebook"],
        "of_program": rate["spark"] / rate["program"],
        "of_program_process": rate["spark"] * beside.process_seconds / count,
        "job_of_program": rate["job"] / rate["program"],
    }
