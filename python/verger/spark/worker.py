"""What runs in the Python workers of the executors: generators over record batches.

Spark calls each once a task. What is dear to open is opened once a worker process and kept for the
tasks to come (spark.python.worker.reuse, on by default).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from verger._columns import joined
from verger._library import VERSION
from verger.errors import BadCall, Failed
from verger.extractor import Extractor
from verger.find_model import ModelFile
from verger.model import Model
from verger.moments import Moments, moments_of
from verger.pca import Pca
from verger.runs.storage import LocalPlace, Place
from verger.runs.text import printable
from verger.spark.pieces import whole

if TYPE_CHECKING:
    from verger.spark.executors import Shared

# The columns of moments on their way: which partition they are of, and Moments.save.
MOMENTS = "part int, moments binary"

# The extractor of this process, and what it was made from.
_opened: tuple[Any, Extractor] | None = None


def key_of(network: Model) -> str:
    """The same for networks that give the same features."""
    return f"{VERSION} {network.sha256} {network.identity}"


def extractor_of(
    file: Shared[ModelFile],
    key: str,
    batch_size: int,
    threads: int = 0,
    max_pixels: int = 0,
    max_bytes: int = 0,
) -> Extractor:
    """This process's extractor of a shared network; `threads` 0: as many as a task has cores.

    Errors: Failed if it is not the network that the driver gave the `key`.
    """
    global _opened
    threads = threads or task_threads()
    wanted = (key, batch_size, threads, max_pixels, max_bytes)
    if _opened is None or _opened[0] != wanted:
        network = Model(file.value)
        if key_of(network) != key:
            raise Failed(
                f"{socket.gethostname()}: verger {VERSION} there would not give the driver's "
                "features: install the same wheel on every node"
            )
        _opened = wanted, Extractor(network, threads, batch_size, max_pixels, max_bytes)
    return _opened[1]


def require_folder(place: Place) -> None:
    """Errors: BadCall if it is a folder that this machine does not see."""
    if isinstance(place, LocalPlace) and not os.path.isdir(place.root):
        raise BadCall(
            f"{printable(place.shown)}: there is no such folder on {socket.gethostname()}, which "
            "runs tasks: give a folder that every node sees, or s3://bucket/prefix"
        )


def task_threads() -> int:
    """The cores that Spark has set aside for a task: spark.task.cpus."""
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


def moments_row(part: int, data: bytes) -> pa.RecordBatch:
    """A row of MOMENTS."""
    columns = [pa.array([part], pa.int32()), pa.array([data], pa.binary())]
    return pa.RecordBatch.from_arrays(columns, names=["part", "moments"])


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

    pca: Shared[Pca]
    scores: str
    features: str

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield joined(batch, self.pca.value.project(batch, self.scores, self.features))
