"""What runs in the Python workers of the executors: generators over record batches.

Spark calls each once a task. The network is opened once a worker process and reused by later tasks
(spark.python.worker.reuse, on by default).
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from verger._columns import joined
from verger._version import VERSION
from verger.class_moments import ClassMoments, class_moments_of
from verger.classifier import Classifier
from verger.errors import Failed
from verger.extractor import Extractor
from verger.find_model import ModelFile
from verger.model import Model
from verger.moments import Moments, moments_of
from verger.pca import Pca
from verger.spark.pieces import whole

if TYPE_CHECKING:
    from verger.spark.executors import Shared

# The columns of moments in transit: their partition, and Moments.save.
MOMENTS = "part int, moments binary"

# What tasks gather and the driver merges.
Kind = TypeVar("Kind", Moments, ClassMoments)

# The extractor of this process, and the request that it was made for.
_opened: tuple[Any, Extractor] | None = None


def key_of(network: Model) -> str:
    """Return a key that is equal for networks with equal features."""
    return f"{VERSION} {network.sha256} {network.identity}"


def extractor_of(
    file: Shared[ModelFile],
    key: str,
    batch_size: int,
    threads: int = 0,
    max_pixels: int = 0,
    max_bytes: int = 0,
) -> Extractor:
    """Return this process's extractor of a shared network; `threads` 0: the cores of a task.

    Errors: Failed if the network here has another key than the driver's.
    """
    global _opened
    threads = threads or task_threads()
    request = (key, batch_size, threads, max_pixels, max_bytes)
    if _opened is None or _opened[0] != request:
        network = Model(file.value)
        if key_of(network) != key:
            raise Failed(
                f"{socket.gethostname()}: verger {VERSION} there would not give the driver's "
                "features: install the same wheel on every node"
            )
        _opened = request, Extractor(network, threads, batch_size, max_pixels, max_bytes)
    return _opened[1]


def task_threads() -> int:
    """Return the cores that Spark reserves for a task: spark.task.cpus."""
    from pyspark import TaskContext

    context = TaskContext.get()
    return context.cpus() if context is not None else 1


@dataclass(frozen=True)
class Extract:
    """Photos to features: drops `content`, adds `features` and `error`."""

    file: Shared[ModelFile]
    key: str  # of the network; the same key, the same features
    batch_size: int
    max_pixels: int = 0
    max_bytes: int = 0

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        extractor = extractor_of(
            self.file,
            self.key,
            self.batch_size,
            max_pixels=self.max_pixels,
            max_bytes=self.max_bytes,
        )
        return extractor.stream(whole(batches, "content"))


@dataclass(frozen=True)
class GatherMoments:
    """A column of features to one row of MOMENTS; no row where there are no features."""

    features: str

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from pyspark import TaskContext

        context = TaskContext.get()
        moments = moments_of(batches, self.features)
        if moments is not None and context is not None:
            yield moments_row(context.partitionId(), moments.save())


@dataclass(frozen=True)
class GatherClassMoments:
    """Columns of features and labels to one row of MOMENTS; none where there are no features."""

    features: str
    label: str
    transform: str

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from pyspark import TaskContext

        context = TaskContext.get()
        moments = class_moments_of(
            batches, self.transform, features=self.features, label=self.label
        )
        if moments is not None and context is not None:
            yield moments_row(context.partitionId(), moments.save())


def moments_row(part: int, data: bytes) -> pa.RecordBatch:
    """Return a row of MOMENTS."""
    columns = [pa.array([part], pa.int32()), pa.array([data], pa.binary())]
    return pa.RecordBatch.from_arrays(columns, names=["part", "moments"])


def merged(saved: Iterable[bytes], kind: type[Kind]) -> Kind | None:
    """Return the sum of saved moments of one kind; None without any."""
    total: Kind | None = None
    for data in saved:
        moments = kind.load(data)
        if total is None:
            total = moments
        else:
            total.merge(moments)
    return total


def merged_group(
    kind: type[Kind], group: int, saved: Iterable[tuple[int, bytes]]
) -> Iterator[tuple[int, bytes]]:
    """Yield the sum of the saved moments of one group of partitions."""
    total = merged((bytes(data) for _, data in saved), kind)
    if total is not None:
        yield group, total.save()


@dataclass(frozen=True)
class Project:
    """Features to pca_features: adds the one column."""

    pca: Shared[Pca]
    scores: str
    features: str

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield joined(batch, self.pca.value.project(batch, self.scores, self.features))


@dataclass(frozen=True)
class Classify:
    """Features to the columns of Classifier.classify."""

    classifier: Shared[Classifier]
    top: int
    features: str

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield joined(batch, self.classifier.value.answer(batch, self.top, self.features))
