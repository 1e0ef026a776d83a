"""The three verbs on DataFrames, and what Spark says of how they went.

usage: chain.py PHOTOS OUT COMPONENTS [MODEL PRESET]

Writes OUT/features and OUT/scores, and prints a JSON object.
"""

import json
import sys

import verger
from pyspark.sql.functions import element_at, split
from verger import spark as on_spark

photos, out, components = sys.argv[1:4]
model, preset = sys.argv[4:] or (None, None)
spark = on_spark.configured().getOrCreate()
photo_files = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(photos)
photo_files = photo_files.withColumn("label", element_at(split("path", "/"), -2))
on_spark.extract(photo_files, model, preset).write.parquet(f"{out}/features")
features = spark.read.parquet(f"{out}/features")
pca = on_spark.fit(features, int(components))
on_spark.project(features, pca).write.parquet(f"{out}/scores")
tracker = spark.sparkContext.statusTracker()
stages = [
    stage for job in tracker.getJobIdsForGroup() for stage in tracker.getJobInfo(job).stageIds
]
infos = [info for info in map(tracker.getStageInfo, stages) if info is not None]
print(
    json.dumps(
        {
            "file": verger.__file__,
            "spark": spark.version,
            "columns": spark.read.parquet(f"{out}/scores").columns,
            "stages": len(infos),
            "failed_tasks": sum(info.numFailedTasks for info in infos),
            "pca": json.loads(pca.to_json()),
        }
    )
)
spark.stop()
