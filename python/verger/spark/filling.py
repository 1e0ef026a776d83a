"""Make one part of Preprocessing from its planned rows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from verger._limits import limits
from verger.errors import Damaged
from verger.extractor import Extractor
from verger.runs.contents import Contents, Sources
from verger.runs.manifest import FileEntry
from verger.runs.photo import PhotoRow
from verger.runs.photo_batches import pieces
from verger.runs.read import read_photos, rejected
from verger.runs.storage import Place
from verger.runs.todo import Todo
from verger.spark.settings import PHOTOS_IN_A_BATCH


@dataclass(frozen=True)
class Before:
    """Features of an earlier run."""

    parts: list[FileEntry]  # by the plan's numbers; with no SHA-256 where no manifest has one
    contents: Contents | None  # None: no photo can have known content


class Filling:
    """One part in the making: what is known of each row so far."""

    def __init__(
        self, todo: list[Todo], photos: Place, out: Place, before: Before, max_bytes: int = 0
    ) -> None:
        self.known: set[int] = set()  # rows whose photos have known content
        self._todo = todo
        self._photos = photos
        self._before = before
        self._max_bytes = max_bytes  # of an encoded photo; 0: that of limits()
        self._rows = [
            PhotoRow(item.path, item.label, item.size, item.modified, item.sha256, item.error)
            for item in todo
        ]
        self._sources = Sources(out, before.parts)
        self._vectors: list[pa.Array] = []
        self._count = 0
        # The number of each row's vector; None for a reject.
        self._at: list[int | None] = [None] * len(todo)
        self._twins: dict[int, int] = {}  # rows with the same content as another row

    def run(self, extractor: Extractor, batch_size: int) -> tuple[list[PhotoRow], pa.Array]:
        """Return the rows, and a column of their features. `batch_size`: the network's, or 0."""
        self._take_over()
        for batch in extractor.stream(self._batches(batch_size)):
            indices, vectors, errors = batch.columns
            self._put(indices.to_pylist(), vectors)
            for index, error in zip(indices.to_pylist(), errors.to_pylist()):
                if error is not None:
                    self._reject(index, error)
        for index, same in self._twins.items():
            self._at[index] = self._at[same]
            error = self._rows[same].error
            if error is not None:
                self._reject(index, error)
        return self._rows, self._column()

    def _take_over(self) -> None:
        places = (
            (item.part, item.row, index)
            for index, item in enumerate(self._todo)
            if item.part is not None and item.row is not None and item.error is None
        )
        # Part by part, for only a few are in memory at a time.
        for part, row, index in sorted(places):
            item = self._todo[index]
            features = self._sources.features((part, row), item.sha256)
            if features is None:
                name = self._before.parts[part].name
                raise Damaged(f"{name} has no features of {item.path}: run again")
            self._put([index], features)

    def _put(self, indices: list[int], vectors: pa.Array) -> None:
        for index in indices:
            self._at[index] = self._count
            self._count += 1
        self._vectors.append(vectors)

    def _reject(self, index: int, error: str) -> None:
        self._rows[index] = rejected(self._rows[index], error)
        self._at[index] = None

    def _column(self) -> pa.Array:
        kind = pa.list_(pa.float32())
        if not self._vectors:
            return pa.nulls(len(self._at), kind)
        together = pa.concat_arrays([vectors.cast(kind) for vectors in self._vectors])
        return together.take(pa.array(self._at, pa.int64()))

    def _batches(self, batch_size: int) -> Iterator[pa.RecordBatch]:
        """Return batches of photos for the network; put rows and features of all others."""
        # Whole batches, or the network would compute empty places.
        own = batch_size or 1
        most = math.ceil(PHOTOS_IN_A_BATCH / own) * own
        bytes_ = limits().max_call_bytes
        return map(_batch, pieces(self._unknown(), most, lambda item: len(item[1]), bytes_))

    def _unknown(self) -> Iterator[tuple[int, bytes]]:
        """Read photos; yield those whose content no row has yet."""
        unread = [index for index, item in enumerate(self._todo) if not item.is_taken_over]
        first: dict[str | None, int] = {}
        photos = (self._todo[index].photo for index in unread)
        read = read_photos(self._photos, photos, self._max_bytes)
        for index, (row, content) in zip(unread, read):
            self._rows[index] = row
            if content is None:
                continue
            before = self._find(row.sha256)
            if before is not None:
                self.known.add(index)
                self._put([index], before)
            elif first.setdefault(row.sha256, index) != index:
                self.known.add(index)
                self._twins[index] = first[row.sha256]
            else:
                yield index, content

    def _find(self, sha256: str | None) -> pa.Array | None:
        contents = self._before.contents
        if contents is None or sha256 is None:
            return None
        source = contents.find(sha256)
        return self._sources.features(source, sha256) if source is not None else None


def _batch(few: list[tuple[int, bytes]]) -> pa.RecordBatch:
    indices, contents = zip(*few)
    columns = [pa.array(indices, pa.int32()), pa.array(contents, pa.binary())]
    return pa.RecordBatch.from_arrays(columns, names=["index", "content"])
