"""What an executor does with one part of an output: fill it, gather its moments, project it.

A task makes whole parts and puts them, finished, where they belong, under names that the driver
gave. So a task that is run twice, or a driver that dies, costs the parts that were under way.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

import pyarrow as pa

from verger._library import borrowed, library
from verger._limits import limits
from verger.errors import Damaged
from verger.find_model import ModelFile
from verger.moments import moments_of
from verger.pca import Pca
from verger.runs.listing import Photo
from verger.runs.manifest import ModelIdentity, PartEntry, Reject, ResultEntry
from verger.runs.output import entry_of
from verger.runs.parts import (
    PhotoRow,
    decode_rows,
    encode_preprocessing,
    good_rows,
    own_metadata,
    part_entry,
    part_metadata,
)
from verger.runs.plan import Source, Todo
from verger.runs.read import read_photo
from verger.runs.reduction import project_part
from verger.runs.storage import Place
from verger.spark.settings import PHOTOS_IN_A_BATCH
from verger.spark.worker import extractor_of

if TYPE_CHECKING:
    from pyspark import Accumulator, Broadcast

# Photos read at a time: a bucket answers in tens of milliseconds, the engine must not wait for it.
_READERS = 8


@dataclass(frozen=True)
class PartToFill:
    """A part that will be there under `name`, a row for each photo in their order."""

    name: str
    photos: tuple[Todo, ...]


@dataclass
class FilledPart:
    """What came of it."""

    entry: PartEntry
    rejects: list[Reject] = field(default_factory=list)
    extracted: int = 0  # photos that went through the network, or were rejected now


@dataclass(frozen=True)
class Fill:
    """Reads, extracts and publishes parts of Preprocessing."""

    photos: Place
    out: Place
    identity: ModelIdentity
    file: Broadcast[ModelFile]
    key: str
    batch_size: int
    contents: Broadcast[dict[str, Source]]  # where features of the same bytes are
    done: Accumulator[int]  # photos

    def __call__(self, part: PartToFill) -> FilledPart:
        if self.out.exists(part.name):
            self.done.add(len(part.photos))  # what a failed attempt counted does not count
            return self._adopted(part)
        rows = [to_do.row for to_do in part.photos]
        sources = [to_do.source for to_do in part.photos]
        copies: dict[int, int] = {}
        wanted = self._wanted(part, rows, sources, copies)
        features = _Features(self.out, len(rows))
        for batch in extractor_of(self.file, self.key, self.batch_size).stream(wanted):
            indices, vectors, errors = batch.columns
            first = features.append(vectors)
            for at, (index, error) in enumerate(zip(indices.to_pylist(), errors.to_pylist())):
                if error is None:
                    features.at[index] = first + at
                else:
                    rows[index] = _rejected(_there(rows[index]), error)
        for index, same in copies.items():
            error = _there(rows[same]).error
            if error is not None:
                rows[index] = _rejected(_there(rows[index]), error)
            features.at[index] = features.at[same]
        features.take(sources)
        whole = [_there(row) for row in rows]
        data = encode_preprocessing(whole, features.column(), self.identity)
        self.done.add(len(whole))
        # Of two attempts at once, on machines whose last bits differ, one file must be counted.
        if not self.out.publish_new(part.name, data):
            return self._adopted(part)
        pairs = zip(part.photos, sources)
        extracted = sum(to_do.row is None and source is None for to_do, source in pairs)
        return _filled(part.name, data, whole, extracted - len(copies))

    def _adopted(self, part: PartToFill) -> FilledPart:
        """What another attempt at this task has put already.

        Errors: Damaged if it was no such attempt: tasks of a driver that died may still write.
        """
        data = self.out.read(part.name)
        rows = decode_rows(data, part.name)
        same = own_metadata(data, part.name) == part_metadata(self.identity)
        same &= len(rows) == len(part.photos)
        if not same or not all(map(_speaks_of, rows, (to_do.photo for to_do in part.photos))):
            raise Damaged(f"{part.name}: holds other features than it should: run again")
        return _filled(part.name, data, rows, sum(to_do.row is None for to_do in part.photos))

    def _wanted(
        self,
        part: PartToFill,
        rows: list[PhotoRow | None],
        sources: list[Source | None],
        copies: dict[int, int],
    ) -> Iterator[pa.RecordBatch]:
        """Photos that must go through the network; the rows of all others are put on the way.

        `copies` gets those whose bytes another of them has, and which.
        """
        # Whole batches of the network's, or it would compute places that are empty.
        own = self.batch_size or 1
        most = math.ceil(PHOTOS_IN_A_BATCH / own) * own
        held: list[tuple[int, bytes]] = []
        seen: dict[str | None, int] = {}
        size = 0
        unread = [(i, to_do.photo) for i, to_do in enumerate(part.photos) if to_do.row is None]
        for index, row, content in self._read(unread):
            rows[index] = row
            if content is None:
                continue
            sources[index] = self.contents.value.get(row.sha256 or "")
            if sources[index] is None and seen.setdefault(row.sha256, index) != index:
                copies[index] = seen[row.sha256]
            elif sources[index] is None:
                held.append((index, content))
                size += len(content)
            if len(held) == most or size >= limits().max_call_bytes:
                yield _batch(held)
                held, size = [], 0
        if held:
            yield _batch(held)

    def _read(
        self, photos: Iterable[tuple[int, Photo]]
    ) -> Iterator[tuple[int, PhotoRow, bytes | None]]:
        """Reads photos side by side; gives them in order, a few in memory at a time."""
        pending: deque[tuple[int, Future[tuple[PhotoRow, bytes | None]]]] = deque()
        with ThreadPoolExecutor(_READERS, thread_name_prefix="verger-read") as pool:
            for index, photo in photos:
                pending.append((index, pool.submit(self._read_one, photo)))
                if len(pending) == 2 * _READERS:
                    first, done = pending.popleft()
                    yield (first, *done.result())
            for first, done in pending:
                yield (first, *done.result())

    def _read_one(self, photo: Photo) -> tuple[PhotoRow, bytes | None]:
        outcome = read_photo(self.photos, photo)
        row = PhotoRow(photo.path, photo.label, photo.size, photo.modified, None, None)
        if outcome.content is not None:
            return row._replace(sha256=sha256(outcome.content).hexdigest()), outcome.content
        # Without a size the next run tries the photo again.
        if outcome.transient:
            row = row._replace(size=None, modified=None)
        return row._replace(error=outcome.error), None


def _rejected(row: PhotoRow, error: str) -> PhotoRow:
    row = row._replace(error=error)
    # Without a size the next run tries the photo again.
    later = library().verger_may_pass_later(borrowed(error))
    return row._replace(size=None, modified=None) if later else row


def _speaks_of(row: PhotoRow, photo: Photo) -> bool:
    """Whether a row is of the photo as it was listed, or of one that could not be read."""
    same = (row.size, row.modified) in ((photo.size, photo.modified), (None, None))
    return same and row.path == photo.path


def _filled(name: str, data: bytes, rows: list[PhotoRow], extracted: int) -> FilledPart:
    rejects = [Reject(row.path, row.error) for row in rows if row.error is not None]
    return FilledPart(part_entry(entry_of(name, data), rows), rejects, extracted)


class _Features:
    """Feature vectors of a part's rows, from wherever they come, to one column."""

    def __init__(self, out: Place, rows: int) -> None:
        # Row by row: which of all vectors appended so far; None for a reject.
        self.at: list[int | None] = [None] * rows
        self._out = out
        self._chunks: list[pa.Array] = []
        self._length = 0

    def append(self, vectors: pa.Array) -> int:
        """Where the first of these vectors now stands."""
        self._chunks.append(vectors)
        self._length += len(vectors)
        return self._length - len(vectors)

    def take(self, sources: Sequence[Source | None]) -> None:
        """Takes the vectors of rows that have a source, from one part after the other."""
        by_part: dict[str, list[tuple[int, str]]] = {}
        for index, source in enumerate(sources):
            if source is not None:
                by_part.setdefault(source.part, []).append((index, source.path))
        for part, wanted in by_part.items():
            paths, _, vectors = good_rows(self._out.read(part), part).columns
            there = {path: at for at, path in enumerate(paths.to_pylist())}
            for _, path in wanted:
                if path not in there:
                    raise Damaged(f"{part}: has no features of {path}: run again")
            rows = pa.array([there[path] for _, path in wanted], pa.int64())
            first = self.append(vectors.take(rows))
            for at, (index, _) in enumerate(wanted):
                self.at[index] = first + at

    def column(self) -> pa.Array:
        kind = pa.list_(pa.float32())
        if not self._chunks:
            return pa.nulls(len(self.at), kind)
        together = pa.concat_arrays([chunk.cast(kind) for chunk in self._chunks])
        return together.take(pa.array(self.at, pa.int64()))


