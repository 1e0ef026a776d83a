"""The verbs on Spark: DataFrame in, DataFrame out, by mapInArrow.

    from verger import spark as verger_spark

    photos = verger_spark.photos(spark, "s3://bucket/Data")  # or spark.read.format("binaryFile")
    features = verger_spark.extract(photos)                  # path, ..., features, error
    pca = verger_spark.fit(features, components=50)
    scores = verger_spark.project(features, pca)             # ... and pca_features
    moments = verger_spark.class_moments(features)           # for verger.Classifier.fit
    answers = verger_spark.classify(features, classifier)    # label, probability, unknown, set, ...

Needs PySpark 3.3 or later; by Spark Connect, 3.5 or later.
"""

from __future__ import annotations

from verger.spark.frames import class_moments, classify, extract, fit, project
from verger.spark.photos_frame import photos
from verger.spark.settings import SETTINGS, configured

__all__ = [
    "SETTINGS",
    "class_moments",
    "classify",
    "configured",
    "extract",
    "fit",
    "photos",
    "project",
]
