"""What runs in the Python workers of the executors: generators over record batches.

Spark calls each once a task. What is dear to open is opened once a worker process and kept for the
tasks to come (spark.python.worker.reuse, on by default).
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from verger._columns import joined
from verger._library import VERSION
from verger.errors import Failed
from verger.extractor import Extractor
from verger.find_model import ModelFile
from verger.model import Model
from verger.moments import Moments, moments_of
from verger.pca import Pca

if TYPE_CHECKING:
    from pyspark import Broadcast

# The columns of moments on their way: which partition they are of, and Moments.save.
MOMENTS = "part int, moments binary"

# The extractor of this process, and what it was made from.
_opened: tuple[Any, Extractor] | None = None


def key_of(network: Model) -> str:
    """The same for networks that give the same features."""
    return f"{VERSION} {network.sha256} {network.identity}"


def extractor_of(
    file: Broadcast[ModelFile], key: str, batch_size: int, threads: int = 0
) -> Extractor:
    """This process's extractor of a broadcast network; `threads` 0: as many as a task has cores.

    Errors: Failed if it is not the network that the driver gave the `key`.
    """
    global _opened
    threads = threads or task_threads()
    wanted = (key, batch_size, threads)
    if _opened is None or _opened[0] != wanted:
        network = Model(file.value)
        if key_of(network) != key:
            raise Failed(
                f"{socket.gethostname()}: verger {VERSION} there would not give the driver's "
                "features: install the same wheel on every node"
            )
        _opened = wanted, Extractor(network, threads, batch_size)
    return _opened[1]


def task_threads() -> int:
    """The cores that Spark has set aside for a task: spark.task.cpus."""
    from pyspark import TaskContext

    context = TaskContext.get()
    return context.cpus() if context is not None else 1


@dataclass(frozen=True)
class Extract:
    """Photos to features: drops `content`, adds `features` and `error`."""

    file: Broadcast[ModelFile]
    key: str  # of the network; the same key, the same features
    batch_size: int

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return extractor_of(self.file, self.key, self.batch_size).stream(batches)


@dataclass(frozen=True)
class GatherMoments:
    """A column of features to one row of MOMENTS; no row where there are no features."""

    features: str

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from pyspark import TaskContext

        context = TaskContext.get()
        moments = moments_of(batches, self.features)
        if moments is not None and context is not None:
            part, data = pa.array([context.partitionId()], pa.int32()), pa.array([moments.save()])
            yield pa.RecordBatch.from_arrays([part, data], names=["part", "moments"])


def merged(saved: Iterable[bytes]) -> Moments | None:
    """The sum of saved moments; None of none."""
    total: Moments | None = None
    for data in saved:
        moments = Moments.load(data)
        if total is None:
            total = moments
        else:
            total.merge(moments)
    return total


def merged_group(group: int, saved: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    """The sum of saved moments of partitions that came to one group."""
    total = merged(bytes(data) for _, data in saved)
    if total is not None:
        yield group, total.save()


@dataclass(frozen=True)
class Project:
    """Features to pca_features: adds the one column."""

    pca: Broadcast[Pca]
    scores: str
    features: str

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield joined(batch, self.pca.value.project(batch, self.scores, self.features))
