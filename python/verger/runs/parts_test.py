from __future__ import annotations

import io
import random
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from verger.errors import Damaged, Failed
from verger.runs.conftest import MODEL, part_of, photo_at, row_of
from verger.runs.manifest import FileEntry, PartEntry
from verger.runs.parts import (
    decode_rows,
    encode_preprocessing,
    encode_results,
    good_rows,
    has_our_mark,
    own_metadata,
    part_entry,
    part_metadata,
    preprocessing_schema,
    require_results,
    result_rows,
    results_schema,
    vector_type,
)
from verger.runs.photo import PhotoRow

ROWS = [
    row_of(photo_at(1), 1),
    PhotoRow("a/lost.jpg", "a", None, None, None, "vanished"),
    row_of(photo_at(2), 2, error="empty"),
    PhotoRow("Pêche 🍑/+%#.jpg", "Pêche 🍑", 5, -1, "cc", None),
]


ORDER = (3, 0, 2, 1)  # of their paths' bytes
FORMAT = Path(__file__).resolve().parents[3] / "docs" / "feature-format.md"


def stated(title: str) -> list[tuple[str, str]]:
    """The names and types of the columns in the table of docs/feature-format.md below a title."""
    section = (
        FORMAT.read_text(encoding="utf-8").partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    )
    return re.findall(r"^\| `(\w+)` \| ([^|]*) \|", section, re.MULTILINE)


def test_columns_are_those_of_the_document() -> None:
    assert vector_type() == pa.list_(pa.field("element", pa.float32(), nullable=False))
    names = {
        pa.string(): "utf8",
        pa.int64(): "int64",
        pa.timestamp("us", "UTC"): "timestamp, µs, UTC",
        vector_type(): "list&lt;float32&gt;",
    }
    for title, schema in (("Preprocessing", preprocessing_schema()), ("Results", results_schema())):
        assert [(field.name, names[field.type]) for field in schema] == stated(title)
    always = ["path", "label"]
    assert [field.name for field in preprocessing_schema() if not field.nullable] == always
    assert not any(field.nullable for field in results_schema())


def test_rows_come_back() -> None:
    data = part_of(ROWS)
    assert decode_rows(data, "part") == [ROWS[at] for at in ORDER]
    assert decode_rows(part_of([]), "part") == []
    good = good_rows(data, "part")
    assert good.column(0).to_pylist() == [ROWS[3].path, ROWS[0].path]
    assert good.column(2).to_pylist() == [[3.0, 3.0], [0.0, 0.0]], "each with its row"
    file = FileEntry("part", 1, "aa")
    assert part_entry(file, ROWS) == PartEntry(file, 2, 2, ROWS[3].path, ROWS[1].path)
    assert good_rows(part_of(ROWS[1:3]), "part").num_rows == 0


def test_metadata_tells_the_network() -> None:
    data = part_of(ROWS)
    assert own_metadata(data, "part") == part_metadata(MODEL)
    assert has_our_mark(pa.BufferReader(data), "part")


def test_columns_are_the_documented_ones() -> None:
    metadata = pq.read_metadata(io.BytesIO(part_of(ROWS)))
    columns = [metadata.row_group(0).column(number) for number in range(metadata.num_columns)]
    assert [column.path_in_schema for column in columns] == [
        "path",
        "label",
        "features.list.element",
        "size",
        "modified",
        "sha256",
        "error",
    ]
    expected = [
        "UNCOMPRESSED" if "features" in column.path_in_schema else "ZSTD" for column in columns
    ]
    assert [column.compression for column in columns] == expected
    assert not columns[2].has_dictionary_page


@pytest.mark.parametrize("kind", [pa.list_(pa.float32()), pa.large_list(pa.float32())])
def test_lists_of_every_writer_are_taken(kind: pa.DataType) -> None:
    features = pa.array([[9.0, 9.0], [1.0, 2.0]], kind).slice(1)
    assert good_rows(encode_preprocessing(ROWS[:1], features, MODEL), "part").column(2)[
        0
    ].as_py() == [
        1.0,
        2.0,
    ]


def numbers_are_required(data: bytes, column: str) -> bool:
    field = pq.ParquetFile(io.BytesIO(data)).schema_arrow.field(column)
    return not field.type.value_field.nullable


def test_numbers_are_required_also_where_they_come_from_an_older_part() -> None:
    """ClickHouse computes no distance of lists whose numbers may be null."""
    data = part_of(ROWS)
    assert numbers_are_required(data, "features")
    older = with_type(data, "features", pa.list_(pa.float32()))
    assert not numbers_are_required(older, "features")
    good = good_rows(older, "part")
    results = encode_results(good, pa.array([[1.0], [2.0]], pa.list_(pa.float32())), MODEL)
    assert good.column(2).to_pylist() == good_rows(data, "part").column(2).to_pylist()
    for column in ("features", "pca_features"):
        assert numbers_are_required(results, column)
    assert result_rows(results, "part").column(3).to_pylist() == [[1.0], [2.0]]


