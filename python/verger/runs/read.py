"""The bytes of photos, or why there are none."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import sha256
from typing import NamedTuple, TypeVar

from verger._library import borrowed, library, take_text
from verger._limits import limits
from verger.runs.ahead import ahead
from verger.runs.listing import Photo
from verger.runs.local import LocalPlace
from verger.runs.parts import PhotoRow
from verger.runs.place import Missing, Place
from verger.runs.s3 import Denied

# A bucket answers in tens of milliseconds, the engine must not wait for it.
_READERS = 8
_CHANGED = "changed while the run went on: run again"
_VANISHED = "vanished: it was there when the run began"
_EMPTY_NAME = (
    "cannot be read by Python: a name between two '/' is empty, which pyarrow refuses: rename the "
    "object, or use the verger program"
)
_Read = TypeVar("_Read")


def read_photos(
    place: Place, photos: Iterable[Photo], max_bytes: int = 0
) -> Iterator[tuple[PhotoRow, bytes | None]]:
    """The row of each photo, and its bytes, in order; rejects have an error and no bytes.

    Read side by side: 8 at a time, or fewer where those are more than limits().max_call_bytes.

    Errors: as read_photo.
    """
    return _side_by_side(partial(_read_row, place, max_bytes), photos, max_bytes)


def read_contents(
    place: Place, photos: Iterable[Photo], max_bytes: int = 0
) -> Iterator[tuple[Photo, ReadOutcome]]:
    """As read_photos, for whoever needs no row and no hash."""

    def read(photo: Photo) -> tuple[Photo, ReadOutcome]:
        return photo, read_photo(place, photo, max_bytes)

    return _side_by_side(read, photos, max_bytes)


def _side_by_side(
    read: Callable[[Photo], _Read], photos: Iterable[Photo], max_bytes: int
) -> Iterator[_Read]:
    most = limits()

    def size(photo: Photo) -> int:
        return min(photo.size or 0, max_bytes or most.max_photo_bytes)

    return ahead(read, photos, _READERS, size, most.max_call_bytes)


def _read_row(place: Place, max_bytes: int, photo: Photo) -> tuple[PhotoRow, bytes | None]:
    content, error, transient = read_photo(place, photo, max_bytes)
    # A time that nobody knows is 1970 in rows.
    row = PhotoRow(photo.path, photo.label, photo.size, photo.modified or 0, None, None)
    if photo.size is None or transient:
        row = _tried_again(row)
    if content is None:
        return row._replace(error=error), None
    return row._replace(sha256=sha256(content).hexdigest()), content


def rejected(row: PhotoRow, error: str) -> PhotoRow:
    """The row of a photo that cannot be decoded."""
    row = row._replace(error=error)
    return _tried_again(row) if may_pass_later(error) else row


def may_pass_later(error: str) -> bool:
    """Whether another run may fare better with a photo of this error."""
    return bool(library().verger_may_pass_later(borrowed(error)))


def _tried_again(row: PhotoRow) -> PhotoRow:
    """Without a size the next run tries the photo again."""
    return row._replace(size=None, modified=None)


class ReadOutcome(NamedTuple):
    """`content` of a photo, or the `error` for which it is rejected, else ""."""

    content: bytes | None
    error: str = ""
    transient: bool = False  # another run may fare better: its size and time are not to be kept


def read_photo(place: Place, photo: Photo, max_bytes: int = 0) -> ReadOutcome:
    """Reads a photo that a listing has, below `place`.

    It is rejected if it is larger than `max_bytes` (0: limits().max_photo_bytes), not permitted,
    vanished or changed since it was listed, or, in a folder, not readable in limits().read_tries
    tries.

    Errors: StorageError if a bucket fails otherwise, after retries: no fault of the photo's.
    """
    if photo.problem:
        return ReadOutcome(None, photo.problem)
    most = max_bytes or limits().max_photo_bytes
    if photo.size is not None and photo.size > most:
        return ReadOutcome(None, take_text("verger_too_large", photo.size, most))
    if isinstance(place, LocalPlace):
        return _read_file(os.path.join(os.fsencode(place.root), _file(photo)), photo)
    return _read_object(place, photo)


def _file(photo: Photo) -> bytes:
    return photo.path.encode() if photo.file is None else photo.file


def _read_file(file: bytes, photo: Photo) -> ReadOutcome:
    tries = limits().read_tries
    for attempt in range(tries):
        try:
            content = _try_read(file, photo)
            return _changed() if content is None else ReadOutcome(content)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR):
                return ReadOutcome(None, _VANISHED, transient=True)
            if error.errno != errno.EIO or attempt == tries - 1:
                reason = os.strerror(error.errno or 0)
                return ReadOutcome(None, f"cannot be read: {reason}", transient=True)
    raise AssertionError("the last try returns")


def _changed() -> ReadOutcome:
    return ReadOutcome(None, _CHANGED, transient=True)


def _try_read(file: bytes, photo: Photo) -> bytes | None:
    """The content, or None if it is not what was listed."""
    # O_NONBLOCK: a FIFO put in the photo's place must not hang the run.
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    try:
        found = os.fstat(descriptor)
        listed = (photo.size, photo.modified)
        if not stat.S_ISREG(found.st_mode) or listed != (found.st_size, found.st_mtime_ns // 1000):
            return None
        with open(descriptor, "rb", closefd=False) as stream:
            content = stream.read(found.st_size)
        return content if len(content) == found.st_size else None
    finally:
        os.close(descriptor)


def _read_object(place: Place, photo: Photo) -> ReadOutcome:
    """An object's time is not asked for again: its size, and its bytes' hash later, must do."""
    listed, name = photo.size or 0, _file(photo).decode()
    if name.startswith("/") or "//" in name:
        return ReadOutcome(None, _EMPTY_NAME, transient=True)
    try:
        # One byte more tells that it grew, however large it is by now.
        content = place.read(name, listed + 1)
    except Missing:
        return ReadOutcome(None, _VANISHED, transient=True)
    except Denied as denied:
        return ReadOutcome(None, denied.rejection, transient=True)
    return ReadOutcome(content) if len(content) == listed else _changed()
