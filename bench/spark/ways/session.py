"""The Spark session that every way uses, and how a way prints its figures."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pyspark.sql import DataFrame, SparkSession

MASTER = "local[2]"


def start(settings: Mapping[str, str] | None = None, master: str = MASTER) -> SparkSession:
    """A session that has run a first job, so that no way is charged for the JVM's start."""
    builder = SparkSession.builder.master(master).appName("bench")
    common = {
        "spark.driver.memory": "4g",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    for key, value in {**common, **(settings or {})}.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    spark.range(2).count()
    return spark


def photos(spark: SparkSession, folder: str) -> DataFrame:
    """The photos as Spark reads them: path, modificationTime, length, content."""
    reader = spark.read.format("binaryFile").option("recursiveFileLookup", "true")
    return reader.option("pathGlobFilter", "*.jpg").load(folder)


class Clock:
    """Seconds of the steps of a way."""

    def __init__(self) -> None:
        self._steps: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begin = time.perf_counter()
        yield
        self._steps[name] = time.perf_counter() - begin

    def figures(self) -> dict[str, float]:
        """The steps, and all of them together."""
        return {"seconds": sum(self._steps.values()), **self._steps}


def tell_twice(work: Callable[[Clock], None], **more: str) -> None:
    """Does the work twice in this session and prints the seconds, the line that processes.py reads.

    `first` has the start of Python workers and the JVM's warming up in it, `again` has not.
    """
    figures: dict[str, Any] = {}
    for time_of in ("first", "again"):
        clock = Clock()
        work(clock)
        figures[time_of] = clock.figures()
    print(json.dumps({**figures, **more}), flush=True)
