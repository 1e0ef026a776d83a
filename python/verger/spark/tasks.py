"""What an executor does with one part of an output: fill it, gather its moments, project it.

A task makes whole parts and puts them, finished, where they belong, under names that the driver
gave. So a task that is run twice, or a driver that dies, costs the parts that were under way.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from verger._limits import limits
from verger.errors import Damaged
from verger.find_model import ModelFile
from verger.moments import moments_of
from verger.pca import Pca
from verger.runs.contents import Contents, Sources
from verger.runs.manifest import (
    REJECTS_LISTED,
    FileEntry,
    ModelIdentity,
    PartEntry,
    Reject,
    ResultEntry,
)
from verger.runs.output import entry_of, read_entry
from verger.runs.parts import (
    PREPROCESSING_SCHEMA,
    PhotoRow,
    decode_columns,
    decode_rows,
    encode_preprocessing,
    own_metadata,
    part_entry,
    part_metadata,
)
from verger.runs.read import read_photos, rejected
from verger.runs.reduction import project_part
from verger.runs.storage import Place
from verger.runs.todo import Todo, unpack
from verger.spark.settings import PHOTOS_IN_A_BATCH
from verger.spark.worker import extractor_of

if TYPE_CHECKING:
    from pyspark import Accumulator, Broadcast


@dataclass(frozen=True)
class PartToFill:
    """A part that will be there under `name`."""

    name: str
    rows: bytes  # of TodoRows.cut, in the order of paths


@dataclass
class FilledPart:
    """What came of it. Rejects and labels: of rows that are not taken over."""

    entry: PartEntry
    rejects: list[Reject]  # the first by path
    labels: set[str]  # of rows with features
    extracted: int  # photos that went through the network, or were rejected now
    taken: pa.Array | None  # row by row, whether it is taken over; None: no row is


@dataclass(frozen=True)
class Before:
    """Features that were made before."""

    parts: list[FileEntry]  # by the plan's numbers; with no SHA-256 where no manifest has one
    contents: Contents | None  # None: there are none that photos may have


@dataclass(frozen=True)
class Fill:
    """Reads, extracts and publishes parts of Preprocessing."""

    photos: Place
    out: Place
    identity: ModelIdentity
    file: Broadcast[ModelFile]
    key: str
    batch_size: int
    threads: int  # of the engine; 0: as many as a task has cores
    before: Broadcast[Before]
    done: Accumulator[int]  # photos

    def __call__(self, part: PartToFill) -> FilledPart:
        todo = unpack(part.rows)
        if self.out.exists(part.name):
            self.done.add(len(todo))  # what a failed attempt counted does not count
            return self._adopted(part.name, todo)
        filling = _Filling(self, todo)
        rows, features = filling.run()
        data = encode_preprocessing(rows, features, self.identity)
        self.done.add(len(todo))
        # Of two attempts at once, on machines whose last bits differ, one file must be counted.
        if not self.out.publish_new(part.name, data):
            return self._adopted(part.name, todo)
        return _filled(part.name, data, rows, todo, len(filling.known))

    def _adopted(self, name: str, todo: list[Todo]) -> FilledPart:
        """What another attempt at this task has put already.

        Errors: Damaged if it was no such attempt: tasks of a driver that died may still write.
        """
        data = self.out.read(name)
        rows = decode_rows(data, name)
        same = own_metadata(data, name) == part_metadata(self.identity) and len(rows) == len(todo)
        if not same or not all(map(_speaks_of, rows, todo)):
            raise Damaged(f"{name}: holds other features than it should: run again")
        return _filled(name, data, rows, todo, 0)


def _speaks_of(row: PhotoRow, item: Todo) -> bool:
    """Whether a row is of the photo as it was listed, or of one that could not be read."""
    same = (row.size, row.modified) in ((item.size, item.modified or 0), (None, None))
    return same and row.path == item.path


def _filled(
    name: str, data: bytes, rows: list[PhotoRow], todo: list[Todo], known: int
) -> FilledPart:
    """`known`: photos that were read and whose bytes had features already."""
    made = [row for row, item in zip(rows, todo) if not item.is_taken_over]
    rejects = [Reject(row.path, row.error) for row in made if row.error is not None]
    return FilledPart(
        part_entry(entry_of(name, data), rows),
        rejects[:REJECTS_LISTED],
        {row.label for row in made if row.error is None},
        len(made) - known,
        pa.array([item.is_taken_over for item in todo]) if len(made) < len(todo) else None,
    )


class _Filling:
    """One part on its way: of each row what is known of it so far."""

    def __init__(self, fill: Fill, todo: list[Todo]) -> None:
        self.known: set[int] = set()  # rows whose photos had bytes that are known
        self._fill = fill
        self._todo = todo
        self._rows = [
            PhotoRow(item.path, item.label, item.size, item.modified, item.sha256, item.error)
            for item in todo
        ]
        self._sources = Sources(fill.out, fill.before.value.parts)
        self._vectors: list[pa.Array] = []
        self._count = 0
        # Row by row: which of all vectors; None for a reject.
        self._at: list[int | None] = [None] * len(todo)
        self._twins: dict[int, int] = {}  # rows that have the bytes of another of them

    def run(self) -> tuple[list[PhotoRow], pa.Array]:
        """The rows, and a column of their features."""
        self._take_over()
        fill = self._fill
        extractor = extractor_of(fill.file, fill.key, fill.batch_size, fill.threads)
        for batch in extractor.stream(self._batches()):
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
        for index, item in enumerate(self._todo):
            if item.part is None or item.row is None or item.error is not None:
                continue
            found = self._sources.features((item.part, item.row), item.sha256)
            if found is None:
                name = self._fill.before.value.parts[item.part].name
                raise Damaged(f"{name}: has no features of {item.path}: run again")
            self._put([index], found)

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

    def _batches(self) -> Iterator[pa.RecordBatch]:
        """Photos that must go through the network; of all others, rows and features are put."""
        # Whole batches of the network's, or it would compute places that are empty.
        own = self._fill.batch_size or 1
        most = math.ceil(PHOTOS_IN_A_BATCH / own) * own
        few: list[tuple[int, bytes]] = []
        size = 0
        for index, content in self._unknown():
            few.append((index, content))
            size += len(content)
            if len(few) == most or size >= limits().max_call_bytes:
                yield _batch(few)
                few, size = [], 0
        if few:
            yield _batch(few)

    def _unknown(self) -> Iterator[tuple[int, bytes]]:
        """Of all photos that are to be read, those whose bytes no row has yet."""
        unread = [index for index, item in enumerate(self._todo) if not item.is_taken_over]
        first: dict[str | None, int] = {}
        photos = (self._todo[index].photo for index in unread)
        for index, (row, content) in zip(unread, read_photos(self._fill.photos, photos)):
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
        contents = self._fill.before.value.contents
        if contents is None or sha256 is None:
            return None
        found = contents.find(sha256)
        return self._sources.features(found, sha256) if found is not None else None


def _batch(few: list[tuple[int, bytes]]) -> pa.RecordBatch:
    indices, contents = zip(*few)
    columns = [pa.array(indices, pa.int32()), pa.array(contents, pa.binary())]
    return pa.RecordBatch.from_arrays(columns, names=["index", "content"])


# A part of Preprocessing, and row by row whether it is not to be counted; None: all are.
PartToGather = tuple[FileEntry, "pa.Array | None"]


@dataclass(frozen=True)
class GatherParts:
    """Parts of Preprocessing to their saved moments, by the task's number; none has no features."""

    out: Place

    def __call__(self, task: int, parts: Iterable[PartToGather]) -> Iterator[tuple[int, bytes]]:
        moments = moments_of(self._rows(*part) for part in parts)
        if moments is not None:
            yield task, moments.save()

    def _rows(self, part: FileEntry, but: pa.Array | None) -> pa.RecordBatch:
        rows = decode_columns(
            read_entry(self.out, part), part.name, ["features"], PREPROCESSING_SCHEMA
        )
        return rows if but is None else rows.filter(pc.invert(but))


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
