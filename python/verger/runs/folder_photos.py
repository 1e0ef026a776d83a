"""Single photos on a disk: named by the user, and read."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from verger._limits import limits
from verger.runs.files import Files
from verger.runs.photo import CHANGED, VANISHED, Photo, ReadOutcome
from verger.runs.photo_batches import walk_names
from verger.runs.text import printable


def photo_of(file: str) -> Photo:
    """Return the photo of a file name: `path` is the name, printable; `file` is absolute.

    It has a `problem` where a listing would set one, and where there is no such file.
    """
    path, whole = printable(file), Path(file).absolute()
    label, raw = printable(whole.parent.name), os.fsencode(whole)
    walked = walk_names("", b"", [raw], [False], Files(include_hidden=True))
    problem = "".join(name.problem or "" for name in walked) or None
    try:
        status = os.stat(raw)
    except OSError as error:
        problem = f"cannot be read: {os.strerror(error.errno or 0)}"
    except ValueError:  # a NUL in it
        problem = problem or "cannot be read: no file has a NUL in its name"
    else:
        if not stat.S_ISREG(status.st_mode):
            return Photo(path, label, None, None, "not a regular file", raw)
        return Photo(path, label, status.st_size, status.st_mtime_ns // 1000, problem, raw)
    return Photo(path, label, None, None, problem, raw)


def read_file(file: bytes, photo: Photo) -> ReadOutcome:
    """Read a photo from `file`, its path on this machine; an I/O error is tried again.

    Cost: up to limits().read_tries reads.
    """
    tries = limits().read_tries
    for attempt in range(tries):
        try:
            content = try_read(file, photo)
            return CHANGED if content is None else ReadOutcome(content)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR):
                return VANISHED
            if error.errno != errno.EIO or attempt == tries - 1:
                reason = os.strerror(error.errno or 0)
                return ReadOutcome(None, f"cannot be read: {reason}", transient=True)
    raise AssertionError("the last try returns")


def try_read(file: bytes, photo: Photo) -> bytes | None:
    """Return the content, or None if it is not the file that was listed. Errors: OSError."""
    # O_NONBLOCK: a FIFO put in the photo's place must not hang the run.
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    try:
        if not _is_as_listed(descriptor, photo):
            return None
        with open(descriptor, "rb", closefd=False) as stream:
            content = stream.read(photo.size)
        # Again: who writes while we read would give us half of one photo and half of another.
        return content if len(content) == photo.size and _is_as_listed(descriptor, photo) else None
    finally:
        os.close(descriptor)


def _is_as_listed(descriptor: int, photo: Photo) -> bool:
    status = os.fstat(descriptor)
    now = (status.st_size, status.st_mtime_ns // 1000)
    return stat.S_ISREG(status.st_mode) and now == (photo.size, photo.modified)
