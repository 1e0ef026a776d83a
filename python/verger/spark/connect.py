"""Executors by Spark Connect: the driver is a client of a server, with DataFrames alone."""

from __future__ import annotations

import hashlib
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import pyarrow as pa

from verger.moments import Moments
from verger.spark.executors import GROUPS, Counter, Executors, Shared
from verger.spark.our_errors import our_errors
from verger.spark.pieces import in_pieces, whole
from verger.spark.worker import MOMENTS, Kind, merged, moments_row

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# A larger value is sent as a file: a message is 128 MB at most, and each action sends functions.
_SMALL_VALUE = 1 << 20
_ITEMS = "item int, data binary"

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class ConnectExecutors(Executors):
    """By mapInArrow, for there are neither RDDs nor broadcasts nor accumulators."""

    session: SparkSession

    @property
    def application(self) -> str:
        return str(self.session.session_id)

    @property
    def slots(self) -> int:
        # No API reports the number of cores; Spark cuts a range into as many partitions.
        numbers = self.session.range(1 << 16).selectExpr("spark_partition_id() AS part")
        with our_errors():
            return int(numbers.distinct().count())

    def share(self, value: _Value) -> Shared[_Value]:
        data = pickle.dumps(value)
        if len(data) <= _SMALL_VALUE:
            return Sent(value)
        # Named by its content, so that a worker can reuse it in later sessions.
        name = f"verger-{hashlib.sha256(data).hexdigest()}"
        with tempfile.TemporaryDirectory(prefix="verger-") as folder:
            file = Path(folder) / name
            file.write_bytes(data)
            with our_errors():
                self.session.addArtifacts(str(file), file=True)
        return SentAsFile(name)

    def counter(self) -> Counter | None:
        return None

    def run(self, function: Callable[[_Item], _Answer], items: Sequence[_Item]) -> list[_Answer]:
        with our_errors():
            answers = self._sent(items, len(items)).mapInArrow(RunEach(function), _ITEMS).collect()
        return [pickle.loads(data) for _, data in sorted(map(tuple, answers))]

    def gather(
        self,
        function: Callable[[int, Iterable[_Item]], Iterator[tuple[int, bytes]]],
        items: Sequence[_Item],
    ) -> Moments | None:
        sent = self._sent(items, min(len(items), self.slots))
        return self.total(sent.mapInArrow(GatherEach(function), MOMENTS), Moments)

    def total(self, parts: DataFrame, kind: type[Kind]) -> Kind | None:
        groups = in_pieces(parts.repartition(GROUPS, "part"), "moments")
        with our_errors():
            rows = groups.mapInArrow(MergeMoments(kind), MOMENTS).collect()
        return merged((bytes(data) for _, data in sorted(map(tuple, rows))), kind)

    def stop(self) -> None:
        with suppress(Exception):  # the server may be what failed
            self.session.interruptAll()
        self.session.stop()

    def _sent(self, items: Sequence[Any], tasks: int) -> DataFrame:
        """Return items with their numbers, spread evenly over `tasks`."""
        rows = [(number, pickle.dumps(item)) for number, item in enumerate(items)]
        return self.session.createDataFrame(rows, _ITEMS).repartitionByRange(tasks, "item")


@dataclass(frozen=True)
class Sent(Generic[_Value]):
    """A value that goes with the function that reads it."""

    value: _Value


@dataclass(frozen=True)
class SentAsFile(Generic[_Value]):
    """A value in a file that executors fetch once."""

    name: str

    @property
    def value(self) -> _Value:
        return _read(self.name)


@lru_cache(maxsize=2)
def _read(name: str) -> Any:
    from pyspark import SparkFiles

    return pickle.loads(Path(SparkFiles.get(name)).read_bytes())


def _items(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, Any]]:
    for batch in batches:
        for number, data in zip(*(column.to_pylist() for column in batch.columns)):
            yield number, pickle.loads(data)


@dataclass(frozen=True)
class RunEach:
    """Rows of items to rows of answers."""

    function: Callable[[Any], Any]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for number, item in _items(batches):
            answer = pickle.dumps(self.function(item))
            columns = [pa.array([number], pa.int32()), pa.array([answer], pa.binary())]
            yield pa.RecordBatch.from_arrays(columns, names=["item", "data"])


@dataclass(frozen=True)
class GatherEach:
    """The items of a task to rows of MOMENTS."""

    function: Callable[[int, Iterable[Any]], Iterator[tuple[int, bytes]]]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from pyspark import TaskContext

        context = TaskContext.get()
        items = (item for _, item in _items(batches))
        number = context.partitionId() if context is not None else 0
        for part, data in self.function(number, items):
            yield moments_row(part, data)


@dataclass(frozen=True)
class MergeMoments:
    """The rows of MOMENTS of one group to one row."""

    kind: type[Any]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        rows = [
            row
            for batch in whole(batches, "moments")
            for row in zip(batch.column("part").to_pylist(), batch.column("moments").to_pylist())
        ]
        total = merged((data for _, data in sorted(rows)), self.kind)
        if total is not None:
            yield moments_row(min(part for part, _ in rows), total.save())
