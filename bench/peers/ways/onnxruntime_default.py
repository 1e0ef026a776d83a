"""ONNX Runtime as it comes, Pillow in threads, pyarrow.

usage: python -m peers.ways.onnxruntime_default PHOTOS OUT.parquet MODEL.onnx
"""

import os
import sys

import numpy as np
import onnxruntime as ort
from peers.ways import table
from peers.ways.pixels import batches

BATCH = 16


def main() -> None:
    photos, out, model = sys.argv[1:]
    paths = table.photos_in(photos)
    session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
    image = session.get_inputs()[0].name
    features = [
        session.run(None, {image: batch})[0] for batch in batches(paths, BATCH, os.cpu_count() or 1)
    ]
    table.write(out, paths, np.concatenate(features))
    table.tell(len(paths), "onnxruntime", "pillow", "pyarrow")


if __name__ == "__main__":
    main()
