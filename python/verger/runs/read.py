"""The bytes of a photo, or why there are none."""

from __future__ import annotations

import errno
import os
import stat
from typing import NamedTuple

from verger._limits import limits
from verger.runs.listing import Photo
from verger.runs.local import LocalPlace
from verger.runs.place import Missing, Place
from verger.runs.s3 import Denied
from verger.runs.text import human_bytes

_CHANGED = "changed while the run went on: run again"
_VANISHED = "vanished: it was there when the run began"


class ReadOutcome(NamedTuple):
    """`content` of a photo, or the `error` for which it is rejected, else ""."""

    content: bytes | None
    error: str = ""
    transient: bool = False  # another run may fare better: its size and time are not to be kept


def read_photo(place: Place, photo: Photo) -> ReadOutcome:
    """Reads a photo that `list_photos` found below `place`.

    It is rejected if it is larger than limits().max_photo_bytes, not permitted, vanished or
    changed since it was listed, or, in a folder, not readable in limits().read_tries tries.

    Errors: StorageError if a bucket fails otherwise, after retries: no fault of the photo's.
    """
    if photo.problem:
        return ReadOutcome(None, photo.problem)
    most = limits().max_photo_bytes
    if photo.size > most:
        told = f"too large: {human_bytes(photo.size)} of at most {human_bytes(most)}"
        return ReadOutcome(None, told)
    if isinstance(place, LocalPlace):
        return _read_file(os.path.join(os.fsencode(place.root), _raw(photo)), photo)
    return _read_object(place, photo)


def _raw(photo: Photo) -> bytes:
    return photo.file if isinstance(photo.file, bytes) else photo.file.encode()


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
            content = stream.read(photo.size)
        return content if len(content) == photo.size else None
    finally:
        os.close(descriptor)


def _read_object(place: Place, photo: Photo) -> ReadOutcome:
    """An object's time is not asked for again: its size, and its bytes' hash later, must do."""
    try:
        # One byte more tells that it grew, however large it is by now.
        content = place.read(str(photo.file), photo.size + 1)
    except Missing:
        return ReadOutcome(None, _VANISHED, transient=True)
    except Denied:
        return ReadOutcome(None, "cannot be read: Permission denied", transient=True)
    return ReadOutcome(content) if len(content) == photo.size else _changed()
