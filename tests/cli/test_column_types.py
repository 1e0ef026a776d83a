"""Parts whose columns have the right names and other types, as other writers may make them."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from program import parts, summary, table, verger

TEXT = [pa.large_string(), pa.binary(), pa.dictionary(pa.int32(), pa.string())]
VECTOR = [pa.list_(pa.float64()), pa.large_list(pa.float32()), pa.list_(pa.float32(), 8)]
WRONG = [
    *(
        ("Preprocessing", name, kind)
        for name in ("path", "label", "sha256", "error")
        for kind in TEXT
    ),
    *(("Preprocessing", "features", kind) for kind in VECTOR),
    ("Preprocessing", "size", pa.int32()),
    ("Preprocessing", "size", pa.float64()),
    ("Preprocessing", "modified", pa.timestamp("ms", tz="UTC")),
    ("Preprocessing", "modified", pa.timestamp("us")),
    ("Preprocessing", "modified", pa.int64()),
    *(("Results", name, kind) for name in ("path", "label") for kind in TEXT),
    *(("Results", "features", kind) for kind in VECTOR),
    *(("Results", "pca_features", kind) for kind in VECTOR[:2]),
]


def with_type(out: Path, kind: str, column: str, column_type: pa.DataType) -> Path:
    """Writes the part again with a column of another type, and says so in the manifest."""
    part = parts(out, kind)[0]
    before = hashlib.sha256(part.read_bytes()).hexdigest()
    rows = pq.ParquetFile(part).read()
    values = rows[column].combine_chunks()
    values = (
        pa.array(values.to_pylist(), column_type)
        if pa.types.is_nested(column_type) or pa.types.is_dictionary(column_type)
        else values.cast(column_type, safe=False)
    )
    index = rows.schema.get_field_index(column)
    metadata = pq.read_metadata(part).metadata or {}
    own = {key: value for key, value in metadata.items() if key.startswith(b"verger")}
    pq.write_table(rows.set_column(index, column, values).replace_schema_metadata(own), part)
    file = sorted((out / "_verger").glob("manifest-*.json"))[-1]
    text = file.read_text().replace(before, hashlib.sha256(part.read_bytes()).hexdigest())
    contents = json.loads(text)
    entries = contents["preprocessing"] + contents["reduction"]["results"]
    for entry in entries:
        if entry["name"] == f"{kind}/{part.name}":
            entry["bytes"] = part.stat().st_size
    file.write_text(json.dumps(contents))
    return part


@pytest.mark.parametrize(("kind", "column", "column_type"), WRONG, ids=str)
def test_another_type_is_named_by_every_command_and_mended_by_a_run(
    small: Path,
    small_out: Path,
    tiny: list[str],
    tmp_path: Path,
    kind: str,
    column: str,
    column_type: pa.DataType,
) -> None:
    out = tmp_path / "out"
    shutil.copytree(small_out, out)
    part = with_type(out, kind, column, column_type)
    photo = table(small_out)["path"][0].as_py()
    commands: list[list[str | Path]] = [["verify", out]]
    if kind == "Preprocessing":
        commands += [
            ["reduce", out, "-k", "2"],
            ["duplicates", out],
            ["forget", out, photo],
        ]
    else:
        commands += [["show", out], ["duplicates", out, "--within", "1"]]
    for command in commands:
        done = verger(*command, check=5)
        output = done.stdout + done.stderr
        assert f"{part.name}: column '{column}' holds " in output, command
        assert ": run again" in output, command
    verger("run", small, out, *tiny)
    verger("verify", out)
    assert table(out).equals(table(small_out))
    assert summary("show", out)["dimensions"] == [40, 4]
