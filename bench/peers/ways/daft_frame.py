"""Daft: photos read, decoded and resized by its own expressions, the network in a batch function.

usage: python -m peers.ways.daft_frame PHOTOS OUT MODEL.onnx

The network is run by OpenVINO as it comes, the fastest engine that a user of Daft can take here.
Daft resizes with a filter of its own, so features differ from those of Pillow's pixels.
"""

import sys

import daft
import numpy as np
import openvino as ov
from daft import DataType, Series, col
from daft.functions import decode_image, download, resize, split
from peers.ways import table

SIDE = 224
BATCH = 16


@daft.cls(max_concurrency=1)
class Network:
    """Opened once; then batches of images."""

    def __init__(self, model: str) -> None:
        self._infer = ov.Core().compile_model(model, "CPU")

    @daft.method.batch(return_dtype=DataType.list(DataType.float32()), batch_size=BATCH)  # type: ignore[untyped-decorator]
    def features(self, images: Series) -> list[table.Floats]:
        pixels = np.stack([np.asarray(image, np.float32) for image in images.to_pylist()])
        tensors = ((pixels - 127) / 128).transpose(0, 3, 1, 2)
        return list(self._infer([tensors])[0])


def main() -> None:
    photos, out, model = sys.argv[1:]
    network = Network(model)
    frame = daft.from_glob_path(f"{photos}/**/*.jpg").select("path")
    image = resize(decode_image(download(col("path")), mode="RGB"), SIDE, SIDE)
    label = split(col("path"), "/").get(-2)
    frame = frame.select("path", label.alias("label"), network.features(image).alias("features"))
    frame.write_parquet(out)
    rows = daft.read_parquet(f"{out}/*.parquet").count_rows()
    table.tell(rows, "daft", "openvino", "pyarrow")


if __name__ == "__main__":
    main()
