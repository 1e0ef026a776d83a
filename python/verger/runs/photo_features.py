"""Features of photos that are not written to an output."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Union

import pyarrow as pa

from verger._limits import limits
from verger.errors import BadInput
from verger.extractor import Extractor
from verger.runs.files import Files
from verger.runs.listing import photos_of, require_photos
from verger.runs.photo import Photo, ReadOutcome
from verger.runs.photo_batches import pieces
from verger.runs.read import read_contents
from verger.runs.storage import Place, S3Settings, open_place

Name = Union[str, "os.PathLike[str]"]

_SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("label", pa.string()),
        ("error", pa.string()),
        ("content", pa.large_binary()),
    ]
)


class PhotoSource(NamedTuple):
    """Photos of one place."""

    place: Place
    photos: list[Photo]


def find_photos(
    names: Name | Iterable[Name], skip: Place, s3: S3Settings | None = None
) -> list[PhotoSource]:
    """Return the photos that `names` are: all of a folder or bucket, or one. Warns of files that
    are passed over. `skip`: an output, which is no input.

    Errors: BadInput, naming it, for a name that does not exist, and for folders without photos.
    """
    places = [names] if isinstance(names, (str, os.PathLike)) else list(names)
    if not places:
        raise BadInput("no photos: give a folder or some files")
    return [_source(open_place(name, s3), skip) for name in places]


def _source(place: Place, skip: Place) -> PhotoSource:
    single = place.single_photo()
    if single is not None:
        return PhotoSource(single[0], [single[1]])
    files = Files()
    source = PhotoSource(place, list(photos_of(require_photos(place, skip, files))))
    files.warn(stacklevel=5)  # the caller of verger.classify or verger.teach
    return source


def extract_photos(
    sources: Iterable[PhotoSource], extractor: Extractor, max_bytes: int = 0
) -> Iterator[pa.RecordBatch]:
    """Yield batches of path, label, error and features, in the order of the sources.

    Of error and features one is null.

    Errors: StorageError if a bucket fails.
    Cost:   memory for a few photos at a time.
    """
    bounds = limits()

    def read() -> Iterator[tuple[Photo, ReadOutcome]]:
        for source in sources:
            yield from read_contents(source.place, source.photos, max_bytes)

    few = pieces(
        read(),
        bounds.photos_at_once,
        lambda one: len(one[1].content or b""),
        bounds.max_call_bytes,
    )
    return extractor.stream(map(_batch, few))


def _batch(photos: list[tuple[Photo, ReadOutcome]]) -> pa.RecordBatch:
    rows = [(photo.path, photo.label, out.error or None, out.content) for photo, out in photos]
    columns = [pa.array(values, field.type) for values, field in zip(zip(*rows), _SCHEMA)]
    return pa.RecordBatch.from_arrays(columns, schema=_SCHEMA)
