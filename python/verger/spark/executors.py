"""How the driver runs tasks on the executors: by a SparkContext, or by Spark Connect."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from verger.moments import Moments
from verger.runs.ahead import ahead
from verger.runs.photo_batches import pieces
from verger.spark.worker import Kind

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Items of a wave, for each slot; the next wave is sent meanwhile.
_WAVE = 4
# Partial moments that reach the driver at most; 16.8 MB each for ResNet-50.
GROUPS = 8

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")
_Value = TypeVar("_Value")
_Value_co = TypeVar("_Value_co", covariant=True)


class Shared(Protocol[_Value_co]):
    """A value that every task may read, sent once to each executor."""

    @property
    def value(self) -> _Value_co: ...


class Counter(Protocol):
    """A sum that tasks add to and the driver reads."""

    value: int

    def add(self, count: int) -> None: ...


class Executors(ABC):
    """The executors of one application."""

    @property
    @abstractmethod
    def application(self) -> str:
        """Return the id of the application."""

    @property
    @abstractmethod
    def slots(self) -> int:
        """Return how many tasks run, or soon will run, at a time."""

    @abstractmethod
    def share(self, value: _Value) -> Shared[_Value]:
        """Send a value that tasks read."""

    @abstractmethod
    def counter(self) -> Counter | None:
        """Return a counter at 0; None if tasks cannot report to the driver before they end."""

    @abstractmethod
    def run(self, function: Callable[[_Item], _Answer], items: Sequence[_Item]) -> list[_Answer]:
        """Return the function of each item, in order; each item is a task."""

    @abstractmethod
    def gather(
        self,
        function: Callable[[int, Iterable[_Item]], Iterator[tuple[int, bytes]]],
        items: Sequence[_Item],
    ) -> Moments | None:
        """Return the sum of the saved moments that `function` makes of a task's number and items.

        None if it makes none. There are at most as many tasks as slots.
        """

    @abstractmethod
    def total(self, parts: DataFrame, kind: type[Kind]) -> Kind | None:
        """Return the sum of rows of worker.MOMENTS, saved moments of one kind; None without rows.

        At most 8 reach the driver. They are added in the order of their partitions; the order in
        which they reach an executor changes the last bits at most.
        """

    @abstractmethod
    def stop(self) -> None:
        """End the running tasks and the application."""

    def in_waves(
        self, function: Callable[[_Item], _Answer], items: Iterable[_Item]
    ) -> Iterator[_Answer]:
        """As `run`, for any number of items: the driver holds those of two waves at a time."""

        def run(wave: list[_Item]) -> list[_Answer]:
            return self.run(function, wave)

        # A stopped driver does not wait for tasks: they end with Spark.
        for answers in ahead(run, pieces(items, _WAVE * self.slots), 2, wait=False):
            yield from answers


def is_connect(session: SparkSession) -> bool:
    """Return whether a session is one of Spark Connect, without sparkContext and .rdd."""
    return type(session).__module__.startswith("pyspark.sql.connect")


def executors_of(session: SparkSession) -> Executors:
    """Return the executors of a session of either kind."""
    from verger.spark.classic import ClassicExecutors
    from verger.spark.connect import ConnectExecutors

    if is_connect(session):
        return ConnectExecutors(session)
    return ClassicExecutors(session.sparkContext)
