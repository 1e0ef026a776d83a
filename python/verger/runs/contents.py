"""Features that were made before, by the bytes of their photos."""

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
from verger.runs.parts import PREPROCESSING_SCHEMA, decode_columns
from verger.runs.place import Place

_IN_MEMORY = 2  # parts, 128 MiB each at most: rows are asked for nearly in their order


class Contents(Handle):
    """verger_contents: where the features of a content are. Pickles, for other processes of a run.

    Memory: about 9 bytes a row of the output.
    """

    free = "verger_contents_free"

    @classmethod
    def load(cls, data: bytes) -> Contents:
        """What was pickled."""
        return cls("verger_contents_load", data, len(data))

    def __reduce__(self) -> tuple[Any, ...]:
        return Contents.load, (take_bytes("verger_contents_save", self._pointer),)

    def find(self, sha256: str) -> tuple[int, int] | None:
        """A part's number and a row of it, whose photo most likely had this hash."""
        part, row = ctypes.c_int64(), ctypes.c_int64()
        known = library().verger_contents_find(
            self._pointer, sha256.encode(), ctypes.byref(part), ctypes.byref(row)
        )
        return (part.value, row.value) if known else None


class Sources:
    """Features in parts that are there. For one thread."""

    def __init__(self, place: Place, parts: Sequence[FileEntry]) -> None:
        """`parts`: by their numbers, with a SHA-256 of "" where no manifest vouches for one."""
        self._place = place
        self._parts = parts
        self._latest: deque[tuple[int, pa.RecordBatch]] = deque(maxlen=_IN_MEMORY)

    def features(self, source: tuple[int, int], sha256: str | None) -> pa.Array | None:
        """The features in a row of a part, as a column of one; None if its photo had other bytes.

        Errors: Damaged if the part is not what was written.
        """
        part, row = source
        hashes, features = self._load(part).columns
        if row >= len(hashes) or sha256 is None or hashes[row].as_py() != sha256:
            return None
        vector = features.take(pa.array([row]))  # a copy: the part goes
        return vector if vector.null_count == 0 else None

    def _load(self, number: int) -> pa.RecordBatch:
        for part, rows in self._latest:
            if part == number:
                return rows
        entry = self._parts[number]
        # What was damaged after it was written must not be copied as if it were right.
        data = read_entry(self._place, entry) if entry.sha256 else self._place.read(entry.name)
        rows = decode_columns(
            data, self._place.path_of(entry.name), ["sha256", "features"], PREPROCESSING_SCHEMA
        )
        self._latest.append((number, rows))
        return rows
