"""How near to fp32 are the embedded networks in bf16 and int8? The table of docs/numerics.md.

usage: compare_precisions.py PHOTOS [PHOTOS ...] [--precisions int8]

Prints the mean and the least cosine to fp32 of the features of 60 photos of each folder: those
whose paths have the largest SHA-256, since calibrate_embedded.py takes the least. The last column
is a digest of the features: of int8 it is the same with ONEDNN_MAX_CPU_ISA=AVX2, with AVX512_CORE
and with all kernels. Needs the package `verger` with its library (VERGER_LIBRARY). Run by hand.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from verger.extractor import Extractor
from verger.model import Model

OF_EACH = 60
NETWORKS = ("efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2")
SMALL = 112
ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
Floats = npt.NDArray[np.float32]


def sample(folder: Path) -> list[bytes]:
    """The contents of some photos below `folder`, the same ones at every call."""
    names = [path.relative_to(folder) for path in folder.rglob("*") if path.suffix in ENDINGS]
    names.sort(key=lambda name: hashlib.sha256(name.as_posix().encode()).digest())
    return [(folder / name).read_bytes() for name in names[-OF_EACH:]]


def features(model: Model, photos: pa.RecordBatch) -> Floats:
    """A row a photo."""
    table = Extractor(model).extract(photos)
    return np.stack(table.column("features").to_numpy(zero_copy_only=False))


def cosines(a: Floats, b: Floats) -> Floats:
    """Of each row of `a` to that of `b`."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    return (a * b).sum(axis=1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))


def main() -> None:
    parser = argparse.ArgumentParser(description="Compares precisions of the embedded networks.")
    parser.add_argument("photos", type=Path, nargs="+")
    parser.add_argument("--precisions", default="bf16,int8", help="bf16 where the processor has it")
    options = parser.parse_args()
    contents = [content for folder in options.photos for content in sample(folder)]
    photos = pa.RecordBatch.from_arrays([pa.array(contents, pa.binary())], names=["content"])
    print(f"{len(contents)} photos: network, size, precision, mean and least cosine, digest")
    for name in NETWORKS:
        for size in (Model.open(name).width, SMALL):
            fp32 = features(Model.open(name, input_size=size), photos)
            for precision in options.precisions.split(","):
                model = Model.open(name, input_size=size, precision=precision)
                rows = features(model, photos)
                near = cosines(fp32, rows)
                digest = hashlib.sha256(rows.tobytes()).hexdigest()[:12]
                print(f"{name} {size} {precision} {near.mean():.5f} {near.min():.5f} {digest}")


if __name__ == "__main__":
    main()
