"""Which photos there are."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from verger.errors import BadCall, BadInput
from verger.runs.bucket_listing import bucket_rows
from verger.runs.files import Files
from verger.runs.folder_listing import folder_rows
from verger.runs.local import LocalPlace
from verger.runs.photo_batches import in_batches, is_unread, rows_of, walk_names
from verger.runs.place import Place
from verger.runs.s3 import S3Place
from verger.runs.text import printable


class Photo(NamedTuple):
    """A row of a listing: a photo that was found, not opened.

    Units: `size` bytes, `modified` microseconds since 1970, UTC; None: not known.
    """

    path: str  # below the place of photos, printable, '/' between names
    label: str  # name of the folder that holds it
    size: int | None
    modified: int | None
    problem: str | None = None  # why it must not be opened; None if it may
    file: bytes | None = None  # what storage calls it below the place; None: as `path`


def listing(
    place: Place, skip: Place | None = None, files: Files | None = None
) -> Iterator[pa.RecordBatch]:
    """The photos below `place`, in strictly ascending order of the bytes of their paths.

    Batches of some thousands of rows, with the columns of photo_batches.SCHEMA: path; label; size,
    in bytes; modified, in microseconds since 1970, UTC, null where nobody knows; problem, why a
    photo must not be opened, null if it may; file, what storage calls it below `place`, null where
    that is the path.

    Which files are photos and what their paths are says verger_walk_names; `files` has the choice,
    and counts them. Leaves the place `skip` alone. A path that ends in "/" is that of a folder
    which could not be listed: `photos_of` leaves it out.

    Errors: BadInput if `place` cannot be listed.
    Cost:   memory for the widest folder, or the keys below one prefix of a bucket.
    """
    files = Files() if files is None else files
    if isinstance(place, LocalPlace):
        rows = folder_rows(place.root, skip.root if isinstance(skip, LocalPlace) else None, files)
    elif isinstance(place, S3Place):
        rows = bucket_rows(place, skip if isinstance(skip, S3Place) else None, files)
    else:
        raise BadCall(f"{place.shown}: photos of such a place cannot be listed")
    return in_batches(rows)


def require_photos(
    place: Place, skip: Place | None = None, files: Files | None = None
) -> Iterator[pa.RecordBatch]:
    """As `listing`. Errors: BadInput at once, if there is no photo."""
    files = Files() if files is None else files
    batches = listing(place, skip, files)
    first = []
    while not files.photos:
        batch = next(batches, None)
        if batch is None:
            is_output = skip is not None and place.canonical == skip.canonical
            raise BadInput(files.no_photos(printable(place.shown), is_output))
        first.append(batch)
    return chain(first, batches)


def photos_of(batches: Iterator[pa.RecordBatch]) -> Iterator[Photo]:
    """The photos of a listing."""
    return (Photo(*row) for batch in batches for row in rows_of(batch) if not is_unread(row[0]))


def photo_of(file: str) -> Photo:
    """A photo that was named by itself: its path is as given but printable, `file` is absolute.

    What a listing would give a problem, and what is not there, has one.
    """
    path, whole = printable(file), Path(file).absolute()
    label, raw = printable(whole.parent.name), os.fsencode(whole)
    named = walk_names("", b"", [raw], [False], Files(include_hidden=True))
    problem = "".join(name.problem or "" for name in named) or None
    try:
        found = os.stat(raw)
    except OSError as error:
        problem = f"cannot be read: {os.strerror(error.errno or 0)}"
    except ValueError:  # a NUL in it
        problem = problem or "cannot be read: no file has a NUL in its name"
    else:
        if not stat.S_ISREG(found.st_mode):
            return Photo(path, label, None, None, "not a regular file", raw)
        return Photo(path, label, found.st_size, found.st_mtime_ns // 1000, problem, raw)
    return Photo(path, label, None, None, problem, raw)
