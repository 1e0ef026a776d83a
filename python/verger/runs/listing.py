"""Which photos there are."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Set
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from verger.errors import BadCall
from verger.runs.bucket_listing import bucket_rows
from verger.runs.folder_listing import folder_rows
from verger.runs.hashed_listing import hash_of
from verger.runs.local import LocalPlace
from verger.runs.manifest import Reject
from verger.runs.photo_batches import in_batches, walk_names
from verger.runs.place import Place
from verger.runs.s3 import S3Place
from verger.runs.text import printable

_HASHED = re.compile(r"[0-9a-f]{64}")


class Photo(NamedTuple):
    """A photo that was found, not opened.

    Units: `size` bytes, `modified` microseconds since 1970, UTC.
    """

    path: str  # below the place of photos, printable, '/' between names
    label: str  # name of the folder that holds it
    size: int
    modified: int
    problem: str  # why it must not be opened; "" if it may
    file: str | bytes  # what to open, below the place


def listing(place: Place, skip: Place | None = None) -> Iterator[pa.RecordBatch]:
    """The photos below `place`, in strictly ascending order of the bytes of their paths.

    Batches of some thousands of rows, with the columns of photo_batches.SCHEMA: path; label; size,
    in bytes; modified, in microseconds since 1970, UTC, null where nobody knows; problem, why a
    photo must not be opened, null if it may; file, what storage calls it below `place`, null where
    that is the path.

    Which files are photos and what their paths are says verger_walk_names. Leaves the place `skip`
    alone.

    Errors: BadInput if `place` or a folder below it cannot be listed.
    Cost:   memory for the widest folder, or the keys below one prefix of a bucket.
    """
    if isinstance(place, LocalPlace):
        rows = folder_rows(place.root, skip.root if isinstance(skip, LocalPlace) else None)
    elif isinstance(place, S3Place):
        rows = bucket_rows(place, skip if isinstance(skip, S3Place) else None)
    else:
        raise BadCall(f"{place.shown}: photos of such a place cannot be listed")
    return in_batches(rows)


def list_photos(place: Place, skip: Place | None = None) -> list[Photo]:
    """All photos of `listing` at once. Cost: 400 bytes a photo."""
    in_bucket = isinstance(place, S3Place)
    photos = []
    for batch in listing(place, skip):
        for path, label, size, modified, problem, raw in zip(
            *(column.to_pylist() for column in batch.columns)
        ):
            file = path if raw is None else raw.decode() if in_bucket else raw
            photos.append(Photo(path, label, size, modified or 0, problem or "", file))
    return photos


def photo_of(file: str) -> Photo:
    """A photo that was named by itself: its path is as given but printable, `file` is absolute.

    What `list_photos` would reject, and what is not there, is a photo with a problem.
    """
    path, whole = printable(file), Path(file).absolute()
    label, raw = printable(whole.parent.name), os.fsencode(whole)
    problem = "".join(name.problem or "" for name in walk_names("", b"", [raw], [False]))
    try:
        found = os.stat(raw)
    except OSError as error:
        problem = f"cannot be read: {os.strerror(error.errno or 0)}"
    except ValueError:  # a NUL in it
        problem = problem or "cannot be read: no file has a NUL in its name"
    else:
        if not stat.S_ISREG(found.st_mode):
            return Photo(path, label, 0, 0, "not a regular file", raw)
        return Photo(path, label, found.st_size, found.st_mtime_ns // 1000, problem, raw)
    return Photo(path, label, 0, 0, problem, raw)


def hashed(photos: Iterable[Photo]) -> list[Photo]:
    """The same photos, in the order of their new paths: the SHA-256 of each path's UTF-8, in
    lower-case hexadecimal digits. Labels and files to open stay."""
    found = [photo._replace(path=hash_of(photo.path)) for photo in photos]
    return sorted(found, key=lambda photo: photo.path)


def is_hashed(path: str) -> bool:
    """Whether a path is one of `hashed`: all others end in .jpg and the like."""
    return _HASHED.fullmatch(path) is not None


def count_labels(
    photos: Iterable[Photo], rejects: Iterable[Reject], others: Set[str] = frozenset()
) -> int:
    """How many labels the photos have that were not rejected, and `others`, together."""
    rejected = {reject.path for reject in rejects}
    return len({photo.label for photo in photos if photo.path not in rejected} | others)
