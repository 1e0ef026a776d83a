"""The verbs on photos that Verger lists, in a session of either kind.

usage: listed.py PHOTOS OUT COMPONENTS MODEL PRESET

Writes OUT/features and OUT/scores, and prints a JSON object.
"""

import json
import sys

from verger import spark as on_spark

folder, out, components, model, preset = sys.argv[1:]
spark = on_spark.configured().getOrCreate()
photos = on_spark.photos(spark, folder)
on_spark.extract(photos, model, preset).write.parquet(f"{out}/features")
features = spark.read.parquet(f"{out}/features")
pca = on_spark.fit(features, int(components))
on_spark.project(features, pca).write.parquet(f"{out}/scores")
files = spark.read.format("binaryFile").options(recursiveFileLookup="true", pathGlobFilter="fr*")
of_files = on_spark.extract(files.load(folder), model, preset)
said = {
    "session": type(spark).__module__,
    "columns": {
        "photos": photos.dtypes,
        "files": files.load(folder).dtypes,
        "scores": spark.read.parquet(f"{out}/scores").columns,
    },
    "files": of_files.where("error IS NULL").count(),
    "rows": [
        [row.path, row.modificationTime.timestamp(), row.length, row.error, row.content is None]
        for row in photos.collect()
    ],
    "pca": json.loads(pca.to_json()),
}
spark.stop()
print(json.dumps(said))
