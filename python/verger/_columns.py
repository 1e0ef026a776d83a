"""Columns of record batches, by name."""

from __future__ import annotations

import pyarrow as pa

from verger.errors import BadCall


def column(batch: pa.RecordBatch, name: str) -> pa.Array:
    """Return a column of the batch. Errors: BadCall, listing the columns, if there is not exactly
    one.
    """
    matches = batch.schema.get_all_field_indices(name)
    if len(matches) == 1:
        return batch.column(matches[0])
    names = ", ".join(batch.schema.names)
    if matches:
        raise BadCall(f"{len(matches)} columns '{name}' (there are: {names}): rename all but one")
    raise BadCall(f"no column '{name}' (there are: {names}): rename a column or add this one")


def joined(batch: pa.RecordBatch, more: pa.RecordBatch, drop: str = "") -> pa.RecordBatch:
    """Return the columns of both batches, without `drop`; of equal names, those of `more`."""
    dropped_names = {drop, *more.schema.names}
    # By number, for other columns may share a name.
    own = [i for i, name in enumerate(batch.schema.names) if name not in dropped_names]
    fields = [batch.schema.field(i) for i in own] + list(more.schema)
    columns = [batch.column(i) for i in own] + more.columns
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))


def floats(batch: pa.RecordBatch, name: str) -> pa.RecordBatch:
    """Return a batch of the column `name` alone, renamed to `features`: list<float32>.

    Errors: BadCall if it does not hold lists of numbers.
    """
    values = column(batch, name)
    kind = values.type
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
        raise BadCall(
            f"column '{name}' holds {kind}: give lists of numbers (of Spark ML's vectors, "
            "vector_to_array(column, 'float32') makes such)"
        )
    if kind.value_type != pa.float32():
        try:
            values = values.cast(pa.list_(pa.float32()))
        except pa.ArrowException as error:
            raise BadCall(
                f"column '{name}' holds {kind}, but some of its values do not fit into a "
                f"float32: {error}"
            ) from error
    return pa.RecordBatch.from_arrays([values], names=["features"])


def texts(batch: pa.RecordBatch, name: str) -> pa.Array:
    """Return the column `name` as text. Errors: BadCall if it is no text, or a row is null."""
    values = column(batch, name)
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        raise BadCall(f"column '{name}' holds {values.type}: give text")
    if values.null_count:
        raise BadCall(f"column '{name}' is null in {values.null_count} rows: leave them out")
    return values
