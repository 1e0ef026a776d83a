"""The lock of an output in a folder: a file that the kernel locks."""

from __future__ import annotations

import errno
import fcntl
import os

from verger.errors import StorageError
from verger.runs.file_errors import UNSUPPORTED, file_error, warn
from verger.runs.place import Lock, Place
from verger.runs.text import printable


class FileLock(Lock):
    """A lock on an open file."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def check(self) -> None:
        pass  # the kernel gives it to nobody else

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def lock_file(place: Place, path: str) -> FileLock:
    """Lock the file `path` of an output until it is released or the process ends.

    The file stays, empty: removing it would let two processes lock two files of one name. Without
    a lock, and a warning, where the file system has none and VERGER_NO_LOCK is set.

    Errors: InUse; StorageError.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise file_error("lock", path, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise place.in_use("wait until it ends, or choose another OUT") from error
    except OSError as error:
        if error.errno not in (errno.ENOLCK, *UNSUPPORTED):
            os.close(descriptor)
            raise file_error("lock", path, error) from error
        problem = f"{printable(place.display_name)}: its file system does not support locks"
        if "VERGER_NO_LOCK" not in os.environ:
            os.close(descriptor)
            raise StorageError(
                f"{problem}, which keep two runs from writing at once: choose an OUT on another "
                "disk, or, if no other run writes to it, set VERGER_NO_LOCK=1"
            ) from error
        warn(f"{problem}: nothing keeps another run from writing to it (VERGER_NO_LOCK)")
    return FileLock(descriptor)
