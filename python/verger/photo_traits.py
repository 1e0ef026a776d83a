"""Colour, size and shape of fruit on photos with a plain background."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Union

import pyarrow as pa

from verger._arrow import exported, take_batch
from verger._limits import limits
from verger._structs import TraitsOptions
from verger._usable_threads import usable_threads
from verger.errors import BadInput
from verger.extractor import read_count
from verger.runs.ahead import ahead
from verger.runs.files import Files
from verger.runs.listing import listed_photos
from verger.runs.photo import PhotoRow
from verger.runs.photo_batches import pieces
from verger.runs.read import read_photos

File = Union[str, "os.PathLike[str]"]
TRAITS = ("lab_l", "lab_a", "lab_b", "area", "roundness")


def traits(
    photos: File | Iterable[File],
    *,
    threads: int = 0,
    include_hidden: bool = False,
    max_pixels: int = 0,
    max_bytes: int = 0,
) -> pa.Table:
    """Measure colour, size and shape of the fruit on each photo, a row a photo, in order: path,
    label, error, and, float64, lab_l, lab_a, lab_b (the fruit's mean colour in CIELAB, of sRGB
    under D65), area (its share of the photo) and roundness (4 pi area / perimeter^2: 1 for a disc).

    The fruit is the largest region that differs from the background. If the background is not
    plain, or nothing differs from it, the five columns are null, as for photos that cannot be
    decoded. `extract` describes `photos` and the other arguments; `extract(traits=True)` computes
    features as well.

    Errors: BadInput if there is no photo; StorageError if a bucket fails.
    Cost:   decodes each photo; a few photos in memory at a time.
    """
    most = limits()
    options = TraitsOptions(
        max_pixels=read_count("max_pixels", max_pixels, most.largest_max_pixels),
        max_bytes=read_count("max_bytes", max_bytes, most.largest_max_bytes),
    )
    files = Files(include_hidden)
    place, listed, _ = listed_photos(photos, files)
    few = pieces(
        read_photos(place, listed, max_bytes),
        most.photos_at_once,
        lambda row: len(row[1] or b""),
        most.max_call_bytes,
    )
    workers = read_count("threads", threads, most.max_threads) or usable_threads()

    def measure(rows: list[tuple[PhotoRow, bytes | None]]) -> pa.RecordBatch:
        return _measured(rows, options)

    batches = list(ahead(measure, few, workers))
    if not batches:
        raise BadInput("no photos: give a folder or some files")
    files.warn(stacklevel=2)
    return pa.Table.from_batches(batches)


def _measured(rows: list[tuple[PhotoRow, bytes | None]], options: TraitsOptions) -> pa.RecordBatch:
    content = pa.RecordBatch.from_arrays(
        [pa.array([content for _, content in rows], pa.binary())], names=["content"]
    )
    with exported(content) as batch:
        traits = take_batch("verger_traits", *batch, options)
    names = traits.schema.names
    # Photos that could not be read have their error already.
    errors = [
        row.error or error
        for (row, _), error in zip(rows, traits.column(names.index("error")).to_pylist())
    ]
    columns = [
        pa.array([row.path for row, _ in rows], pa.string()),
        pa.array([row.label for row, _ in rows], pa.string()),
        pa.array(errors, pa.string()),
        *(traits.column(names.index(name)) for name in TRAITS),
    ]
    return pa.RecordBatch.from_arrays(columns, names=["path", "label", "error", *TRAITS])
