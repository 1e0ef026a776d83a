"""Features of earlier runs, by the SHA-256 of their photos."""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from verger._handle import Handle
from verger._library import library, take_bytes
from verger.runs.manifest import FileEntry
from verger.runs.output import read_entry
from verger.runs.parts import decode_columns, preprocessing_schema
from verger.runs.place import Place

_IN_MEMORY = 2  # parts, of at most 128 MiB each: rows are requested nearly in order


class Contents(Handle):
    """verger_contents: part and row of the features of each photo. Pickles, for other processes.

    Memory: about 9 bytes a row of the output.
    """

    free = "verger_contents_free"

    @classmethod
    def load(cls, data: bytes) -> Contents:
        """Restore contents from their pickled bytes."""
        return cls("verger_contents_load", data, len(data))

    def __reduce__(self) -> tuple[Any, ...]:
        return Contents.load, (take_bytes("verger_contents_save", self._pointer),)

    def find(self, sha256: str) -> tuple[int, int] | None:
        """Return part and row numbers of a photo that most likely has this hash; None if there is
        none.
        """
        part, row = ctypes.c_int64(), ctypes.c_int64()
        known = library().verger_contents_find(
            self._pointer, sha256.encode(), ctypes.byref(part), ctypes.byref(row)
        )
        return (part.value, row.value) if known else None


class Sources:
    """Features in existing parts. For one thread."""

    def __init__(self, place: Place, parts: Sequence[FileEntry]) -> None:
        """Read features from `parts`: by their numbers, with a SHA-256 of "" where no manifest
        vouches for one.
        """
        self._place = place
        self._parts = parts
        self._latest: deque[tuple[int, pa.RecordBatch]] = deque(maxlen=_IN_MEMORY)

    def features(self, source: tuple[int, int], sha256: str | None) -> pa.Array | None:
        """Return the features in a row of a part, as a column of one; None if its photo had other
        bytes.

        Errors: Damaged if the part is not what was written.
        """
        part, row = source
        hashes, features = self._load(part).columns
        if row >= len(hashes) or sha256 is None or hashes[row].as_py() != sha256:
            return None
        vector = features.take(pa.array([row]))  # a copy: the part is dropped
        return vector if vector.null_count == 0 else None

    def _load(self, number: int) -> pa.RecordBatch:
        for part, rows in self._latest:
            if part == number:
                return rows
        entry = self._parts[number]
        # A part that was damaged after it was written must not be copied.
        data = read_entry(self._place, entry) if entry.sha256 else self._place.read(entry.name)
        rows = decode_columns(
            data, self._place.path_of(entry.name), ["sha256", "features"], preprocessing_schema()
        )
        self._latest.append((number, rows))
        return rows
