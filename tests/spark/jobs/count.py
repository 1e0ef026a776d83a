"""Counts to ten, and says by whose code and on how many Pythons."""

import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
rows = spark.range(10).count()
spark.stop()
print(f"{rows} rows, Spark {spark.version}, {sys.executable}")
