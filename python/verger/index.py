"""Exact nearest neighbours of feature vectors, without reading most of them."""

from __future__ import annotations

import ctypes

import pyarrow as pa

from verger._arrow import exported, take_batch
from verger._columns import column, floats
from verger._handle import Handle
from verger._library import call
from verger._limits import limits
from verger._numbers import whole
from verger._structs import SearchOptions
from verger._usable_threads import usable_threads
from verger.errors import BadCall
from verger.extractor import read_count


def search_options(metric: str, threads: int) -> SearchOptions:
    """Return options of a search. Errors: BadCall for threads; the library checks the metric."""
    threads = read_count("threads", threads, limits().max_threads) or usable_threads()
    return SearchOptions(metric=metric.encode("utf-8", "replace"), threads=threads)


def read_most(most: object) -> int:
    """Return how many neighbours to find. Errors: BadCall unless it is a whole number above 0."""
    count = whole(most)
    if count is None or not 1 <= count < 2**63:
        raise BadCall(f"most {most!r}: give how many neighbours, 1 or more")
    return count


class Index(Handle):
    """Rows of features, numbered as they are added. Not safe from many threads.

    Stores a code of one byte per number: a search reads the codes, and measures exactly, in double,
    only the rows that they cannot exclude. The result equals that of a comparison with every row.
    """

    free = "verger_index_free"

    def __init__(self, dimension: int, metric: str = "cosine", threads: int = 0) -> None:
        """Create an empty index. `metric`: "cosine", 1 - the cosine of the angle between features,
        or "euclidean".

        Errors: BadCall unless 1 <= dimension <= 65536, and for another metric.
        Memory: about 1.02 bytes per number; the features are not copied.
        """
        count = whole(dimension)
        if count is None or not 1 <= count <= limits().max_dimension:
            most = limits().max_dimension
            raise BadCall(f"dimension {dimension!r}: give a whole number from 1 to {most}")
        options = search_options(metric, threads)
        super().__init__("verger_index_create", count, ctypes.byref(options))

    def add(self, batch: pa.RecordBatch, features: str = "features") -> None:
        """Add a column of lists of numbers; null rows count in the numbering but are never
        neighbours.

        Errors: BadInput for a row of another length or a number that is not finite; then nothing
                of the batch is added.
        """
        with exported(floats(batch, features)) as rows:
            call("verger_index_add", self._pointer, *rows)

    def find(
        self, batch: pa.RecordBatch, most: int = 10, features: str = "features"
    ) -> pa.RecordBatch:
        """Return the `most` nearest rows of each row of `batch`: query, row, distance; nearest
        first, and of equal distances the first row. If a query is itself a row of the index, a
        column `row` of `batch` (int64) has its number, which is then left out of its neighbours.

        Errors: as add; BadCall unless `most` is 1 or more.
        """
        rows_to_find = floats(batch, features)
        if "row" in batch.schema.names:
            rows = column(batch, "row").cast(pa.int64())
            rows_to_find = pa.RecordBatch.from_arrays(
                [rows_to_find.column(0), rows], names=["features", "row"]
            )
        with exported(rows_to_find) as queries:
            return take_batch("verger_index_find", self._pointer, *queries, read_most(most))
