"""Moments of classes of an output's features, in partitions of any number, and answers.

usage: classify.py OUT TO PARTITIONS...

Writes TO/N.safetensors, the classifier by N partitions, and TO/answers.
"""

import sys
from pathlib import Path

import verger
from verger import spark as on_spark

out, to, *partitions = sys.argv[1:]
spark = on_spark.configured().getOrCreate()
features = spark.read.parquet(f"{out}/Preprocessing").select("path", "label", "features")
manifest = next(Path(out, "_verger").glob("manifest-*.json")).read_bytes()
Path(to).mkdir()
for number in map(int, partitions):
    moments = on_spark.class_moments(features.repartition(number), "none")
    classifier = verger.Classifier.fit(moments, manifest, "none", 0.2)
    Path(to, f"{number}.safetensors").write_bytes(classifier.save())
trained = Path(out, "Model", "classifier.safetensors").read_bytes()
on_spark.classify(features, trained, top=2).write.parquet(f"{to}/answers")
spark.stop()
