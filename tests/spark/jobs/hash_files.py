"""Writes a line a file: its SHA-256, a tab, its path as JSON.

usage: hash_files.py FILES OUT
"""

import json
import sys
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql.functions import sha2

files, out = sys.argv[1:]
spark = SparkSession.builder.getOrCreate()
binaries = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(files)
rows = binaries.select("path", sha2("content", 256).alias("digest")).collect()
spark.stop()
Path(out).write_text("".join(f"{row.digest}\t{json.dumps(row.path)}\n" for row in rows), "utf-8")
