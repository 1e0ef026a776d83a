"""Count, mean and scatter of features, all that PCA needs. Parts merge exactly."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from verger._arrow import exported
from verger._columns import floats
from verger._handle import Handle
from verger._library import call, library, take_bytes
from verger._limits import limits
from verger._numbers import real, whole
from verger._structs import PcaOptions
from verger.errors import BadCall
from verger.memory import available_memory
from verger.pca import Pca

# Rows of one call: a quarter of it takes more than twice the time a row.
_ROWS = 256


class Network(Protocol):
    """What a PCA remembers of the network its features came from."""

    @property
    def name(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def identity(self) -> str: ...


class Moments(Handle):
    """Moments of feature vectors of one dimension. Not safe from many threads. Pickles."""

    free = "verger_moments_free"

    def __init__(self, dimension: int) -> None:
        """Create empty moments. Errors: BadCall unless 1 <= dimension <= 65536."""
        count = whole(dimension)
        if count is None or not 1 <= count <= 65536:
            raise BadCall(f"dimension {dimension!r}: give a whole number from 1 to 65536")
        super().__init__("verger_moments_create", count)

    @classmethod
    def load(cls, data: bytes) -> Moments:
        """Restore the moments of `save`, bit for bit. Errors: BadInput for other bytes."""
        loaded = cls.__new__(cls)
        Handle.__init__(loaded, "verger_moments_load", data, len(data))
        return loaded

    def save(self) -> bytes:
        """Return the moments as bytes; 16.8 MB for 2048 features."""
        return take_bytes("verger_moments_save", self._pointer)

    def __reduce__(self) -> tuple[Any, ...]:
        return Moments.load, (self.save(),)

    @property
    def count(self) -> int:
        """Feature vectors counted so far."""
        return int(library().verger_moments_count(self._pointer))

    def add(self, batch: pa.RecordBatch, features: str = "features") -> None:
        """Add a column of lists of numbers; null rows are skipped.

        Errors: BadInput for a row of another length or a number that is not finite; then nothing
                of the batch is counted.
        """
        with exported(floats(batch, features)) as rows:
            call("verger_moments_add", self._pointer, *rows)

    def merge(self, other: Moments) -> None:
        """Add everything that `other` has counted."""
        call("verger_moments_merge", self._pointer, other._pointer)

    def fit(
        self,
        components: int | float = 50,
        model: Network | None = None,
        fewer_will_do: bool = False,
    ) -> Pca:
        """Fit the leading principal components: a number of them (50), or the share to explain
        (0.95).

        `model` is kept with the PCA. `fewer_will_do`: as many of a count as the rows allow.

        Errors: BadInput, with the largest number, when the rows do not allow as many; BadCall for
                components that are neither a count nor a share.
        """
        count, share = read_components(components)
        options = PcaOptions(components=count, variance_share=share)
        options.fewer_will_do = int(fewer_will_do)
        if model is not None:
            options.model_name = model.name.encode()
            options.model_sha256 = model.sha256.encode()
            options.preset_identity = model.identity.encode()
        return Pca(self._pointer, ctypes.byref(options))


def require_memory(dimension: int) -> None:
    """Check the memory. Errors: Failed, with the remedy, if there is too little for two copies
    of the moments: those that are gathered, and those to save or fit.
    """
    call("verger_moments_require_memory", dimension, 2, available_memory())


def moments_of(batches: Iterable[pa.RecordBatch], features: str = "features") -> Moments | None:
    """Return the moments of a column of feature vectors over all batches; None if every row is
    null.

    Cost: small batches are joined first, for each call updates the whole scatter.
    """
    moments: Moments | None = None
    for batch in _joined(floats(batch, features) for batch in batches):
        if moments is None:
            dimension = pc.max(pc.list_value_length(batch.column(0))).as_py()
            if dimension is None:
                continue  # only nulls so far
            require_memory(dimension)
            moments = Moments(dimension)
        moments.add(batch)
    return moments


def _joined(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the same rows in batches of at least _ROWS, but for the last."""
    pending: list[pa.RecordBatch] = []
    for batch in batches:
        pending.append(batch)
        if sum(batch.num_rows for batch in pending) >= _ROWS:
            yield _one(pending)
            pending = []
    if pending:
        yield _one(pending)


def _one(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    column = pa.concat_arrays([batch.column(0) for batch in batches])
    return pa.RecordBatch.from_arrays([column], names=["features"])


def read_components(components: int | float) -> tuple[int, float]:
    """Return (count, 0.0) or (0, share). Errors: BadCall for anything else."""
    count, share = whole(components), real(components)
    if count is not None and 1 <= count <= limits().max_dimension:
        return count, 0.0
    if count is None and share is not None and 0 < share < 1:
        return 0, share
    raise BadCall(
        f"components {components!r}: give a number of components such as 50, or the share of the "
        "variance to explain such as 0.95"
    )
