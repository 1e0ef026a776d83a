"""The tables of an output, as docs/feature-format.md describes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq

from verger.errors import Damaged, Failed
from verger.runs.manifest import FileEntry, ModelIdentity, PartEntry
from verger.runs.photo import PhotoRow
from verger.runs.rules import PREPROCESSING, RESULTS, part_schema

# Metadata of a part: its network, and the mark of a part that verger wrote.
MODEL_KEY = "verger.model.sha256"
PRESET_KEY = "verger.model.preset"
_PREFIX = b"verger."
_ARROW = int(pa.__version__.split(".")[0])

# Columns of unique values.
_UNIQUE = ("path", "sha256")


def preprocessing_schema() -> pa.Schema:
    """Return the columns of a part of Preprocessing."""
    return part_schema(PREPROCESSING)


def results_schema() -> pa.Schema:
    """Return the columns of a part of Results."""
    return part_schema(RESULTS)


def names_schema() -> pa.Schema:
    """Return the columns of both kinds of parts."""
    return pa.schema([preprocessing_schema().field(name) for name in ("path", "label")])


def vector_type() -> pa.DataType:
    """Return the type of a column of vectors."""
    return preprocessing_schema().field("features").type


def part_metadata(identity: ModelIdentity) -> dict[str, str]:
    """Return the metadata that marks a part as the features of one network."""
    return {MODEL_KEY: identity.sha256, PRESET_KEY: identity.identity}


def encode_preprocessing(
    rows: Sequence[PhotoRow], features: pa.ListArray, identity: ModelIdentity
) -> bytes:
    """Encode a part of Preprocessing, its rows in the order of their paths' bytes.

    Shape: `features` has a list of `identity.dimension` numbers for each row, null for rejects.
    Errors: Failed if it has not.
    """
    features = _vectors(features)
    lengths = features.value_lengths().to_pylist()
    expected = [identity.dimension if row.error is None else None for row in rows]
    if lengths != expected:
        raise Failed("a part's features do not fit its rows")
    order = sorted(range(len(rows)), key=lambda at: rows[at].path.encode())
    features = features.take(pa.array(order, pa.int64()))
    columns = list(zip(*(rows[at] for at in order))) or [()] * len(PhotoRow._fields)
    columns.insert(preprocessing_schema().get_field_index("features"), features)
    arrays = [_array(column, kind.type) for column, kind in zip(columns, preprocessing_schema())]
    return _encode(pa.Table.from_arrays(arrays, schema=preprocessing_schema()), identity)


def part_entry(file: FileEntry, rows: Sequence[PhotoRow]) -> PartEntry:
    """Return a manifest's entry of a part of Preprocessing that has these rows."""
    rejects = sum(row.error is not None for row in rows)
    paths = sorted((row.path for row in rows), key=str.encode)
    first, last = (paths[0], paths[-1]) if paths else ("", "")
    return PartEntry(file, len(rows) - rejects, rejects, first, last)


def encode_results(
    good: pa.RecordBatch, pca_features: pa.ListArray, identity: ModelIdentity
) -> bytes:
    """Encode a part of Results, from the rows of `good_rows` and their projections."""
    arrays = [
        good.column(good.schema.get_field_index("path")),
        good.column(good.schema.get_field_index("label")),
        _vectors(good.column(good.schema.get_field_index("features"))),
        _vectors(pca_features),
    ]
    return _encode(pa.Table.from_arrays(arrays, schema=results_schema()), identity)


def _array(column: object, kind: pa.DataType) -> pa.Array:
    return column if isinstance(column, pa.Array) else pa.array(column, kind)


def _vectors(column: pa.Array) -> pa.ListArray:
    """Return the column as vector_type(). Errors: Failed if a number is null."""
    if isinstance(column, pa.ChunkedArray):
        column = (
            pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], vector_type())
        )
    if column.flatten().null_count:
        raise Failed("a vector of a part has a number that is null")
    return column if column.type == vector_type() else column.cast(vector_type())


