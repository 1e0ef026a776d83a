"""Errors of the file system of this machine, with their remedies."""

from __future__ import annotations

import errno
import itertools
import os
import sys

from verger.errors import StorageError
from verger.runs.place import Missing, NotAFile
from verger.runs.text import printable

# Errors of file systems that lack a call.
UNSUPPORTED = (errno.ENOTSUP, errno.ENOSYS)


def file_error(verb: str, path: str, error: OSError, needed: int = 0) -> StorageError:
    """Return the error "cannot VERB 'PATH'" with its reason and remedy.

    `needed`: bytes still to be written, for a full disk.
    """
    kind = Missing if error.errno == errno.ENOENT else StorageError
    reason = error.strerror or str(error)
    return kind(f"cannot {verb} '{printable(path)}': {reason}{_remedy(error, path, needed)}")


def not_a_file(path: str) -> NotAFile:
    """Return the error of a path that is a folder, a FIFO or the like."""
    return NotAFile(f"cannot read '{printable(path)}': it is not a file; move it away")


def _remedy(error: OSError, path: str, needed: int) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        free = free_bytes(os.path.dirname(path))
        available = "" if free is None else f", {free:,} are free"
        missing = f": {needed:,} bytes are still to be written{available}"
        return f"{missing}; make room, or choose another folder"
    if error.errno == errno.EFBIG:
        return (
            f": {needed:,} bytes are still to be written; raise the limit on file sizes (ulimit -f)"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"; give user {os.geteuid()} access to it, or choose another folder"
    if error.errno == errno.EROFS:
        return "; choose a folder on a disk that can be written"
    if error.errno == errno.ENOTDIR:
        return "; a part of the path is a file: give a folder"
    if error.errno in (errno.ENOLCK, *UNSUPPORTED):
        return "; its file system does not support that: choose a folder on another file system"
    return "; check the name" if error.errno == errno.ENOENT else ""


def free_bytes(folder: str) -> int | None:
    """Return the bytes that may still be written to the disk of a folder; None if unknown."""
    try:
        status = os.statvfs(folder)
    except OSError:
        return None
    return status.f_bavail * status.f_frsize


def sync_folder(folder: str) -> None:
    """Make the names in a folder durable; warn once a process where its disk cannot.

    Errors: StorageError if the disk fails.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        # Some network and user-space file systems cannot.
        if error.errno not in (errno.EINVAL, *UNSUPPORTED):
            raise file_error("make durable", folder, error) from error
        if next(_sync_warnings) == 0:
            warn(
                f"'{printable(folder)}': its file system cannot sync folders: after a loss of "
                "power, files of the latest run may be missing; the next run makes them again"
            )


_sync_warnings = itertools.count()


def warn(text: str) -> None:
    """Print a warning on stderr, as the program does."""
    print(f"verger: warning: {text}", file=sys.stderr)
