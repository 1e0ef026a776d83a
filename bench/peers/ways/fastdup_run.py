"""fastdup: its own program reads, decodes, resizes and runs the network; we convert its file.

usage: python -m peers.ways.fastdup_run PHOTOS OUT.parquet MODEL.onnx

`run_mode=1` extracts features and looks for nothing in them. The network runs in the ONNX Runtime
inside fastdup, on pixels as fastdup makes them, so features differ from those of Pillow's.
"""

import contextlib
import sys
import tempfile

import fastdup
import numpy as np
from peers.ways import table

DIMENSION = 1280


def main() -> None:
    photos, out, model = sys.argv[1:]
    with tempfile.TemporaryDirectory() as work, contextlib.redirect_stdout(sys.stderr):
        fastdup.run(
            input_dir=photos,
            work_dir=work,
            run_mode=1,
            model_path=model,
            d=DIMENSION,
            turi_param="run_stats=0",
        )
        paths, features = fastdup.load_binary_feature(f"{work}/atrain_features.dat", DIMENSION)
    table.write(out, list(paths), np.asarray(features, np.float32))
    table.tell(len(paths), "fastdup", "pyarrow")


if __name__ == "__main__":
    main()
