"""The three verbs in one process: extract, fit, project."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Union

import pyarrow as pa
import pyarrow.compute as pc

from verger._columns import column, joined
from verger._limits import limits
from verger.errors import BadCall, BadInput
from verger.extractor import Extractor
from verger.model import Model
from verger.moments import moments_of
from verger.pca import Pca
from verger.photo_traits import TRAITS
from verger.preset import preset_text
from verger.runs.files import Files
from verger.runs.listing import listed_photos
from verger.runs.manifest import ModelIdentity
from verger.runs.parts import preprocessing_schema
from verger.runs.photo import PhotoRow
from verger.runs.photo_batches import pieces
from verger.runs.read import may_pass_later, read_photos
from verger.runs.save import features_metadata

File = Union[str, "os.PathLike[str]"]


def extract(
    photos: File | Iterable[File],
    model: Model | File | None = None,
    preset: str | None = None,
    threads: int = 0,
    *,
    scale: str | None = None,
    filter: str | None = None,
    channels: str | None = None,
    resize: str | None = None,
    input_size: int | None = None,
    decode: str | None = None,
    views: int | None = None,
    output: str | None = None,
    pool: str | None = None,
    precision: str | None = None,
    calibration: str | None = None,
    traits: bool = False,
    include_hidden: bool = False,
    max_pixels: int = 0,
    max_bytes: int = 0,
) -> pa.Table:
    """Extract features of photos, a row a photo, in order, with the columns of an output's
    Preprocessing: path, label, features (list<float32>), size, modified, sha256, error.

    `photos` is a folder or s3://bucket/prefix, whose photos are all extracted, sorted, with paths
    relative to it; or a list of files. The label of a photo is the name of its folder. `model` is a
    name, a file or an open Model; None: the network inside the library. Model.open describes
    `preset`, the parts after `threads`, `precision` and `calibration`. A photo that cannot be read
    or decoded has null features and the reason in `error`; so has a photo with more than
    `max_pixels`, or a file with more than `max_bytes` (0: 201,326,592 and 134,217,728).

    `traits` adds the columns of `verger.traits`, from the same decoded pixels: lab_l, lab_a, lab_b,
    area, roundness. `save` does not store them.

    In a folder, hidden files and files of the operating system are passed over, unless
    `include_hidden` is set; so are videos, and RAW and similar files beside their photo. One
    warning counts them by kind; each folder that cannot be listed has a warning too.

    Photos are decoded in this process: for photos from strangers, the program's
    `verger extract --isolate` decodes each in a process without files and network.

    The metadata of the schema (verger.*) identify the network, for `save`.

    Errors: BadInput if there is no photo or no such model; BadModel, BadCall as Model.open;
            StorageError if a bucket fails.
    Cost:   memory for the features, 8 kB a photo with ResNet-50; a few photos at a time.
    """
    preset = preset_text(preset, scale, filter, channels, resize, input_size, decode, views)
    own = preset or output or pool or precision or calibration
    if isinstance(model, Model) and own is not None:
        raise BadCall(
            f"{own!r}: an open Model has its own preset, output, pool and precision: leave them out"
        )
    if isinstance(model, Model):
        network = model
    else:
        network = Model.open(
            model, preset, output=output, pool=pool, precision=precision, calibration=calibration
        )
    files = Files(include_hidden)
    place, listed, name = listed_photos(photos, files)
    most = limits()
    few = pieces(
        read_photos(place, listed, max_bytes),
        most.photos_at_once,
        lambda row: len(row[1] or b""),
        most.max_call_bytes,
    )
    extractor = Extractor(
        network, threads, max_pixels=max_pixels, max_bytes=max_bytes, traits=traits
    )
    batches = list(extractor.stream(map(_batch, few)))
    if not batches:
        raise BadInput("no photos: give a folder or some files")
    files.warn(stacklevel=2)
    table = pa.Table.from_batches(map(_try_again_later, batches))
    names = [*preprocessing_schema().names, *(TRAITS if traits else ())]
    return table.select(names).replace_schema_metadata(
        features_metadata(ModelIdentity.of(network), name)
    )


def _batch(rows: list[tuple[PhotoRow, bytes | None]]) -> pa.RecordBatch:
    fields = [preprocessing_schema().field(name) for name in PhotoRow._fields]
    values = zip(*(row for row, _ in rows))
    columns = [pa.array(column, field.type) for column, field in zip(values, fields)]
    columns.append(pa.array([content for _, content in rows], pa.binary()))
    return pa.RecordBatch.from_arrays(
        columns, schema=pa.schema([*fields, ("content", pa.binary())])
    )


def _try_again_later(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Remove size and time of rejects that another run is to try again."""
    errors = column(batch, "error").to_pylist()
    final = pa.array([error is None or not may_pass_later(error) for error in errors])
    known = [
        pc.if_else(final, column(batch, name), pa.scalar(None, column(batch, name).type))
        for name in ("size", "modified")
    ]
    return joined(batch, pa.RecordBatch.from_arrays(known, names=["size", "modified"]))


def fit(table: pa.Table, components: int | float = 50, features: str = "features") -> Pca:
    """Fit a PCA to a column of feature vectors; rows that are null are passed over.

    Errors: BadInput if there are no features, or not enough for so many components.
    """
    moments = moments_of(table.to_batches(), features)
    if moments is None:
        raise BadInput(f"no features in column '{features}': all its rows are null")
    return moments.fit(components)


def project(
    table: pa.Table, pca: Pca, scores: str = "centred", features: str = "features"
) -> pa.Table:
    """Return the table with one more column, `pca_features: list<float32>`."""
    # A table without batches still needs the columns: project one batch without rows.
    batches = table.to_batches() or [pa.RecordBatch.from_pylist([], table.schema)]
    projected = [joined(batch, pca.project(batch, scores, features)) for batch in batches]
    return pa.Table.from_batches(projected).replace_schema_metadata(table.schema.metadata)
