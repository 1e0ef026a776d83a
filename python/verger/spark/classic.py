"""Executors by a SparkContext: the driver is a process of the cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from verger.moments import Moments
from verger.runs.part_rows import SLOTS_TO_COME
from verger.spark.executors import GROUPS, Counter, Executors, Shared
from verger.spark.our_errors import our_errors
from verger.spark.worker import Kind, merged, merged_group

if TYPE_CHECKING:
    from pyspark import RDD, SparkContext
    from pyspark.sql import DataFrame


_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class ClassicExecutors(Executors):
    """By RDDs, broadcasts and accumulators, which need no pandas."""

    context: SparkContext

    @property
    def application(self) -> str:
        return str(self.context.applicationId)

    @property
    def slots(self) -> int:
        slots = int(self.context.defaultParallelism)
        # Executors start when there is work: so there must be some for each.
        dynamic = self.context.getConf().get("spark.dynamicAllocation.enabled", "false")
        return max(slots, SLOTS_TO_COME) if dynamic == "true" else slots

    def share(self, value: _Value) -> Shared[_Value]:
        return self.context.broadcast(value)

    def counter(self) -> Counter | None:
        return self.context.accumulator(0)

    def run(self, function: Callable[[_Item], _Answer], items: Sequence[_Item]) -> list[_Answer]:
        with our_errors():
            return self.context.parallelize(items, len(items)).map(function).collect()

    def gather(
        self,
        function: Callable[[int, Iterable[_Item]], Iterator[tuple[int, bytes]]],
        items: Sequence[_Item],
    ) -> Moments | None:
        sent = self.context.parallelize(items, min(len(items), self.slots))
        return _total(sent.mapPartitionsWithIndex(function), Moments)

    def total(self, parts: DataFrame, kind: type[Kind]) -> Kind | None:
        # One plan, run once: an adaptive one has run its shuffles when it knows its partitions.
        with our_errors():
            rows = parts.rdd
        return _total(rows, kind)

    def stop(self) -> None:
        self.context.stop()


def _total(parts: RDD[tuple[int, bytes]], kind: type[Kind]) -> Kind | None:
    """Return the sum of saved moments; the executors merge them to 8 at most."""
    with our_errors():
        if parts.getNumPartitions() > GROUPS:
            groups = parts.map(tuple).partitionBy(GROUPS)
            rows = groups.mapPartitionsWithIndex(partial(merged_group, kind)).collect()
        else:
            rows = parts.collect()
    return merged((bytes(data) for _, data in sorted(rows)), kind)
