"""What the cases do to an output, by name: each takes OUT and its words in cases.json."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


def remove(out: Path, name: str) -> None:
    (out / name).unlink()


def link(out: Path, name: str, target: str) -> None:
    """The file is replaced by a symbolic link."""
    (out / name).unlink(missing_ok=True)
    (out / name).symlink_to(target)


def write(out: Path, name: str, text: str) -> None:
    (out / name).write_text(text)


def folder(out: Path, name: str) -> None:
    (out / name).mkdir()


def copy(out: Path, name: str, to: str) -> None:
    shutil.copy2(out / name, out / to)


def cut(out: Path, name: str, size: int) -> None:
    os.truncate(out / name, size)


def flip(out: Path, name: str, at: int, time: str) -> None:
    """Turns one bit of a byte over. `time`: "kept", as a bad disk does it, or "new"."""
    file = out / name
    status = file.stat()
    content = bytearray(file.read_bytes())
    content[at] ^= 0x10
    file.write_bytes(content)
    if time == "kept":
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def edit(out: Path, name: str, *keys: Any) -> None:
    """Sets a value of a JSON document: its keys, then the value."""
    *keys_before, last, value = keys
    document = json.loads((out / name).read_text())
    place = document
    for key in keys_before:
        place = place[key]
    place[last] = value
    (out / name).write_text(json.dumps(document))


def cast(out: Path, name: str, column: str, numbers: str) -> None:
    """A part with a column of lists of other numbers, and all its metadata."""
    table = pq.read_table(out / name)
    kind = pa.list_(pa.field("element", getattr(pa, numbers)()))
    at = table.schema.get_field_index(column)
    metadata = pq.read_metadata(out / name).metadata
    table = table.set_column(at, column, table[column].cast(kind))
    pq.write_table(table.replace_schema_metadata(metadata), out / name)


def mark(out: Path, name: str, network: str) -> None:
    """A part of another network, by its SHA-256; "": of none, as the parts of others."""
    metadata = dict(pq.read_metadata(out / name).metadata)
    metadata[b"verger.model.sha256"] = network.encode()
    if not network:
        metadata = {}
    pq.write_table(pq.read_table(out / name).replace_schema_metadata(metadata), out / name)


def seal(out: Path, name: str) -> None:
    """The latest manifest says of a file what it is now."""
    manifest = max((out / "_verger").glob("manifest-*.json"))
    document = json.loads(manifest.read_text())
    content = (out / name).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    reduction = document["reduction"]
    for entry in [*document["preprocessing"], *reduction["results"], reduction["pca"]]:
        if entry["name"] == name:
            for result in reduction["results"]:
                if result["source"] == entry["sha256"]:
                    result["source"] = digest
            entry.update(bytes=len(content), sha256=digest)
    manifest.write_text(json.dumps(document))


OPERATIONS: dict[str, Callable[..., None]] = {
    operation.__name__: operation
    for operation in (remove, link, write, folder, copy, cut, flip, edit, cast, mark, seal)
}
