"""What the executors do at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from verger.runs.ahead import ahead
from verger.runs.part_rows import SLOTS_TO_COME
from verger.runs.photo_batches import pieces
from verger.spark.our_errors import our_errors

if TYPE_CHECKING:
    from pyspark import SparkContext

# Items that are sent at a time, for each task that runs at a time; the next are on their way then.
_WAVE = 4

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Executors:
    """Of one application."""

    context: SparkContext

    @property
    def slots(self) -> int:
        """Tasks that run, or soon will run, at a time."""
        slots = int(self.context.defaultParallelism)
        # Executors come as there is work for them: so there must be some for each.
        dynamic = self.context.getConf().get("spark.dynamicAllocation.enabled", "false")
        return max(slots, SLOTS_TO_COME) if dynamic == "true" else slots

    def in_waves(
        self, function: Callable[[_Item], _Answer], items: Iterable[_Item]
    ) -> Iterator[_Answer]:
        """As `map`, a task an item: items and answers of two waves are in the driver at a time."""

        def run(wave: list[_Item]) -> list[_Answer]:
            with our_errors():
                return self.context.parallelize(wave, len(wave)).map(function).collect()

        # Who is stopped does not wait for tasks: they end with Spark.
        for answers in ahead(run, pieces(items, _WAVE * self.slots), 2, wait=False):
            yield from answers
