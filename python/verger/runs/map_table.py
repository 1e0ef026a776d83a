"""The photos of an output as one table that other programs draw as a map."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from verger.errors import BadInput
from verger.index import Index
from verger.runs.manifest import ResultEntry
from verger.runs.output import Output, in_order, read_latest
from verger.runs.parts import result_rows, results_schema
from verger.runs.storage import open_place

# Queries of one call.
_QUERIES = 256


def map_table(
    out: str | os.PathLike[str],
    *,
    neighbors: int = 15,
    metric: str = "cosine",
    features: bool = False,
    threads: int = 0,
) -> pa.Table:
    """Return the table that `verger map` writes, with a row for each row of OUT/Results, in the
    same order: path, label, projection_x, projection_y (the first two pca_features), neighbors
    (ids, numbers of rows from 0, the photo's own among them, and distances; exact), pca_features,
    and, if requested, features.

    Errors: BadInput if there is no output with Results, or of one component; BadCall; StorageError.
    Cost:   all photos with all; memory for all features and a quarter more.
    """
    return read_latest(
        open_place(out), lambda output: _map(output, neighbors, metric, features, threads)
    )


def _map(output: Output, neighbors: int, metric: str, features: bool, threads: int) -> pa.Table:
    reduction = output.reduced()
    if reduction.components < 2:
        raise BadInput(
            f"{output.place.path_of('')}: a map needs two components: run verger reduce for more"
        )
    parts = list(in_order(partial(_rows, output), reduction.results))
    index = Index(output.extracted().model.dimension, metric, threads)
    for part in parts:
        index.add(part)
    table = pa.Table.from_batches(parts, results_schema())
    near = pa.chunked_array(list(_neighbors(index, parts, neighbors)), _NEIGHBORS)
    columns = {
        "path": table["path"],
        "label": table["label"],
        "projection_x": pc.list_element(table["pca_features"], 0),
        "projection_y": pc.list_element(table["pca_features"], 1),
        "neighbors": near,
        "pca_features": table["pca_features"],
    }
    if features:
        columns["features"] = table["features"]
    kinds = [pa.field(name, values.type, nullable=False) for name, values in columns.items()]
    return pa.Table.from_arrays(list(columns.values()), schema=pa.schema(kinds))


_NEIGHBORS = pa.struct([("ids", pa.list_(pa.int64())), ("distances", pa.list_(pa.float32()))])


def _rows(output: Output, result: ResultEntry) -> pa.RecordBatch:
    file = result.part.file
    rows = result_rows(output.read(file), output.place.path_of(file.name))
    # Parts of earlier versions have other list types.
    columns = [values.cast(field.type) for values, field in zip(rows.columns, results_schema())]
    return pa.RecordBatch.from_arrays(columns, schema=results_schema())


def _neighbors(index: Index, parts: list[pa.RecordBatch], most: int) -> Iterator[pa.StructArray]:
    for part in parts:
        for first in range(0, part.num_rows, _QUERIES):
            some = part.slice(first, _QUERIES)
            neighbours = index.find(some, most)
            # Every query has the same number of neighbours: all rows, or `most`.
            each = neighbours.num_rows // some.num_rows
            ends = pa.array(range(0, neighbours.num_rows + 1, each), pa.int32())
            distances = neighbours.column(2).cast(pa.float32(), safe=False)
            yield pa.StructArray.from_arrays(
                [
                    pa.ListArray.from_arrays(ends, neighbours.column(1)),
                    pa.ListArray.from_arrays(ends, distances),
                ],
                fields=list(_NEIGHBORS),
            )
