"""Photos as a DataFrame, listed as the program lists them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from verger._limits import limits
from verger.runs.files import Files
from verger.runs.listing import Photo, photos_of, require_photos
from verger.runs.photo_batches import pieces
from verger.runs.read import ReadOutcome, read_contents
from verger.runs.storage import LocalPlace, Place, open_place
from verger.spark.executors import executors_of
from verger.spark.places import session_s3
from verger.spark.settings import PHOTOS_IN_A_BATCH
from verger.spark.worker import require_folder

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
    """The photos below a folder or s3://bucket/prefix, for `extract`: all that `verger run` finds.

    Spark's binaryFile passes over empty files and names that begin with '_' or '.', and fails at a
    ':' in a file's name. Here as there: path (the whole), modificationTime, length and content; and
    error: why a photo could not be read, and `content` is null, or null. Files of more than
    `max_bytes` (0: 134,217,728) are not read.

    Hidden files and those of systems are passed over, unless `include_hidden`; so are videos, and
    RAW files and the like beside their photo. One warning says how many of which kind, and one each
    folder that cannot be listed.

    Listed here and now, on the driver; read on the executors, as often as the rows are asked for.
    So every node must see a folder. S3 as the session's Hadoop configuration says (fs.s3a.*), then
    as the AWS environment does.

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
        require_folder(self.place)
        root = self.place.canonical.rstrip("/")
        if isinstance(self.place, LocalPlace):
            root = f"file:{root}"  # as binaryFile has it
        for part in (part for batch in batches for part in batch.column("photos").to_pylist()):
            with pa.ipc.open_stream(part) as listed:
                read = read_contents(self.place, photos_of(listed), self.max_bytes)
                for few in pieces(read, PHOTOS_IN_A_BATCH, _bytes, limits().max_call_bytes):
                    yield _batch(root, few)


def _bytes(read: tuple[Photo, ReadOutcome]) -> int:
    return len(read[1].content or b"")


def _batch(root: str, few: list[tuple[Photo, ReadOutcome]]) -> pa.RecordBatch:
    rows = [
        (f"{root}/{photo.path}", photo.modified, photo.size, read.content, read.error or None)
        for photo, read in few
    ]
    columns = [pa.array(values, field.type) for values, field in zip(zip(*rows), _ARROW)]
    return pa.RecordBatch.from_arrays(columns, schema=_ARROW)
