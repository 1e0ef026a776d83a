"""Cut a column of bytes into pieces for Python, so that no Arrow batch grows too large.

Spark 3.5 cuts batches by rows alone, and loses the task whose batch passes 1 GiB; a photo
may have any size. Pieces of 1 MiB turn the bound on rows into one on bytes: 64 MiB, as in newer
Sparks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from verger._columns import column

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_PIECE = 1 << 20
_BYTES_CONF = "spark.sql.execution.arrow.maxBytesPerBatch"
# Arrow for Java doubles its buffers up to 2 GiB: a batch must stay below half of that.
_MOST_BYTES = 1 << 29
# A piece, and how many more its row has. No user's column has these names.
_DATA, _LEFT = "_verger_piece", "_verger_left"


def in_pieces(df: DataFrame, name: str) -> DataFrame:
    """Return `df` with the pieces of the column `name` in its place, a row a piece, in order.

    Other columns are repeated. `df` itself where Spark bounds batches by bytes.
    """
    if bounds_bytes(df.sparkSession):
        return df
    # A small value is a piece as it is, not a part of itself.
    cut = (
        f"inline(if(length(`{name}`) > {_PIECE}, "
        f"transform(sequence(0, (length(`{name}`) - 1) div {_PIECE}), number -> named_struct("
        f"'data', substring(`{name}`, number * {_PIECE} + 1, {_PIECE}), "
        f"'left', cast((length(`{name}`) - 1) div {_PIECE} - number AS int))), "
        f"array(named_struct('data', `{name}`, 'left', 0)))) AS ({_DATA}, {_LEFT})"
    )
    return df.selectExpr("*", cut).drop(name)


def whole(batches: Iterable[pa.RecordBatch], name: str) -> Iterator[pa.RecordBatch]:
    """Yield the rows that in_pieces cut, whole again; other batches stay as they are."""
    begun: list[bytes] = []  # the first pieces of a value
    for batch in batches:
        if _DATA not in batch.schema.names:
            yield batch
            continue
        rows, values = [], []
        pieces = zip(column(batch, _DATA).to_pylist(), column(batch, _LEFT).to_pylist())
        for row, (piece, left) in enumerate(pieces):
            if left:
                begun.append(piece)
                continue
            rows.append(row)
            values.append(b"".join([*begun, piece]) if begun else piece)
            begun = []
        if rows:
            yield _joined(batch.take(pa.array(rows, pa.int32())), name, values)


def _joined(batch: pa.RecordBatch, name: str, values: list[bytes]) -> pa.RecordBatch:
    own = [i for i, there in enumerate(batch.schema.names) if there not in (_DATA, _LEFT)]
    fields = [*(batch.schema.field(i) for i in own), pa.field(name, pa.large_binary())]
    columns = [*(batch.column(i) for i in own), pa.array(values, pa.large_binary())]
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))


def bounds_bytes(session: SparkSession) -> bool:
    """Return whether Spark itself keeps batches below Arrow's limit."""
    try:
        text = session.conf.get(_BYTES_CONF)
    except Exception:  # an unknown setting raises other errors in classic and Connect sessions
        return False
    bytes_ = re.fullmatch(r"(\d+)b?", text or "")
    return bytes_ is not None and int(bytes_[1]) <= _MOST_BYTES