def test_no_number_may_be_null() -> None:
    with pytest.raises(Failed, match="null"):
        encode_preprocessing(ROWS[:1], pa.array([[1.0, None]], pa.list_(pa.float32())), MODEL)


@pytest.mark.parametrize("vector", [None, [1.0], [1.0, 2.0, 3.0]])
def test_features_must_fit_their_rows(vector: list[float] | None) -> None:
    with pytest.raises(Failed, match="do not fit"):
        encode_preprocessing(ROWS[:1], pa.array([vector], pa.list_(pa.float32())), MODEL)


def test_results() -> None:
    good = good_rows(part_of(ROWS), "part")
    scores = pa.array([[1.0], [2.0]], pa.list_(pa.float32()))
    table = pq.read_table(io.BytesIO(encode_results(good, scores, MODEL)))
    assert table.column_names == ["path", "label", "features", "pca_features"]
    assert table["pca_features"].to_pylist() == [[1.0], [2.0]]


def test_foreign_and_damaged_files_are_refused_by_name() -> None:
    data = part_of(ROWS)
    foreign = pa.BufferOutputStream()
    pq.write_table(pa.table({"path": [1], "label": ["a"]}), foreign)
    lacking = bytes(foreign.getvalue())
    assert not has_our_mark(pa.BufferReader(lacking), "part")
    assert not has_our_mark(pa.BufferReader(b"text"), "part")
    for bytes_ in (b"", b"PAR1", data[:-1], data[1:], lacking):
        with pytest.raises(Damaged, match="name.parquet"):
            decode_rows(bytes_, "name.parquet")
        with pytest.raises(Damaged, match="name.parquet"):
            good_rows(bytes_, "name.parquet")


def test_flipped_bits_give_rows_or_are_refused() -> None:
    data = part_of(ROWS)
    chance = random.Random(5)
    for _ in range(200):
        flipped = bytearray(data)
        flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        try:
            decode_rows(bytes(flipped), "part")
            good_rows(bytes(flipped), "part")
        except Damaged:
            pass


_TEXT = [pa.large_string(), pa.binary(), pa.dictionary(pa.int32(), pa.string())]
_VECTORS = [pa.list_(pa.float64()), pa.large_list(pa.float32()), pa.list_(pa.float32(), 2)]
_WRONG = [
    *((name, kind) for name in ("path", "label", "sha256", "error") for kind in _TEXT),
    *(("features", kind) for kind in _VECTORS),
    ("size", pa.int32()),
    ("size", pa.float64()),
    ("modified", pa.timestamp("ms", tz="UTC")),
    ("modified", pa.timestamp("us")),
    ("modified", pa.int64()),
]


def with_type(data: bytes, column: str, kind: pa.DataType) -> bytes:
    """The part with a column of another type; of plain lists, with its values."""
    table = pq.read_table(io.BytesIO(data))
    plain = pa.types.is_list(kind) and kind.value_type == pa.float32()
    values = table[column].cast(kind) if plain else pa.nulls(len(table), kind)
    table = table.set_column(table.schema.get_field_index(column), column, values)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return bytes(sink.getvalue())


@pytest.mark.parametrize(("column", "kind"), _WRONG, ids=str)
def test_a_column_of_another_type_is_named(column: str, kind: pa.DataType) -> None:
    data = with_type(part_of(ROWS), column, kind)
    message = rf"^name.parquet: column '{column}' holds .* instead of .*: run again$"
    for read in (decode_rows, good_rows):  # also where the column itself is not read
        with pytest.raises(Damaged, match=message):
            read(data, "name.parquet")


@pytest.mark.parametrize("column", ["path", "label", "features", "pca_features"])
def test_a_column_of_another_type_in_results_is_named(column: str) -> None:
    good = good_rows(part_of(ROWS), "part")
    results = encode_results(good, pa.array([[1.0], [2.0]], pa.list_(pa.float32())), MODEL)
    assert result_rows(results, "part").column(3).to_pylist() == [[1.0], [2.0]]
    require_results(results, "part")
    for kind in _TEXT if column in ("path", "label") else _VECTORS:
        for read in (result_rows, require_results):
            with pytest.raises(Damaged, match=f"name.parquet: column '{column}' holds "):
                read(with_type(results, column, kind), "name.parquet")
