"""Spark ML's PCA: fit, transform, write.

usage: python -m spark.ways.spark_ml FEATURES OUT COMPONENTS

Arrays become vectors in the JVM (array_to_vector), which is faster than the Python UDF that many
notebooks use for it. Most of the fit is a singular value decomposition on the driver, by LAPACK in
Java where there is no native one (Debian: libopenblas0); the output names it beside the seconds.
"""

import sys

from pyspark.ml.feature import PCA
from pyspark.ml.functions import array_to_vector
from spark.ways import session


def main() -> None:
    features, out, components = sys.argv[1:]
    spark = session.start()
    lapack = spark._jvm.dev.ludovic.netlib.lapack.LAPACK.getInstance().getClass().getSimpleName()

    def work(clock: session.Clock) -> None:
        with clock.step("fit"):
            table = spark.read.parquet(features).select("path", "label", "features")
            table = table.withColumn("vector", array_to_vector("features"))
            pca = PCA(k=int(components), inputCol="vector", outputCol="pca_features").fit(table)
        with clock.step("project"):
            scores = pca.transform(table).drop("vector")
            scores.write.mode("overwrite").parquet(out)

    session.tell_twice(work, lapack=lapack)


if __name__ == "__main__":
    main()
