"""Saves a table of features as an output."""

from __future__ import annotations

import os
from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc

from verger._library import library
from verger.errors import BadCall, BadInput
from verger.moments import moments_of
from verger.runs.manifest import Manifest, ModelIdentity, PartEntry, Reject
from verger.runs.output import Output
from verger.runs.parts import (
    MODEL_KEY,
    PRESET_KEY,
    encode_preprocessing,
    part_entry,
    photo_rows,
    preprocessing_schema,
)
from verger.runs.photo import PhotoRow
from verger.runs.rules import PREPROCESSING
from verger.runs.storage import open_place
from verger.runs.text import printable

_NAME = "verger.model.name"
_PRESET = "verger.model.preset_name"
_DIMENSION = "verger.model.dimension"
_PHOTOS = "verger.photos"
_PRECISION = "verger.model.precision"
_CALIBRATION = "verger.model.calibration"
_IDENTITY = (_NAME, MODEL_KEY, _PRESET, PRESET_KEY)


def features_metadata(model: ModelIdentity, photos: str) -> dict[str, str]:
    """Return the metadata of a table of features; `photos`: the place that they came from."""
    return {
        MODEL_KEY: model.sha256,
        PRESET_KEY: model.identity,
        _NAME: model.name,
        _PRESET: model.preset,
        _DIMENSION: str(model.dimension),
        _PHOTOS: photos,
        _PRECISION: model.precision,
        _CALIBRATION: model.calibration,
    }


def save(table: pa.Table, out: str | os.PathLike[str]) -> None:
    """Make an output of what `extract` returned, as `verger extract PHOTOS OUT` does: `verger
    reduce OUT`, `verger run PHOTOS OUT` and pca.py go on with it.

    `out` is a folder or s3://bucket/prefix without an output. Rows may be left out, tables of one
    network put together, columns added (which are not saved).

    Errors: BadCall if the table is not `extract`'s, has a path twice, or OUT holds an output;
            BadInput without features, or if OUT holds files of others; InUse; StorageError.
    """
    model, photos = _read_metadata(table)
    rows = _rows(table, model)
    with Output.open_for_writing(open_place(out)) as output:
        if output.manifest is not None:
            raise BadCall(
                f"{printable(output.place.display_name)}: already has an output: choose another OUT"
            )
        _write(output, rows, model, photos)


def _read_metadata(table: pa.Table) -> tuple[ModelIdentity, str]:
    """Return the network, and the place of the photos."""
    metadata = {
        key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()
    }
    try:
        name, sha256, preset, identity = map(metadata.__getitem__, _IDENTITY)
        model = ModelIdentity(
            name,
            sha256,
            preset,
            identity,
            int(metadata[_DIMENSION]),
            metadata.get(_PRECISION, "fp32"),
            metadata.get(_CALIBRATION, ""),
        )
        return model, metadata[_PHOTOS]
    except (KeyError, ValueError) as error:
        raise BadCall(
            "the table does not say which network its features came from (metadata "
            "verger.model.*): give a table that verger.extract returned"
        ) from error


def _rows(table: pa.Table, model: ModelIdentity) -> pa.Table:
    """Return the columns of Preprocessing, in the order of paths."""
    try:
        rows = (
            table.select(preprocessing_schema().names).cast(preprocessing_schema()).sort_by("path")
        )
    except (KeyError, ValueError, pa.ArrowException) as error:
        raise BadCall(f"the table is not one of verger.extract: {error}") from error
    paths = rows["path"].to_pylist()
    path, count = Counter(paths).most_common(1)[0] if paths else ("", 0)
    if count > 1:
        raise BadCall(f"{path}: {count} rows of the table have this path: keep only one of them")
    expected = pc.if_else(pc.is_valid(rows["error"]), None, pa.scalar(model.dimension, pa.int32()))
    if pc.list_value_length(rows["features"]).to_pylist() != expected.to_pylist():
        raise BadCall(
            f"a row of the table has neither {model.dimension} features nor an error, or both: "
            "give a table that verger.extract returned"
        )
    # Without the hash of its photo, another part could not reuse a row's features.
    hashed = pc.or_(pc.is_valid(rows["error"]), pc.is_valid(rows["sha256"]))
    has_reason = pc.fill_null(pc.not_equal(rows["error"], ""), True)
    if pc.any(pc.invert(pc.and_(hashed, has_reason))).as_py():
        raise BadCall(
            "a row of the table lacks the sha256 of its photo or the text of its error: give a "
            "table that verger.extract returned"
        )
    return rows


def _write(output: Output, rows: pa.Table, model: ModelIdentity, photos: str) -> None:
    moments = moments_of(rows.to_batches())
    if moments is None:
        raise BadInput("no row of the table has features: there is nothing to save")
    replaced = output.unlisted()  # of an interrupted call
    parts: list[PartEntry] = []
    most = library().verger_part_rows(rows.num_rows, model.dimension)
    for begin in range(0, rows.num_rows, most):
        some = rows.slice(begin, most)
        of_part = photo_rows(some.select(PhotoRow._fields))
        name = output.next_part(PREPROCESSING)
        data = encode_preprocessing(of_part, some["features"], model)
        parts.append(part_entry(output.publish(name, data), of_part))
    rejects = rows.filter(pc.is_valid(rows["error"])).select(["path", "error"])
    labels = rows.filter(pc.is_null(rows["error"]))["label"]
    manifest = Manifest(
        photos=photos,
        labels=len(labels.unique()),
        model=model,
        preprocessing=parts,
        moments=output.publish(output.versioned_name("moments"), moments.save()),
        rejects=[Reject(*row) for row in zip(*(column.to_pylist() for column in rejects.columns))],
        replaced=replaced,
    )
    output.commit(manifest)
