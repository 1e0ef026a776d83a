"""What the driver asks of those that run its tasks: by a SparkContext, or by Spark Connect."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from verger.moments import Moments
from verger.runs.ahead import ahead
from verger.runs.photo_batches import pieces

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Items that are sent at a time, for each task that runs at a time; the next are on their way then.
_WAVE = 4
# Partial moments that may come to the driver; 16.8 MB each for ResNet-50.
GROUPS = 8

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")
_Value = TypeVar("_Value")
_Value_co = TypeVar("_Value_co", covariant=True)


class Shared(Protocol[_Value_co]):
    """What every task may read, sent once to each executor."""

    @property
    def value(self) -> _Value_co: ...


class Counter(Protocol):
    """A sum that tasks add to and the driver reads."""

    value: int

    def add(self, count: int) -> None: ...


class Executors(ABC):
    """Of one application."""

    @property
    @abstractmethod
    def application(self) -> str:
        """Another application has another."""

    @property
    @abstractmethod
    def slots(self) -> int:
        """Tasks that run, or soon will run, at a time."""

    @abstractmethod
    def share(self, value: _Value) -> Shared[_Value]:
        """Sends a value that tasks read."""

    @abstractmethod
    def counter(self) -> Counter | None:
        """A counter at 0; None where tasks cannot tell the driver anything before they end."""

    @abstractmethod
    def run(self, function: Callable[[_Item], _Answer], items: Sequence[_Item]) -> list[_Answer]:
        """The function of each item, in order: a task an item."""

    @abstractmethod
    def gather(
        self,
        function: Callable[[int, Iterable[_Item]], Iterator[tuple[int, bytes]]],
        items: Sequence[_Item],
    ) -> Moments | None:
        """The sum of the saved moments that `function` makes of a task's number and items; None if
        it makes none. As many tasks as there are slots at most.
        """

    @abstractmethod
    def total(self, parts: DataFrame) -> Moments | None:
        """The sum of rows of worker.MOMENTS, of which 8 at most come to the driver; None of none.

        Added in the order of their partitions; which came first to an executor moves no more than
        the last bits.
        """

    @abstractmethod
    def stop(self) -> None:
        """Ends the tasks under way, and the application."""

    def in_waves(
        self, function: Callable[[_Item], _Answer], items: Iterable[_Item]
    ) -> Iterator[_Answer]:
        """As `run`, of any number: items and answers of two waves are in the driver at a time."""

        def run(wave: list[_Item]) -> list[_Answer]:
            return self.run(function, wave)

        # Who is stopped does not wait for tasks: they end with Spark.
        for answers in ahead(run, pieces(items, _WAVE * self.slots), 2, wait=False):
            yield from answers


def is_connect(session: SparkSession) -> bool:
    """Whether a session speaks to a Spark Connect server: it has no sparkContext and no .rdd."""
    return type(session).__module__.startswith("pyspark.sql.connect")


def executors_of(session: SparkSession) -> Executors:
    """Those of a session, of either kind."""
    from verger.spark.classic import ClassicExecutors
    from verger.spark.connect import ConnectExecutors

    if is_connect(session):
        return ConnectExecutors(session)
    return ClassicExecutors(session.sparkContext)
