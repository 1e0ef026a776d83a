"""Photos as a DataFrame, listed as the program lists them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from verger._limits import limits
from verger.runs.files import Files
from verger.runs.listing import photos_of, require_photos
from verger.runs.photo import Photo, ReadOutcome
from verger.runs.photo_batches import pieces
from verger.runs.read import read_contents
from verger.runs.storage import Place, open_place
from verger.spark.executors import executors_of
from verger.spark.places import session_s3
from verger.spark.settings import PHOTOS_IN_A_BATCH

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_MOST_IN_A_TASK = 1000
_COLUMNS = "path string, modificationTime timestamp, length bigint, content binary, error string"
_ARROW = pa.schema(
    [
        ("path", pa.string()),
        ("modificationTime", pa.timestamp("us", "UTC")),
        ("length", pa.int64()),
        ("content", pa.binary()),
        ("error", pa.string()),
    ]
)


def photos(
    spark: SparkSession, place: str, *, include_hidden: bool = False, max_bytes: int = 0
) -> DataFrame:
    """Return the photos below a folder or s3://bucket/prefix, as `verger run` lists them.

    Columns: path (the whole), modificationTime, length and content as of Spark's binaryFile, which
    skips empty files and names that begin with '_' or '.', and fails at a ':' in a file's name; and
    error: null, or why the photo could not be read, with a null `content`. Files of more than
    `max_bytes` (0: 134,217,728) are not read.

    Hidden files and those of systems are skipped, unless `include_hidden`; so are videos, and RAW
    files and the like beside their photo. One warning counts them by kind, and one names each
    folder that cannot be listed.

    The driver lists at once; executors read whenever the rows are evaluated, so every node must see
    a folder. S3 is set up by the session's Hadoop configuration (fs.s3a.*), then by the AWS
    environment.

    Errors: BadInput if there is no photo; BadCall for a place that cannot be opened; StorageError.
    Cost:   memory for the listing, some 100 bytes a photo.
    """
    where = open_place(place, session_s3(spark))
    where.check_region()
    files = Files(include_hidden)
    listed = pa.Table.from_batches(require_photos(where, files=files)).combine_chunks()
    files.warn(stacklevel=2)
    share = math.ceil(listed.num_rows / executors_of(spark).slots)
    most = min(share, _MOST_IN_A_TASK)
    parts = [
        (number, _pack(listed.slice(begin, most)))
        for number, begin in enumerate(range(0, listed.num_rows, most))
    ]
    sent = spark.createDataFrame(parts, "part int, photos binary")
    return sent.repartitionByRange(len(parts), "part").mapInArrow(
        ReadPhotos(where, max_bytes), _COLUMNS
    )


def _pack(listed: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, listed.schema) as stream:
        stream.write_table(listed)
    return bytes(sink.getvalue())


@dataclass(frozen=True)
class ReadPhotos:
    """Parts of a listing to photos."""

    place: Place
    max_bytes: int = 0

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        self.place.require_visible()
        for part in (part for batch in batches for part in batch.column("photos").to_pylist()):
            with pa.ipc.open_stream(part) as listed:
                read = read_contents(self.place, photos_of(listed), self.max_bytes)
                for few in pieces(read, PHOTOS_IN_A_BATCH, _bytes, limits().max_call_bytes):
                    yield _batch(self.place.url, few)


def _bytes(read: tuple[Photo, ReadOutcome]) -> int:
    return len(read[1].content or b"")


def _batch(root: str, few: list[tuple[Photo, ReadOutcome]]) -> pa.RecordBatch:
    rows = [
        (f"{root}/{photo.path}", photo.modified, photo.size, read.content, read.error or None)
        for photo, read in few
    ]
    columns = [pa.array(values, field.type) for values, field in zip(zip(*rows), _ARROW)]
    return pa.RecordBatch.from_arrays(columns, schema=_ARROW)
