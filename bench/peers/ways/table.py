"""What the ways share: which photos there are, the table they write, and what they tell."""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

Floats = npt.NDArray[np.float32]


def photos_in(folder: str) -> list[str]:
    """Paths of the photos, sorted."""
    return sorted(str(path) for path in Path(folder).rglob("*.jpg"))


def lists(values: Floats) -> pa.ListArray:
    """Rows of a matrix as a column of lists."""
    offsets = np.arange(0, values.size + 1, values.shape[1], dtype=np.int32)
    return pa.ListArray.from_arrays(offsets, pa.array(values.ravel()))


def write(out: str, paths: list[str], features: Floats, scores: Floats | None = None) -> None:
    """One Parquet file: path, label, features, and pca_features if there are scores."""
    columns = {
        "path": pa.array(paths),
        "label": pa.array([Path(path).parent.name for path in paths]),
        "features": lists(np.ascontiguousarray(features, np.float32)),
    }
    if scores is not None:
        columns["pca_features"] = lists(scores.astype(np.float32))
    pq.write_table(pa.table(columns), out)


def tell(rows: int, *packages: str) -> None:
    """Prints the line that peers/processes.py reads."""
    print(json.dumps({"rows": rows, "versions": {name: version(name) for name in packages}}))