def _there(row: PhotoRow | None) -> PhotoRow:
    assert row is not None  # every photo has a row, or was read and got one
    return row


def _batch(held: list[tuple[int, bytes]]) -> pa.RecordBatch:
    indices, contents = zip(*held)
    columns = [pa.array(indices, pa.int32()), pa.array(contents, pa.binary())]
    return pa.RecordBatch.from_arrays(columns, names=["index", "content"])


@dataclass(frozen=True)
class GatherParts:
    """Parts of Preprocessing to their saved moments, by the task's number; none has no features."""

    out: Place
    but: frozenset[str] = frozenset()  # photos that are not to be counted, by their paths

    def __call__(self, task: int, names: Iterable[str]) -> Iterator[tuple[int, bytes]]:
        moments = moments_of(self._rows(name) for name in names)
        if moments is not None:
            yield task, moments.save()

    def _rows(self, name: str) -> pa.RecordBatch:
        rows = good_rows(self.out.read(name), name)
        if not self.but:
            return rows
        return rows.filter(pa.array([path not in self.but for path in rows.column(0).to_pylist()]))


@dataclass(frozen=True)
class ProjectPart:
    """Makes the part of Results that belongs to a part of Preprocessing, and stages it."""

    out: Place
    run: str  # Output.run
    pca: Broadcast[Pca]
    scores: str
    identity: ModelIdentity

    def __call__(self, task: tuple[PartEntry, str]) -> ResultEntry:
        return project_part(self.out, self.run, task, self.pca.value, self.scores, self.identity)
