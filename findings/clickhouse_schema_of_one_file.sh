#!/usr/bin/env bash
# ClickHouse (chdb 4.4.0) takes the columns' types of a pattern from one of its files: the same query over
# the same two files computes or fails by what they are called.
#
# The lists of one file have required elements, of the other optional ones, none of them null. Distances are
# computed of Array(Float32) only. Seen: where the optional file has the last name, Code 43 ("nested type
# Nullable(Float32)"); where the required one has it, the distance. A cast, features::Array(Float32), works for both.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check chdb==4.4.0 pyarrow==25.0.1
cd "$folder"
venv/bin/python - <<'PY'
import os

import chdb
import pyarrow as pa
import pyarrow.parquet as pq

QUERY = "SELECT max(cosineDistance({0}, [1, 2]::Array(Float32))) FROM file('{1}/*.parquet')"


def write(folder, name, nullable):
    os.makedirs(folder, exist_ok=True)
    kind = pa.list_(pa.field("element", pa.float32(), nullable))
    column = pa.array([[1.0, 2.0], [2.0, 1.0]], kind)
    pq.write_table(pa.table({"features": column}), f"{folder}/{name}.parquet")


def seen(folder, column="features"):
    try:
        return f"{float(str(chdb.query(QUERY.format(column, folder)))):.1f}"
    except RuntimeError as error:
        return "Code 43" if "Code: 43." in str(error) and "Nullable(Float32)" in str(error) else str(error)


write("required_first", "a", False)
write("required_first", "b", True)
write("optional_first", "a", True)
write("optional_first", "b", False)
print(chdb.__version__)
told = {folder: seen(folder) for folder in ("required_first", "optional_first")}
cast = {folder: seen(folder, "features::Array(Float32)") for folder in told}
print(told, cast)
assert sorted(told.values()) == ["0.2", "Code 43"], "this has changed"
assert set(cast.values()) == {"0.2"}, "this has changed"
PY
