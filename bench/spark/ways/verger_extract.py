"""Features by verger.spark: one call between the photos and the Parquet files.

usage: python -m spark.ways.verger_extract PHOTOS OUT WEIGHTS.h5
"""

import sys

from pyspark.sql.functions import col, element_at, split
from spark.ways import session
from verger import spark as verger_spark


def main() -> None:
    photos, out, weights = sys.argv[1:]
    spark = session.start(verger_spark.SETTINGS)

    def work(clock: session.Clock) -> None:
        with clock.step("extract"):
            extracted = verger_spark.extract(session.photos(spark, photos), model=weights)
            label = element_at(split(col("path"), "/"), -2).alias("label")
            table = extracted.select("path", label, "features", "error")
            table.write.mode("overwrite").parquet(out)

    session.tell_twice(work)


if __name__ == "__main__":
    main()
