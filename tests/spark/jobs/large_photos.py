"""Photos of binaryFile in one partition to features; large_photos.py FOLDER OUT MODEL."""

import sys

from verger import spark as on_spark

folder, out, model = sys.argv[1:]
spark = on_spark.configured().getOrCreate()
photos = spark.read.format("binaryFile").load(folder).coalesce(1)
on_spark.extract(photos, model, "torchvision").write.parquet(out)
spark.stop()
