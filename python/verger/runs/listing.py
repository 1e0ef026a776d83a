"""The photos of a place."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import chain

import pyarrow as pa

from verger.errors import BadInput
from verger.runs.files import Files
from verger.runs.folder_photos import photo_of
from verger.runs.photo import Photo
from verger.runs.photo_batches import in_batches, is_unread, rows_of
from verger.runs.storage import LocalPlace, Place, open_place
from verger.runs.text import printable


def listing(
    place: Place, skip: Place | None = None, files: Files | None = None
) -> Iterator[pa.RecordBatch]:
    """List the photos below `place`, in strictly ascending order of the bytes of their paths.

    Batches of some thousands of rows, with the columns of photo_batches.SCHEMA: path; label; size,
    in bytes; modified, in microseconds since 1970, UTC, null if unknown; problem, why a photo must
    not be opened, null if it may; file, the photo's name in storage below `place`, null where that
    is the path.

    verger_walk_names decides which files are photos and what their paths are; `files` has the
    choice, and counts them. Skips the place `skip`. A path that ends in "/" is that of a folder
    which could not be listed: `photos_of` leaves it out.

    Errors: BadInput if `place` cannot be listed.
    Cost:   memory for the widest folder, or the keys below one prefix of a bucket.
    """
    return in_batches(place.photo_rows(skip, Files() if files is None else files))


def listed_photos(
    photos: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], files: Files
) -> tuple[Place, Iterator[Photo], str]:
    """Return place, photos and canonical name of a folder or bucket, or of files by their names.

    The photos of a place are sorted; the name of files is "". Errors: BadInput at once, if a folder
    has no photo.
    """
    if isinstance(photos, (str, os.PathLike)):
        place = open_place(photos)
        return place, photos_of(require_photos(place, files=files)), place.canonical
    return LocalPlace("", "/"), (photo_of(os.fspath(file)) for file in photos), ""


def require_photos(
    place: Place, skip: Place | None = None, files: Files | None = None
) -> Iterator[pa.RecordBatch]:
    """List as `listing`. Errors: BadInput at once, if there is no photo."""
    files = Files() if files is None else files
    batches = listing(place, skip, files)
    first = []
    while not files.photos:
        batch = next(batches, None)
        if batch is None:
            is_output = skip is not None and place.canonical == skip.canonical
            raise BadInput(files.no_photos(printable(place.display_name), is_output))
        first.append(batch)
    return chain(first, batches)


def photos_of(batches: Iterator[pa.RecordBatch]) -> Iterator[Photo]:
    """Yield the photos of a listing."""
    return (Photo(*row) for batch in batches for row in rows_of(batch) if not is_unread(row[0]))
