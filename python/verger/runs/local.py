"""A folder of this machine, or of a disk that all machines of a cluster see."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from verger._usable_threads import usable_threads
from verger.errors import BadCall, BadInput, StorageError, VergerError
from verger.runs.file_errors import file_error, free_bytes, not_a_file, sync_folder
from verger.runs.file_lock import lock_file
from verger.runs.files import Files
from verger.runs.folder_listing import folder_rows
from verger.runs.folder_photos import photo_of, read_file
from verger.runs.pending_file import PendingFile, remove_stale
from verger.runs.photo import Photo, ReadOutcome
from verger.runs.photo_batches import Row
from verger.runs.place import Lock, Place, PlaceFile
from verger.runs.text import printable

# Errors of disks without hard links.
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL)


@dataclass(frozen=True)
class LocalPlace(Place):
    """Files of one folder. Renames are atomic, and nothing visible is ever half written."""

    root: str  # absolute

    @property
    def canonical(self) -> str:
        return printable(os.fsencode(os.path.realpath(self.root)))

    @property
    def url(self) -> str:
        return f"file:{self.canonical.rstrip('/')}"

    @property
    def concurrent_reads(self) -> int:
        return usable_threads()

    def path(self, name: str) -> str:
        """Return where the file is on this machine."""
        return os.path.join(self.root, name) if name else self.root

    def input_error(self, error: StorageError) -> VergerError:
        return BadInput(str(error))

    def require_visible(self) -> None:
        if not os.path.isdir(self.root):
            raise BadCall(
                f"{printable(self.display_name)}: there is no such folder on "
                f"{socket.gethostname()}, which runs tasks: give a folder that every node sees, or "
                "s3://bucket/prefix"
            )

    def photo_rows(self, skip: Place | None, files: Files) -> Iterator[Row]:
        return folder_rows(self.root, skip.root if isinstance(skip, LocalPlace) else None, files)

    def single_photo(self) -> tuple[Place, Photo] | None:
        if os.path.isdir(self.root):
            return None
        if not os.path.lexists(self.root):
            name = printable(self.display_name)
            raise BadInput(f"{name} does not exist: give a photo or a folder of photos")
        return LocalPlace("", "/"), photo_of(self.display_name)

    def read_photo(self, photo: Photo) -> ReadOutcome:
        return read_file(os.path.join(os.fsencode(self.root), photo.storage_name), photo)

    def open_file(self, name: str) -> pa.NativeFile:
        path = self.path(name)
        try:
            if not stat.S_ISREG(os.stat(path).st_mode):
                raise not_a_file(path)
            return pa.OSFile(path)
        except OSError as error:
            raise file_error("read", path, error) from error

    def read(self, name: str, max_bytes: int | None = None) -> bytes:
        path = self.path(name)
        try:
            # O_NONBLOCK: opening a FIFO must not wait for a writer.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            raise file_error("read", path, error) from error
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise not_a_file(path)
            with open(descriptor, "rb", closefd=False) as file:
                return file.read(-1 if max_bytes is None else max_bytes)
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
                status = os.stat(self.path(f"{folder}/{name}"))
                if stat.S_ISREG(status.st_mode):
                    files.append(PlaceFile(name, status.st_size, status.st_mtime_ns // 1000))
        return files

    def exists(self, name: str) -> bool:
        return os.path.isfile(self.path(name))

    def publish(self, name: str, data: bytes) -> None:
        self._publish(name, data, replace=True)

    def publish_new(self, name: str, data: bytes) -> bool:
        """Return True in exactly one of several processes that try at once."""
        return self._publish(name, data, replace=False)

    def _publish(self, name: str, data: bytes, replace: bool) -> bool:
        path = self.path(name)
        left = memoryview(data)
        try:
            file = PendingFile(os.path.dirname(path))
            try:
                while left:
                    left = left[os.write(file.descriptor, left) :]
                os.fsync(file.descriptor)  # a failed fsync cannot be tried again
                if replace:
                    os.rename(file.name, path)
                elif not self._rename_new(file.name, path):
                    return False
                file.name = ""
            finally:
                file.discard()
        except OSError as error:
            # After the discard, so that the error reports the free space without this file.
            raise file_error("write", path, error, len(left)) from error
        sync_folder(os.path.dirname(path))
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
            if os.path.lexists(
                path
            ):  # without links, only the output's lock protects against races
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
        sync_folder(self.path(folder))

    def remove(self, name: str) -> None:
        try:
            os.unlink(self.path(name))
        except FileNotFoundError:
            pass
        except OSError as error:
            raise file_error("remove", self.path(name), error) from error

    def make_folder(self, name: str) -> None:
        path = missing = self.path(name)
        new_folders = []
        while not os.path.isdir(missing):
            new_folders.append(missing)
            missing = os.path.dirname(missing)
        if not new_folders:
            return
        try:
            os.makedirs(path, exist_ok=True)
        except OSError as error:
            raise file_error("create the folder", path, error) from error
        for folder in new_folders:
            sync_folder(os.path.dirname(folder))

    def remove_stale_temporaries(self, folder: str) -> None:
        remove_stale(self.path(folder), self.list(folder))

    def lock(self, name: str) -> Lock:
        return lock_file(self, self.path(name))

    def free_bytes(self) -> int | None:
        return free_bytes(self.root)
