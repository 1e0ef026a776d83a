"""Doubles numbers in tasks that say they have begun and then wait.

usage: wait_on_each.py FOLDER TASKS

A task makes FOLDER/begun-TASK-ATTEMPT and waits for FOLDER/go, ten minutes at most.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyspark import TaskContext
from pyspark.sql import SparkSession

folder, tasks = Path(sys.argv[1]), int(sys.argv[2])


def double(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    task = TaskContext.get()
    (folder / f"begun-{task.partitionId()}-{task.attemptNumber()}").touch()
    deadline = time.monotonic() + 600
    while not (folder / "go").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    for batch in batches:
        ids = batch.column(0)
        parent = pa.array([os.getppid()] * len(ids), pa.int64())
        yield pa.RecordBatch.from_arrays([pc.multiply(ids, 2), parent], ["twice", "parent"])


spark = SparkSession.builder.getOrCreate()
doubled = spark.range(0, 10 * tasks, 1, tasks).mapInArrow(double, "twice long, parent long")
rows = doubled.collect()
spark.stop()
executors = len({row.parent for row in rows})
print(f"{len(rows)} rows, sum {sum(row.twice for row in rows)}, on {executors} executors")
