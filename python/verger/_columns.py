"""Columns of record batches, by name."""

from __future__ import annotations

import pyarrow as pa

from verger.errors import BadCall


def column(batch: pa.RecordBatch, name: str) -> pa.Array:
    """A column of the batch. Errors: BadCall, with those there are, if it is not among them."""
    index = batch.schema.get_field_index(name)
    if index < 0:
        names = ", ".join(batch.schema.names)
        raise BadCall(f"no column '{name}' (there are: {names}): name or make it first")
    return batch.column(index)


def joined(batch: pa.RecordBatch, more: pa.RecordBatch, drop: str = "") -> pa.RecordBatch:
    """The columns of both, rows side by side, without `drop`; of equal names, those of `more`."""
    own = [name for name in batch.schema.names if name != drop and name not in more.schema.names]
    fields = [batch.schema.field(name) for name in own] + list(more.schema)
    columns = [column(batch, name) for name in own] + more.columns
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))


def floats(batch: pa.RecordBatch, name: str) -> pa.RecordBatch:
    """The column `name` alone: list<float32>, and called `features`.

    Errors: BadCall if it does not hold lists of numbers.
    """
    found = column(batch, name)
    kind = found.type
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
        raise BadCall(
            f"column '{name}' holds {kind}: give lists of numbers (of Spark ML's vectors, "
            "vector_to_array(column, 'float32') makes such)"
        )
    if kind.value_type != pa.float32():
        found = found.cast(pa.list_(pa.float32()))
    return pa.RecordBatch.from_arrays([found], names=["features"])
