"""What an executor does with one part of an output: fill it, gather its moments, project it.

A task makes whole parts and publishes them under names from the driver. So a task that runs twice,
or a driver that dies, costs only the parts in progress.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from verger.errors import Damaged
from verger.find_model import ModelFile
from verger.moments import moments_of
from verger.pca import Pca
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
    decode_columns,
    decode_rows,
    encode_preprocessing,
    own_metadata,
    part_entry,
    part_metadata,
    preprocessing_schema,
)
from verger.runs.photo import PhotoRow
from verger.runs.reduction import project_part
from verger.runs.storage import Place
from verger.runs.todo import Todo, unpack
from verger.spark.executors import Counter, Shared
from verger.spark.filling import Before, Filling
from verger.spark.worker import extractor_of


@dataclass(frozen=True)
class PartToFill:
    """A part to be published under `name`."""

    name: str
    rows: bytes  # of TodoRows.cut, in the order of paths


@dataclass
class FilledPart:
    """A filled part. Rejects and labels: of rows that are not taken over."""

    entry: PartEntry
    rejects: list[Reject]  # the first by path
    labels: set[str]  # of rows with features
    extracted: int  # photos that went through the network, or were rejected now
    taken_over: pa.Array | None  # row by row, whether it is taken over; None: no row is


@dataclass(frozen=True)
class Fill:
    """Reads, extracts and publishes parts of Preprocessing."""

    photos: Place
    out: Place
    identity: ModelIdentity
    file: Shared[ModelFile]
    key: str
    batch_size: int
    threads: int  # of the engine; 0: as many as a task has cores
    before: Shared[Before]
    done: Counter | None  # photos
    max_pixels: int = 0  # of a photo, and its bytes as a file; 0: those of limits()
    max_bytes: int = 0

    def __call__(self, part: PartToFill) -> FilledPart:
        self.photos.require_visible()
        todo = unpack(part.rows)
        if self.out.exists(part.name):
            self._count(todo)  # Spark drops what a failed attempt counted
            return self._adopted(part.name, todo)
        extractor = extractor_of(
            self.file, self.key, self.batch_size, self.threads, self.max_pixels, self.max_bytes
        )
        filling = Filling(todo, self.photos, self.out, self.before.value, self.max_bytes)
        rows, features = filling.run(extractor, self.batch_size)
        data = encode_preprocessing(rows, features, self.identity)
        self._count(todo)
        # Of two attempts at once, which may differ in their last bits, one file must be counted.
        if not self.out.publish_new(part.name, data):
            return self._adopted(part.name, todo)
        return _filled(part.name, data, rows, todo, len(filling.known))

    def _count(self, todo: list[Todo]) -> None:
        if self.done is not None:
            self.done.add(len(todo))

    def _adopted(self, name: str, todo: list[Todo]) -> FilledPart:
        """Return the part that another attempt at this task has published.

        Errors: Damaged if it is of another task: tasks of a dead driver may still write.
        """
        data = self.out.read(name)
        rows = decode_rows(data, name)
        same = own_metadata(data, name) == part_metadata(self.identity) and len(rows) == len(todo)
        if not same or not all(map(_is_of, rows, todo)):
            raise Damaged(f"{name}: holds other features than it should: run again")
        return _filled(name, data, rows, todo, 0)


def _is_of(row: PhotoRow, item: Todo) -> bool:
    """Return whether a row is of the listed photo, or of one that could not be read."""
    same = (row.size, row.modified) in ((item.size, item.modified or 0), (None, None))
    return same and row.path == item.path


def _filled(
    name: str, data: bytes, rows: list[PhotoRow], todo: list[Todo], known: int
) -> FilledPart:
    """`known`: photos that were read and whose bytes had features already."""
    new_rows = [row for row, item in zip(rows, todo) if not item.is_taken_over]
    rejects = [Reject(row.path, row.error) for row in new_rows if row.error is not None]
    return FilledPart(
        part_entry(entry_of(name, data), rows),
        rejects[:REJECTS_LISTED],
        {row.label for row in new_rows if row.error is None},
        len(new_rows) - known,
        pa.array([item.is_taken_over for item in todo]) if len(new_rows) < len(todo) else None,
    )


# A part of Preprocessing, and row by row whether it is not to be counted; None: all are.
PartToGather = tuple[FileEntry, "pa.Array | None"]


@dataclass(frozen=True)
class GatherParts:
    """Parts of Preprocessing to their saved moments, by the task's number; no features, no row."""

    out: Place

    def __call__(self, task: int, parts: Iterable[PartToGather]) -> Iterator[tuple[int, bytes]]:
        moments = moments_of(self._rows(*part) for part in parts)
        if moments is not None:
            yield task, moments.save()

    def _rows(self, part: FileEntry, but: pa.Array | None) -> pa.RecordBatch:
        rows = decode_columns(
            read_entry(self.out, part), part.name, ["features"], preprocessing_schema()
        )
        return rows if but is None else rows.filter(pc.invert(but))


@dataclass(frozen=True)
class ProjectPart:
    """Makes the part of Results that belongs to a part of Preprocessing, and stages it."""

    out: Place
    run: str  # Output.run
    pca: Shared[Pca]
    scores: str
    identity: ModelIdentity

    def __call__(self, task: tuple[PartEntry, str]) -> ResultEntry:
        return project_part(self.out, self.run, task, self.pca.value, self.scores, self.identity)
