#!/usr/bin/env python3
"""Writes the rows of an output as a script by pyarrow does: the peer of beside_pyarrow.py.

    arrow_writer.py WAY SOURCE OUT SOCKET CALLS

WAY: file, one file by pyarrow.parquet.write_table; dataset, files of 512 rows by
pyarrow.dataset.write_dataset, which replace those of OUT. SOURCE has the rows as an Arrow file. The
last two arguments put it behind the gate once all is imported and read.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

sys.path.append(str(Path(__file__).resolve().parents[1]))

from faults.launch import send_listener  # noqa: E402

PART = 512


def write(way: str, table: pa.Table, out: Path) -> None:
    if way == "file":
        out.mkdir(exist_ok=True)
        pq.write_table(table, out / "part.parquet")
        return
    ds.write_dataset(
        table,
        out,
        format="parquet",
        max_rows_per_file=PART,
        max_rows_per_group=PART,
        existing_data_behavior="delete_matching",
    )


def main() -> None:
    way, source, out, *gate = sys.argv[1:]
    # Without Arrow's threads: those that are there before the gate never wait at it.
    options = pa.ipc.IpcReadOptions(use_threads=False)
    rows = pa.BufferReader(Path(source).read_bytes())
    table = pa.ipc.open_file(rows, options=options).read_all()
    send_listener(*gate)
    write(way, table, Path(out))


if __name__ == "__main__":
    main()
