"""The notebook's whole chain: TensorFlow in Spark's tasks, Spark ML's PCA, Parquet, first rows.

usage: python -m peers.ways.tensorflow_notebook PHOTOS OUT WEIGHTS.h5 COMPONENTS

Photos to features as spark/ways/notebook.py has it; vectors by a Python function, as the recipe
goes.
"""

import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd
from peers.ways import table
from pyspark.ml.feature import PCA
from pyspark.ml.linalg import Vectors, VectorUDT
from pyspark.sql.functions import col, element_at, pandas_udf, split, udf
from spark.ways import session
from spark.ways.notebook import PARTITIONS, PHOTOS_AT_A_TIME, network, tensor


def main() -> None:
    photos, out, weights, components = sys.argv[1:]
    spark = session.start({"spark.sql.execution.arrow.maxRecordsPerBatch": str(PHOTOS_AT_A_TIME)})
    loaded = network()
    loaded.load_weights(weights)
    shared = spark.sparkContext.broadcast(loaded.get_weights())

    def features_of(batches: Iterator[pd.Series]) -> Iterator[pd.Series]:
        model = network()
        model.set_weights(shared.value)
        for contents in batches:
            rows = model.predict(np.stack(contents.map(tensor)), verbose=0)
            yield pd.Series(list(rows))

    features = pandas_udf(features_of, "array<float>")
    label = element_at(split(col("path"), "/"), -2).alias("label")
    spread = session.photos(spark, photos).repartition(PARTITIONS)
    extracted = spread.select("path", label, features("content").alias("features"))
    extracted.write.mode("overwrite").parquet(f"{out}/features")

    vectors = udf(Vectors.dense, VectorUDT())
    extracted_rows = spark.read.parquet(f"{out}/features").withColumn("vector", vectors("features"))
    pca = PCA(k=int(components), inputCol="vector", outputCol="pca_features").fit(extracted_rows)
    pca.transform(extracted_rows).drop("vector").write.mode("overwrite").parquet(f"{out}/pca")
    results = spark.read.parquet(f"{out}/pca")
    results.show(2)
    table.tell(results.count(), "pyspark", "tensorflow-cpu", "keras", "pillow")


if __name__ == "__main__":
    main()
