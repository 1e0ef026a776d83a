"""An output with parts of every version, and NumPy's own nearest photos."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from program import column, parts, table

from .blocks import PHOTO

# Cosines of 1280 float32 numbers, which some readers add up in float32: DuckDB is 7e-7 off.
BOUND = 2e-6


def make_older(part: Path) -> None:
    """Writes a part as versions before did: numbers in its lists may be null."""
    rows = pq.read_table(part)
    plain = pa.list_(pa.float32())
    schema = pa.schema(
        [field.with_type(plain) if pa.types.is_list(field.type) else field for field in rows.schema]
    )
    pq.write_table(rows.cast(schema), part, store_schema=False)


def make_mixed(out: Path, older: int) -> None:
    """Makes one part of each kind an older one."""
    for kind in ("Preprocessing", "Results"):
        make_older(parts(out, kind)[older])


def assert_nearest(rows: list[tuple[str, float]], out: Path) -> None:
    """The five nearest photos, by NumPy in float64."""
    features = column(out, "features").astype(np.float64)
    paths = table(out)["path"].to_pylist()
    units = features / np.linalg.norm(features, axis=1, keepdims=True)
    distances = 1 - units @ units[paths.index(PHOTO)]
    order = np.argsort(distances)[: len(rows) + 1]
    assert np.diff(distances[order]).min() > 2 * BOUND, "the order must tell"
    assert len(rows) == 5
    assert [path for path, _ in rows] == [paths[at] for at in order[:-1]]
    np.testing.assert_allclose([far for _, far in rows], distances[order[:-1]], atol=BOUND, rtol=0)
