"""Count and mean of each label, and the scatter about the means: all that LDA needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from verger._arrow import exported
from verger._columns import floats, texts
from verger._handle import Handle
from verger._library import call, library, take_bytes
from verger._numbers import whole
from verger.errors import BadCall

_TRANSFORMS = ("none", "root")
# Rows of one call: fewer take more time a row, for each call updates the whole scatter.
_ROWS = 2048


class ClassMoments(Handle):
    """Moments of labelled feature vectors of one dimension. Not safe from many threads. Pickles."""

    free = "verger_class_moments_free"

    def __init__(self, dimension: int) -> None:
        """Create empty moments. Errors: BadCall unless 1 <= dimension <= 65536."""
        count = whole(dimension)
        if count is None or not 1 <= count <= 65536:
            raise BadCall(f"dimension {dimension!r}: give a whole number from 1 to 65536")
        super().__init__("verger_class_moments_create", count)

    @classmethod
    def load(cls, data: bytes) -> ClassMoments:
        """Restore the moments of `save`, bit for bit. Errors: BadInput for other bytes."""
        loaded = cls.__new__(cls)
        Handle.__init__(loaded, "verger_class_moments_load", data, len(data))
        return loaded

    def save(self) -> bytes:
        """Return the moments as a safetensors file: 6.6 MB and 10 kB a label for 1280 features."""
        return take_bytes("verger_class_moments_save", self._pointer)

    def __reduce__(self) -> tuple[Any, ...]:
        return ClassMoments.load, (self.save(),)

    @property
    def count(self) -> int:
        """Feature vectors counted so far."""
        return int(library().verger_class_moments_count(self._pointer))

    def add(
        self,
        rows: pa.Table | pa.RecordBatch,
        transform: str = "root",
        *,
        features: str = "features",
        label: str = "label",
    ) -> None:
        """Add a column of lists of numbers by their labels; rows without features are skipped.

        `transform`: "root" (square root, then length 1) or "none"; of all parts the same.

        Errors: BadInput for a row of another length or a number that is not finite; BadCall for a
                row with features that has no label. Then nothing of the batch is counted.
        Cost:   rows sorted by label are added fastest.
        """
        require_transform(transform)
        for batch in batches_of(rows):
            with exported(labelled(batch, features, label)) as columns:
                call("verger_class_moments_add", self._pointer, *columns, transform.encode())

    def merge(self, other: ClassMoments) -> None:
        """Add everything that `other` has counted."""
        call("verger_class_moments_merge", self._pointer, other._pointer)

    def subtract(self, other: ClassMoments) -> None:
        """Subtract the rows that `other` has counted, as if they had never been added.

        Errors: BadCall for more rows of a label than were counted.
        """
        call("verger_class_moments_subtract", self._pointer, other._pointer)


def class_moments_of(
    rows: pa.Table | pa.RecordBatch | Iterable[pa.RecordBatch],
    transform: str = "root",
    *,
    features: str = "features",
    label: str = "label",
) -> ClassMoments | None:
    """Return the moments of all rows that have features; None if there is none. Errors: as add."""
    require_transform(transform)
    whole = isinstance(rows, (pa.Table, pa.RecordBatch))
    batches = batches_of(rows) if whole else rows
    moments: ClassMoments | None = None
    for batch in _joined(labelled(batch, features, label) for batch in batches):
        if moments is None:
            dimension = pc.max(pc.list_value_length(batch.column(1))).as_py()
            moments = ClassMoments(dimension)
        moments.add(batch, transform)
    return moments


def _joined(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the same rows in batches of at least _ROWS, but for the last; none without rows."""
    pending: list[pa.RecordBatch] = []
    for batch in batches:
        if batch.num_rows > 0:
            pending.append(batch)
        if sum(one.num_rows for one in pending) >= _ROWS:
            yield _one(pending)
            pending = []
    if pending:
        yield _one(pending)


def _one(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    columns = [pa.concat_arrays(column) for column in zip(*(one.columns for one in batches))]
    return pa.RecordBatch.from_arrays(columns, names=batches[0].schema.names)


def batches_of(rows: pa.Table | pa.RecordBatch) -> list[pa.RecordBatch]:
    """Return the rows in as few batches as possible."""
    return rows.combine_chunks().to_batches() if isinstance(rows, pa.Table) else [rows]


def labelled(batch: pa.RecordBatch, features: str, label: str) -> pa.RecordBatch:
    """Return the columns `label` and `features` of the rows that have features. Errors: BadCall."""
    vectors = floats(batch, features).column(0)
    there = batch
    if vectors.null_count:
        there, vectors = batch.filter(vectors.is_valid()), vectors.drop_null()
    return pa.RecordBatch.from_arrays([texts(there, label), vectors], names=["label", "features"])


def require_transform(transform: object) -> None:
    """Check the name of a transform. Errors: BadCall for another one."""
    if transform not in _TRANSFORMS:
        raise BadCall(f"transform {transform!r}: give 'root' or 'none'")