def _encode(table: pa.Table, identity: ModelIdentity) -> bytes:
    """Encode one file of one row group by the program's rules: with its Arrow, the same bytes."""
    leaves = {
        field.name: f"{field.name}.list.element" if field.type == vector_type() else field.name
        for field in table.schema
    }
    vectors = [field.name for field in table.schema if field.type == vector_type()]
    others = [leaves[name] for name in leaves if name not in vectors]
    # Features are noise to a compressor and never repeat.
    compression = {leaf: "NONE" if name in vectors else "ZSTD" for name, leaf in leaves.items()}
    metadata = part_metadata(identity)
    options: dict[str, object] = {}
    exact = _ARROW >= 18
    if exact:
        options = {"store_schema": False, "write_page_index": True}
    else:  # older versions lose metadata that is added later: store it with the schema
        table = table.replace_schema_metadata(metadata)
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(
        sink,
        table.schema,
        version="2.6",
        use_dictionary=[leaf for leaf in others if leaf not in _UNIQUE],
        write_statistics=others,
        compression=compression,
        use_compliant_nested_type=True,
        **options,
    ) as writer:
        writer.write_table(table, row_group_size=max(table.num_rows, 1))
        if exact:
            writer.add_key_value_metadata(metadata)
    return bytes(sink.getvalue())


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Raise Arrow's errors about the bytes of a file as Damaged."""
    try:
        yield
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise Damaged(f"{name}: not a whole Parquet file: {error}") from error


def _require_columns(file: pq.ParquetFile, name: str, schema_of_kind: pa.Schema) -> None:
    """Check the columns. Errors: Damaged if one of the schema is missing or of another type."""
    schema = file.schema_arrow
    for field in schema_of_kind:
        if schema.get_field_index(field.name) < 0:
            raise Damaged(f"{name}: no column '{field.name}', or more than one: run again")
        kind = schema.field(field.name).type
        # Writers name the values of lists differently.
        vector = (
            field.type == vector_type()
            and pa.types.is_list(kind)
            and kind.value_type == pa.float32()
        )
        if kind != field.type and not vector:
            raise Damaged(
                f"{name}: column '{field.name}' holds {kind} instead of {field.type}: run again"
            )


def decode_columns(
    data: bytes | pa.NativeFile, name: str, columns: Sequence[str], schema: pa.Schema
) -> pa.RecordBatch:
    """Read all rows of some columns of a part, in that order; `data` is its bytes, or the open
    file.

    Errors: Damaged if it lacks a column of `wanted`, the schema of its kind, also one not read.
    """
    with _reading(name):
        source = pa.BufferReader(data) if isinstance(data, bytes) else data
        file = pq.ParquetFile(source, pre_buffer=True)
        _require_columns(file, name, schema)
        table = file.read(columns=list(columns))
        batches = table.select(list(columns)).combine_chunks().to_batches()
        empty = [pa.array([], field.type) for field in table.select(list(columns)).schema]
        return batches[0] if batches else pa.RecordBatch.from_arrays(empty, names=list(columns))


def decode_rows(data: bytes, name: str) -> list[PhotoRow]:
    """Read all rows of a part of Preprocessing, without their features; `name` is for messages.

    Errors: Damaged if the bytes are no such part.
    """
    batch = decode_columns(data, name, PhotoRow._fields, preprocessing_schema())
    with _reading(name):
        return photo_rows(batch)


def photo_rows(batch: pa.RecordBatch | pa.Table) -> list[PhotoRow]:
    """Return the rows of a batch or table that has the columns of PhotoRow, in that order."""
    columns = [
        column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column
        for column in batch.columns
    ]
    return [PhotoRow(*row) for row in zip(*(column.to_pylist() for column in columns))]


def good_rows(data: bytes, name: str) -> pa.RecordBatch:
    """Read the rows of a part of Preprocessing that have features, in order: path, label, features.

    Errors: Damaged if the bytes are no such part.
    """
    batch = decode_columns(data, name, ("path", "label", "features"), preprocessing_schema())
    features = batch.column(2)
    return batch if features.null_count == 0 else batch.filter(features.is_valid())


def result_rows(data: bytes, name: str) -> pa.RecordBatch:
    """Read the rows of a part of Results: path, label, features, pca_features.

    Errors: Damaged if the bytes are no such part.
    """
    return decode_columns(data, name, results_schema().names, results_schema())


def require_results(data: bytes, name: str) -> None:
    """Check the footer of a part of Results. Errors: Damaged if the bytes are none."""
    with _reading(name):
        _require_columns(pq.ParquetFile(pa.BufferReader(data)), name, results_schema())


def own_metadata(data: bytes, name: str) -> dict[str, str]:
    """Read the metadata of verger in a Parquet file, such as its network. Errors: Damaged."""
    with _reading(name):
        return _own_metadata(pq.read_metadata(pa.BufferReader(data)))


def has_our_mark(file: pa.NativeFile, name: str) -> bool:
    """Return whether an open file has the mark of a part that verger wrote."""
    try:
        with _reading(name):
            return MODEL_KEY in _own_metadata(pq.read_metadata(file))
    except Damaged:
        return False


def _own_metadata(metadata: pq.FileMetaData) -> dict[str, str]:
    return {
        key.decode(): value.decode()
        for key, value in (metadata.metadata or {}).items()
        if key.startswith(_PREFIX)
    }
