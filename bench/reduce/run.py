"""How long does `verger reduce` take, beside scikit-learn's PCA on the same features?

10,605 rows of 2048 features lie in an output's Preprocessing. `verger reduce`, a whole process,
reads the saved moments, fits 50 components, projects every part and writes Results, durable.
Beside it, scikit-learn's PCA(svd_solver="covariance_eigh"): its fit_transform alone on features in
memory, and the same job as ours (read Parquet, fit, transform, write Parquet). Scores are compared
first.

    python bench/reduce/run.py [--rows 10605] [--columns 2048] [--rounds 5]
"""

import argparse
import ctypes
import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import sklearn
from sklearn.decomposition import PCA

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from features import Floats, like_features
from figures import ratios, row
from machine import BUILD, save

COMPONENTS = 50
PART_ROWS = 512


def lists(values: Floats) -> pa.ListArray:
    """Rows of a matrix as a column of lists."""
    offsets = np.arange(0, values.size + 1, values.shape[1], dtype=np.int32)
    return pa.ListArray.from_arrays(offsets, pa.array(values.ravel()))


def moments_of(features: Floats) -> bytes:
    """Saved moments, by the library itself."""
    library = ctypes.CDLL(str(BUILD / "lib" / "libverger.so"))

    class Bytes(ctypes.Structure):
        _fields_ = [("data", ctypes.POINTER(ctypes.c_uint8)), ("size", ctypes.c_size_t)]

    moments, saved = ctypes.c_void_p(), Bytes()
    library.verger_moments_create(features.shape[1], ctypes.byref(moments), None)
    for begin in range(0, len(features), PART_ROWS):
        batch = pa.RecordBatch.from_arrays(
            [lists(features[begin : begin + PART_ROWS])], ["features"]
        )
        # The largest of the two Arrow C structs has 80 bytes.
        array, schema = ctypes.create_string_buffer(96), ctypes.create_string_buffer(96)
        batch._export_to_c(ctypes.addressof(array), ctypes.addressof(schema))
        status = library.verger_moments_add(moments, array, schema, None)
        assert status == 0, status
    assert library.verger_moments_save(moments, ctypes.byref(saved), None) == 0
    return ctypes.string_at(saved.data, saved.size)


def put(out: Path, name: str, data: bytes) -> dict[str, Any]:
    """Writes a file of the output and returns its entry in the manifest."""
    path = out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def make_output(out: Path, features: Floats) -> None:
    """An output with features and no Results, as docs/feature-format.md has it."""
    parts = []
    for number, begin in enumerate(range(0, len(features), PART_ROWS)):
        rows = features[begin : begin + PART_ROWS]
        names = [f"label/{begin + row:06}.jpg" for row in range(len(rows))]
        columns = {
            "path": pa.array(names),
            "label": pa.array(["label"] * len(rows)),
            "features": lists(rows),
            "size": pa.array([1] * len(rows)),
            "modified": pa.array([1] * len(rows), pa.timestamp("us", "UTC")),
            "sha256": pa.array(names),
            "error": pa.array([None] * len(rows), pa.string()),
        }
        sink = pa.BufferOutputStream()
        pq.write_table(pa.table(columns), sink, use_dictionary=False, compression="none")
        entry = put(out, f"Preprocessing/part-{number:05}.parquet", sink.getvalue().to_pybytes())
        parts.append({**entry, "rows": len(rows), "rejects": 0})
    model = {"name": "synthetic", "sha256": "00", "preset": "none", "identity": "none"}
    manifest = {
        "format": "verger-manifest",
        "version": 1,
        "photos": "synthetic",
        "inputs": len(features),
        "rows": len(features),
        "labels": 1,
        "model": {**model, "dimension": features.shape[1]},
        "preprocessing": parts,
        "moments": put(out, "_verger/moments-000001.bin", moments_of(features)),
        "replaced": [],
        "rejects": [],
    }
    put(out, "_verger/manifest-000001.json", json.dumps(manifest).encode())


def verger_reduce(out: Path, components: int) -> float:
    """Seconds of the whole process."""
    command = [str(BUILD / "verger"), "reduce", str(out), "--quiet", "-k", str(components)]
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begin


def sklearn_job(out: Path, target: Path) -> tuple[float, float, Floats]:
    """Seconds of the same job, seconds of fit_transform alone, and the scores."""
    begin = time.perf_counter()
    table = pq.read_table(out / "Preprocessing", columns=["path", "label", "features"])
    column = table["features"].combine_chunks()
    features = np.asarray(column.flatten()).reshape(len(column), -1)
    fit = time.perf_counter()
    scores = PCA(COMPONENTS, svd_solver="covariance_eigh").fit_transform(features)
    fitted = time.perf_counter() - fit
    pq.write_table(table.append_column("pca_features", lists(scores.astype(np.float32))), target)
    return time.perf_counter() - begin, fitted, scores


def same_scores(out: Path, reference: Floats) -> float:
    """The largest difference from scikit-learn's, signs aside, by the largest score."""
    table = pq.read_table(out / "Results", columns=["pca_features"])
    ours = np.stack(table["pca_features"].to_numpy())
    signs = np.sign((ours * reference).sum(axis=0))
    return float(np.abs(ours * signs - reference).max() / np.abs(reference).max())


def main() -> None:
    parser = argparse.ArgumentParser(description="`verger reduce` against scikit-learn.")
    parser.add_argument("--rows", type=int, default=10605)
    parser.add_argument("--columns", type=int, default=2048)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one round")
    options = parser.parse_args()
    rounds = 1 if options.quick else options.rounds
    ours, jobs, fits = [], [], []
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        out = Path(folder) / "out"
        make_output(out, like_features(options.rows, options.columns))
        verger_reduce(out, COMPONENTS)
        _, _, scores = sklearn_job(out, Path(folder) / "peer.parquet")
        difference = same_scores(out, scores)
        assert difference < 1e-3, f"the scores differ by {difference}"
        for _ in range(rounds):
            verger_reduce(out, COMPONENTS + 1)  # another PCA, or there would be nothing to do
            ours.append(verger_reduce(out, COMPONENTS))
            job, fit, _ = sklearn_job(out, Path(folder) / "peer.parquet")
            jobs.append(job)
            fits.append(fit)
    figures = {
        "rows": options.rows,
        "columns": options.columns,
        "scikit_learn": sklearn.__version__,
        "largest_difference": difference,
        "verger_reduce_seconds": ours,
        "sklearn_job_seconds": jobs,
        "sklearn_fit_transform_seconds": fits,
        "job_over_verger": statistics.median(jobs) / statistics.median(ours),
        "fit_transform_over_verger": statistics.median(fits) / statistics.median(ours),
    }
    size = f"{options.rows:,} × {options.columns} to {COMPONENTS} components"
    save(
        "reduce",
        figures,
        title="`verger reduce` beside scikit-learn's PCA (covariance_eigh)",
        rows=[
            row(
                f"the whole process beside fit_transform alone in memory, {size}",
                ratios(fits, ours),
                readme=True,
            ),
            row(
                f"... and beside scikit-learn with reading and writing the same Parquet, {size}",
                ratios(jobs, ours),
                readme=True,
            ),
        ],
        versions={"scikit-learn": sklearn.__version__},
        quick=options.quick,
    )


if __name__ == "__main__":
    main()
