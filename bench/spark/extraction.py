"""Photos per second: verger.spark beside the notebook's way and beside the verger program."""

import shutil
import statistics
from pathlib import Path
from typing import Any

from end_to_end.run import WEIGHTS
from spark import outputs
from spark.processes import ProgramRun, SparkVenv, program

# Of the largest feature.
OFF_TENSORFLOW = 1e-4
OFF_PROGRAM = 1e-6


def measure(spark: SparkVenv, photos: Path, scratch: Path, rounds: int) -> dict[str, Any]:
    """Rounds of the ways in turn. Outputs are compared before a round's times count.

    Timed in both Spark ways: from reading the weights to the last written Parquet file, in a
    session that is up and has run a job. They do it twice: `first` pays for the start of Python
    workers and for opening the network in them, `again` has workers that are there; the notebook's
    way opens its network in every task, so for it there is little between them. The job's own rate
    is of a first time; the program's own, the mean of one before ours and one after, begins when
    its network is open, and `of_program_process` divides by photos per second of its process from
    start to end.
    """
    figures = [_round(spark, photos, scratch) for _ in range(rounds)]
    ratios = [name for name, value in figures[0].items() if isinstance(value, float)]
    medians = {name: statistics.median(figure[name] for figure in figures) for name in ratios}
    return {**medians, "rounds": figures}


def _round(spark: SparkVenv, photos: Path, scratch: Path) -> dict[str, Any]:
    by_notebook, by_spark, by_job, by_program = (
        scratch / name for name in ("notebook", "spark", "job", "program")
    )
    notebook = spark.way("notebook", photos, by_notebook, WEIGHTS)
    before = _by_program(photos, by_program)
    ours = spark.way("verger_extract", photos, by_spark, WEIGHTS)
    shutil.rmtree(by_program)  # or there would be nothing to do
    after = _by_program(photos, by_program)
    job = spark.job(photos, by_job, "--model", WEIGHTS)

    reference = outputs.read(by_program / "Preprocessing", "features")
    features = outputs.read(by_spark, "features", photos)
    off = {
        "tensorflow": outputs.difference(features, outputs.read(by_notebook, "features", photos)),
        "program": outputs.difference(features, reference),
        "job": outputs.difference(outputs.read(by_job / "Preprocessing", "features"), reference),
    }
    assert off["tensorflow"] <= OFF_TENSORFLOW, f"features differ from TensorFlow's: {off}"
    assert max(off["program"], off["job"]) <= OFF_PROGRAM, f"features differ: {off}"

    count = len(reference[0])
    process_seconds = {
        "notebook": notebook.process_seconds,
        "spark": ours.process_seconds,
        "job": job.process_seconds,
        "program": statistics.mean(run.process_seconds for run in (before, after)),
    }
    beside = [run.figures["photos_per_second"] for run in (before, after)]
    rate = {
        "notebook_first": count / notebook.figures["first"]["seconds"],
        "notebook_again": count / notebook.figures["again"]["seconds"],
        "spark_first": count / ours.figures["first"]["seconds"],
        "spark_again": count / ours.figures["again"]["seconds"],
        "job": job.figures["photos_per_second"],
        "program": statistics.mean(beside),
    }
    for out in (by_job, by_program):
        shutil.rmtree(out)
    return {
        "photos": count,
        "photos_per_second": rate,
        "program_beside": beside,
        "process_seconds": process_seconds,
        "largest_difference": off,
        "over_notebook_first": rate["spark_first"] / rate["notebook_first"],
        "over_notebook_again": rate["spark_again"] / rate["notebook_again"],
        "job_over_notebook": rate["job"] / rate["notebook_first"],
        "of_program_first": rate["spark_first"] / rate["program"],
        "of_program_again": rate["spark_again"] / rate["program"],
        "job_of_program": rate["job"] / rate["program"],
        "of_program_process": rate["spark_first"] * process_seconds["program"] / count,
    }


def _by_program(photos: Path, out: Path) -> ProgramRun:
    return program("extract", photos, out, "--model", WEIGHTS, "--threads", 2)
