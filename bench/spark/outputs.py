"""Reads what the ways wrote, and says how far two outputs are apart."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from features import Floats

Table = tuple[list[str], Floats]


def read(folder: Path, column: str, photos: Path | None = None) -> Table:
    """Paths below `photos`, sorted, and a column of lists or of Spark's vectors as a matrix.

    Null rows (rejects) are left out.
    """
    table = pq.read_table(folder, columns=["path", column])
    table = table.filter(table[column].is_valid())
    values = table[column].combine_chunks()
    if pa.types.is_struct(values.type):
        values = values.field("values")
    matrix = np.asarray(values.flatten()).reshape(len(table), -1)
    paths = [_below(photos, path) for path in table["path"].to_pylist()]
    order = np.argsort(np.array(paths))
    return [paths[row] for row in order], matrix[order]


def difference(ours: Table, reference: Table, signs: bool = False) -> float:
    """The largest difference, by the largest of the reference; `signs`: but for signs of columns.

    Errors: AssertionError unless both have the same rows.
    """
    assert ours[0] == reference[0], f"rows differ: {len(ours[0])} and {len(reference[0])}"
    flip = np.sign((ours[1] * reference[1]).sum(axis=0)) if signs else 1
    return float(np.abs(ours[1] * flip - reference[1]).max() / np.abs(reference[1]).max())


def _below(photos: Path | None, path: str) -> str:
    """Spark has whole URLs, the program paths below the folder of photos."""
    return path.partition(f"{photos}/")[2] or path
