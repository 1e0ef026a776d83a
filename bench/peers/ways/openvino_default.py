"""OpenVINO as it comes, Pillow in threads, pyarrow: what a careful user writes.

usage: python -m peers.ways.openvino_default PHOTOS OUT.parquet MODEL.onnx [COMPONENTS]

No precision is set: where the processor has bfloat16, OpenVINO takes it by itself. With
COMPONENTS, scikit-learn's PCA of the features is written beside them.
"""

import os
import sys

import numpy as np
import openvino as ov
from peers.ways import table
from peers.ways.pixels import batches

BATCH = 16


def main() -> None:
    photos, out, model, *components = sys.argv[1:]
    paths = table.photos_in(photos)
    network = ov.Core().compile_model(model, "CPU", {"PERFORMANCE_HINT": "THROUGHPUT"})
    rows: list[table.Floats] = [np.empty(0, np.float32)] * len(paths)

    def keep(request: ov.InferRequest, first: int) -> None:
        for number, features in enumerate(request.get_output_tensor().data):
            rows[first + number] = features.copy()

    queue = ov.AsyncInferQueue(network)
    queue.set_callback(keep)
    for number, batch in enumerate(batches(paths, BATCH, os.cpu_count() or 1)):
        queue.start_async({0: batch}, number * BATCH)
    queue.wait_all()
    features = np.stack(rows)
    scores = None
    packages = ["openvino", "pillow", "pyarrow"]
    if components:
        from sklearn.decomposition import PCA

        scores = PCA(int(components[0]), svd_solver="covariance_eigh").fit_transform(features)
        packages.append("scikit-learn")
    table.write(out, paths, features, scores)
    table.tell(len(paths), *packages)


if __name__ == "__main__":
    main()
