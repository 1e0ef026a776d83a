"""PCA by verger.spark: fit, project, write. Scores without centring, to be those of Spark ML.

usage: python -m spark.ways.verger_reduce FEATURES OUT COMPONENTS
"""

import sys

from spark.ways import session
from verger import spark as verger_spark


def main() -> None:
    features, out, components = sys.argv[1:]
    spark = session.start(verger_spark.SETTINGS)

    def work(clock: session.Clock) -> None:
        with clock.step("fit"):
            table = spark.read.parquet(features).select("path", "label", "features")
            pca = verger_spark.fit(table, components=int(components))
        with clock.step("project"):
            scores = verger_spark.project(table, pca, scores="spark")
            scores.write.mode("overwrite").parquet(out)

    session.tell_twice(work)


if __name__ == "__main__":
    main()
