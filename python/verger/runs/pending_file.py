"""A file that is being written, under a hidden name until it is whole."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterable

TEMPORARY = ".verger-tmp-"  # how hidden names begin


class PendingFile:
    """A new file with a hidden name in the folder that it is for.

    While it is open it holds a lock, which tells it from a file that a killed process left.
    """

    def __init__(self, folder: str) -> None:
        """Create and lock the file. Errors: OSError."""
        while True:
            self.name = os.path.join(folder, TEMPORARY + secrets.token_hex(8))
            self.descriptor = os.open(self.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            # Between open and lock a cleaner may have removed it as stale: then start again.
            # On disks without locks no cleaner succeeds either.
            try:
                fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.discard()
                continue
            except OSError:
                pass
            if os.fstat(self.descriptor).st_nlink > 0:
                return
            self.discard()

    def discard(self) -> None:
        """Close the file, and remove it unless it has its own name by now."""
        with contextlib.suppress(OSError):
            if self.name:
                os.unlink(self.name)
        os.close(self.descriptor)


def remove_stale(folder: str, names: Iterable[str]) -> None:
    """Remove those of `names` in `folder` that killed writers left; files in use stay."""
    for name in names:
        if not name.startswith(TEMPORARY):
            continue
        path = os.path.join(folder, name)
        with contextlib.suppress(OSError):  # the next run tries again
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(path)
            finally:
                os.close(descriptor)
