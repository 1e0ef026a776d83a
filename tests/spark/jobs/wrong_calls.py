"""Makes each call that is given, and prints as a JSON object how it failed.

usage: wrong_calls.py CALL…
"""

import json
import sys

from pyspark.sql import SparkSession
from verger.spark import extract, fit, project

spark = SparkSession.builder.getOrCreate()
spark.sparkContext.setLogLevel("OFF")
names = {
    "extract": extract,
    "fit": fit,
    "project": project,
    "__file__": __file__,
    "frame": spark.range(2),
    "text": spark.createDataFrame([("a",)], "content string"),
    "photo": spark.createDataFrame([(bytearray(b"a"),)], "content binary"),
    "empty": spark.createDataFrame([(None,)], "features array<float>"),
    "vectors": spark.createDataFrame(
        [([1.0, 2.0],), ([2.0, 1.0],), ([3.0, 5.0],)], "features array<float>"
    ),
    "ragged": spark.createDataFrame([([1.0, 2.0],), ([2.0],)], "features array<float>").coalesce(1),
}
errors = {}
for call in sys.argv[1:]:
    try:
        eval(call, names)
        errors[call] = "no error"
    except Exception as error:
        errors[call] = f"{type(error).__name__}: {error}"
spark.stop()
print(json.dumps(errors))
