"""The verbs on photos that Verger lists, in a session of either kind.

usage: listed.py PHOTOS OUT COMPONENTS MODEL PRESET

Writes OUT/features and OUT/scores, and prints a JSON object.
"""

import json
import re
import sys

from verger import spark as on_spark

folder, out, components, model, preset = sys.argv[1:]
spark = on_spark.configured().getOrCreate()
photos = on_spark.photos(spark, folder)
on_spark.extract(photos, model, preset).write.parquet(f"{out}/features")
features = spark.read.parquet(f"{out}/features")
pca = on_spark.fit(features, int(components))
on_spark.project(features, pca).write.parquet(f"{out}/scores")
binary = spark.read.format("binaryFile").options(recursiveFileLookup="true", pathGlobFilter="fr*")
files = binary.load(re.sub(r"[][{}]", r"\\\g<0>", folder))
document = {
    "session": type(spark).__module__,
    "columns": {
        "photos": photos.dtypes,
        "files": files.dtypes,
        "scores": spark.read.parquet(f"{out}/scores").columns,
    },
    "files": on_spark.extract(files, model, preset).where("error IS NULL").count(),
    "rows": [
        [row.path, row.modificationTime.timestamp(), row.length, row.error, row.content is None]
        for row in photos.collect()
    ],
    "pca": json.loads(pca.to_json()),
}
spark.stop()
print(json.dumps(document))
