"""A folder of this machine, or of a disk that all machines of a cluster see."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import itertools
import os
import secrets
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from verger.errors import StorageError
from verger.runs.place import Lock, Missing, Place, PlaceFile
from verger.runs.text import printable

_TEMPORARY = ".verger-tmp-"
# Errors of file systems that do not know a call.
_UNSUPPORTED = (errno.ENOTSUP, errno.ENOSYS)
# Errors of disks that know no hard links.
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL)


def file_error(verb: str, path: str, error: OSError, needed: int = 0) -> StorageError:
    """What was tried, why it failed, and the remedy; `needed`: bytes still to be written."""
    kind = Missing if error.errno == errno.ENOENT else StorageError
    reason = error.strerror or str(error)
    return kind(f"cannot {verb} '{printable(path)}': {reason}{_remedy(error, path, needed)}")


def _no_file(path: str) -> StorageError:
    return StorageError(f"cannot read '{printable(path)}': it is not a file; move it away")


def _remedy(error: OSError, path: str, needed: int) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        free = _free_bytes(os.path.dirname(path))
        there = "" if free is None else f", {free:,} are free"
        left = f": {needed:,} bytes are still to be written{there}"
        return f"{left}; make room, or choose another folder"
    if error.errno == errno.EFBIG:
        return (
            f": {needed:,} bytes are still to be written; raise the limit on file sizes (ulimit -f)"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"; give user {os.geteuid()} the right to it, or choose another folder"
    if error.errno == errno.EROFS:
        return "; choose a folder on a disk that can be written"
    if error.errno == errno.ENOTDIR:
        return "; a name in it is a file's: give a folder"
    if error.errno in (errno.ENOLCK, *_UNSUPPORTED):
        return "; its file system cannot do that: choose a folder on another"
    return "; check the name" if error.errno == errno.ENOENT else ""


def _free_bytes(folder: str) -> int | None:
    try:
        status = os.statvfs(folder)
    except OSError:
        return None
    return status.f_bavail * status.f_frsize


def _sync(folder: str) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        # Some network and user-space file systems cannot.
        if error.errno not in (errno.EINVAL, *_UNSUPPORTED):
            raise file_error("make durable", folder, error) from error
        _warn_of_sync(folder)


_sync_warnings = itertools.count()


def _warn_of_sync(folder: str) -> None:
    """Says so for the first folder of this process."""
    if next(_sync_warnings) == 0:
        _warn(
            f"'{printable(folder)}': its file system cannot sync folders: after a loss of power, "
            "files of the latest run may be missing; the next run makes them again"
        )


def _warn(text: str) -> None:
    print(f"verger: warning: {text}", file=sys.stderr)


class _PendingFile:
    """A file on its way, hidden in the folder it is for.

    While it is open it holds a lock, which tells it from what a killed process left.
    """

    def __init__(self, folder: str) -> None:
        while True:
            self.name = os.path.join(folder, _TEMPORARY + secrets.token_hex(8))
            self.descriptor = os.open(self.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            # Between open and lock a cleaner may have taken it for stale: then start again.
            # Disks that know no locks have no cleaner that succeeds either.
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
        """Closes the file, and removes it unless it has its own name by now."""
        with contextlib.suppress(OSError):
            if self.name:
                os.unlink(self.name)
        os.close(self.descriptor)


class _FolderLock(Lock):
    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def check(self) -> None:
        pass  # the kernel gives it to nobody else

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@dataclass(frozen=True)
class LocalPlace(Place):
    """Files of one folder. Renames are atomic, and nothing visible is ever half written."""

    root: str  # absolute

    @property
    def canonical(self) -> str:
        return printable(os.fsencode(os.path.realpath(self.root)))

    def path(self, name: str) -> str:
        """Where the file is on this machine."""
        return os.path.join(self.root, name) if name else self.root

    def open_file(self, name: str) -> pa.NativeFile:
        path = self.path(name)
        try:
            if not stat.S_ISREG(os.stat(path).st_mode):
                raise _no_file(path)
            return pa.OSFile(path)
        except OSError as error:
            raise file_error("read", path, error) from error

    def read(self, name: str, most: int | None = None) -> bytes:
        path = self.path(name)
        try:
            # O_NONBLOCK: opening a FIFO must not wait for a writer.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            raise file_error("read", path, error) from error
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _no_file(path)
            with open(descriptor, "rb", closefd=False) as file:
                return file.read(-1 if most is None else most)
        except OSError as error:
            raise file_error("read", path, error) from error
        finally:
            os.close(descriptor)

    def list(self, folder: str) -> Sequence[str]:
        try:
            return sorted(os.listdir(self.path(folder)))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise file_error("list the folder", self.path(folder), error) from error

    def list_files(self, folder: str) -> Sequence[PlaceFile]:
        files = []
        for name in self.list(folder):
            with contextlib.suppress(OSError):
                found = os.stat(self.path(f"{folder}/{name}"))
                if stat.S_ISREG(found.st_mode):
                    files.append(PlaceFile(name, found.st_size, found.st_mtime_ns // 1000))
        return files

    def exists(self, name: str) -> bool:
        return os.path.isfile(self.path(name))

    def publish(self, name: str, data: bytes) -> None:
        self._publish(name, data, replace=True)

    def publish_new(self, name: str, data: bytes) -> bool:
        """Of several processes that try at once, exactly one gets True."""
        return self._publish(name, data, replace=False)

    def _publish(self, name: str, data: bytes, replace: bool) -> bool:
        path = self.path(name)
        left = memoryview(data)
        try:
            file = _PendingFile(os.path.dirname(path))
            try:
                while left:
                    left = left[os.write(file.descriptor, left) :]
                os.fsync(file.descriptor)  # if it fails, that is final
                if replace:
                    os.rename(file.name, path)
                elif not self._rename_new(file.name, path):
                    return False
                file.name = ""
            finally:
                file.discard()
        except OSError as error:
            # After the discard, so that the free space we name is what is left without us.
            raise file_error("write", path, error, len(left)) from error
        _sync(os.path.dirname(path))
        return True

    @staticmethod
    def _rename_new(temporary: str, path: str) -> bool:
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if os.path.lexists(path):  # what is left is the lock of the output
                return False
            os.rename(temporary, path)
            return True
        os.unlink(temporary)  # a second name for the bytes must not stay unnoticed
        return True

    def rename(self, old: str, new: str) -> None:
        try:
            os.rename(self.path(old), self.path(new))
        except OSError as error:
            raise file_error("write", self.path(new), error) from error

    def sync_folder(self, folder: str) -> None:
        _sync(self.path(folder))

    def remove(self, name: str) -> None:
        try:
            os.unlink(self.path(name))
        except FileNotFoundError:
            pass
        except OSError as error:
            raise file_error("remove", self.path(name), error) from error

    def make_folder(self, name: str) -> None:
        path = missing = self.path(name)
        made = []
        while not os.path.isdir(missing):
            made.append(missing)
            missing = os.path.dirname(missing)
        if not made:
            return
        try:
            os.makedirs(path, exist_ok=True)
        except OSError as error:
            raise file_error("create the folder", path, error) from error
        for folder in made:
            _sync(os.path.dirname(folder))

    def remove_stale_temporaries(self, folder: str) -> None:
        for name in self.list(folder):
            if not name.startswith(_TEMPORARY):
                continue
            path = os.path.join(self.path(folder), name)
            with contextlib.suppress(OSError):  # another time, then
                flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
                descriptor = os.open(path, flags)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    os.unlink(path)
                finally:
                    os.close(descriptor)

    def lock(self, name: str) -> Lock:
        """Held until it is released or the process goes. The file stays, empty.

        Removing it would let two processes hold locks on two files of one name.
        """
        path = self.path(name)
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise file_error("lock", path, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if isinstance(error, BlockingIOError):
                os.close(descriptor)
                raise self.in_use("wait until it ends, or choose another OUT") from error
            if error.errno not in (errno.ENOLCK, *_UNSUPPORTED):
                os.close(descriptor)
                raise file_error("lock", path, error) from error
            what = f"{printable(self.shown)}: its file system knows no locks"
            if "VERGER_NO_LOCK" not in os.environ:
                os.close(descriptor)
                raise StorageError(
                    f"{what}, which keep two runs from writing at once: choose an OUT on another "
                    "disk, or, if no other run writes to it, set VERGER_NO_LOCK=1"
                ) from error
            _warn(f"{what}: nothing keeps another run from writing to it (VERGER_NO_LOCK)")
        return _FolderLock(descriptor)

    def free_bytes(self) -> int | None:
        return _free_bytes(self.root)
