"""verger.spark.extract on two executors, each a process of its own, with Spark's log of events.

usage: python -m spark.ways.two_executors PHOTOS OUT WEIGHTS.h5 EVENTS

Every executor gets several tasks, and reads the photos twice: the log would show data that Spark
sends again for a task, or for a second action.
"""

import sys

from spark.ways import session
from verger import spark as verger_spark

TASKS = 8
MASTER = "local-cluster[2,1,2048]"  # executors, cores of each, MiB of each


def main() -> None:
    photos, out, weights, events = sys.argv[1:]
    logged = {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": f"file:{events}",
        "spark.eventLog.logBlockUpdates.enabled": "true",
        "spark.executor.memory": "2048m",
    }
    spark = session.start({**verger_spark.SETTINGS, **logged}, MASTER)
    spread = session.photos(spark, photos).repartition(TASKS)
    extracted = verger_spark.extract(spread, model=weights)
    extracted.write.mode("overwrite").parquet(f"{out}/first")
    extracted.write.mode("overwrite").parquet(f"{out}/second")
    spark.stop()
    print("{}")  # what it has to tell stands in the log


if __name__ == "__main__":
    main()
