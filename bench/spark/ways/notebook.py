"""Features as a notebook makes them: a pandas UDF that runs Keras inside every Spark task.

usage: python -m spark.ways.notebook PHOTOS OUT WEIGHTS.h5

The common recipe: the driver loads ResNet50 and broadcasts its weights, photos are spread over 20
partitions, and each task builds the network again, then decodes, resizes and predicts up to 1,024
photos at a time.
"""

import io
import os
import sys
from collections.abc import Iterator

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image
from pyspark.sql.functions import col, element_at, pandas_udf, split
from spark.ways import session

SIDE = 224
PARTITIONS = 20
PHOTOS_AT_A_TIME = 1024


def network() -> keras.Model:
    """ResNet50 up to its pooled features, its weights yet to be set."""
    return keras.applications.ResNet50(
        weights=None, include_top=False, pooling="avg", input_shape=(SIDE, SIDE, 3)
    )


def tensor(content: bytes) -> npt.NDArray[np.float32]:
    image = Image.open(io.BytesIO(content)).convert("RGB").resize((SIDE, SIDE))
    return keras.applications.resnet50.preprocess_input(np.asarray(image, np.float32))


def main() -> None:
    photos, out, weights = sys.argv[1:]
    spark = session.start({"spark.sql.execution.arrow.maxRecordsPerBatch": str(PHOTOS_AT_A_TIME)})

    def work(clock: session.Clock) -> None:
        with clock.step("extract"):
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
            spread = session.photos(spark, photos).repartition(PARTITIONS)
            table = spread.select(
                "path",
                element_at(split(col("path"), "/"), -2).alias("label"),
                features("content").alias("features"),
            )
            table.write.mode("overwrite").parquet(out)

    session.tell_twice(work)


if __name__ == "__main__":
    main()
