"""The three verbs on Spark: DataFrame in, DataFrame out, by mapInArrow.

    from verger import spark as verger_spark

    photos = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(folder)
    features = verger_spark.extract(photos)                 # path, ..., features, error
    pca = verger_spark.fit(features, components=50)
    scores = verger_spark.project(features, pca)            # ... and pca_features

Needs PySpark 3.3 or later with the classic API (its driver, not Spark Connect).
"""

from __future__ import annotations

from verger.spark.frames import extract, fit, project
from verger.spark.settings import SETTINGS, configured

__all__ = ["SETTINGS", "configured", "extract", "fit", "project"]
