"""Columns of record batches, by name."""

from __future__ import annotations

import pyarrow as pa

from verger.errors import BadCall


def column(batch: pa.RecordBatch, name: str) -> pa.Array:
    """A column of the batch. Errors: BadCall, with those there are, if it is not among them."""
    found = batch.schema.get_all_field_indices(name)
    if len(found) == 1:
        return batch.column(found[0])
    names = ", ".join(batch.schema.names)
    if found:
        raise BadCall(f"{len(found)} columns '{name}' (there are: {names}): rename all but one")
    raise BadCall(f"no column '{name}' (there are: {names}): name or make it first")


def joined(batch: pa.RecordBatch, more: pa.RecordBatch, drop: str = "") -> pa.RecordBatch:
    """The columns of both, rows side by side, without `drop`; of equal names, those of `more`."""
    gone = {drop, *more.schema.names}
    # By number, for what is only carried along may have a name twice.
    own = [i for i, name in enumerate(batch.schema.names) if name not in gone]
    fields = [batch.schema.field(i) for i in own] + list(more.schema)
    columns = [batch.column(i) for i in own] + more.columns
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
        try:
            found = found.cast(pa.list_(pa.float32()))
        except pa.ArrowException as error:
            raise BadCall(
                f"column '{name}' holds {kind}, and not all of it are numbers that a float32 can "
                f"hold: {error}"
            ) from error
    return pa.RecordBatch.from_arrays([found], names=["features"])
