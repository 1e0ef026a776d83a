"""A prefix of an S3 bucket, through Arrow's S3 filesystem."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
from pyarrow import fs

from verger.errors import BadInput, StorageError
from verger.runs.bucket_listing import bucket_rows
from verger.runs.files import Files
from verger.runs.photo import CHANGED, VANISHED, Photo, ReadOutcome
from verger.runs.photo_batches import Row
from verger.runs.place import Denied, Lock, Missing, Place, PlaceFile
from verger.runs.s3_client import S3Settings, bucket_url, keys_of, open_client, server_of
from verger.runs.s3_errors import Kind, S3Error, explain, explain_arrow, rejection
from verger.runs.s3_get import get_first_byte
from verger.runs.s3_lock import take_lock
from verger.runs.text import printable
from verger.runs.web import NoAnswer

_ANY_TIME = 2**63 - 1  # later than every other
_CONCURRENT_READS = 16
_PHOTO_ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
_EMPTY_NAME = (
    "cannot be read by Python: a name between two '/' is empty, which pyarrow refuses: rename the "
    "object, or use the verger program"
)


@dataclass(frozen=True)
class S3Place(Place):
    """Objects below a prefix. Keys are names as they are, not quoted.

    There are no folders, and renaming copies. Arrow puts an empty object `folder/` where it removes
    an object; listings pass over those.
    """

    lock_can_be_lost = True

    bucket: str
    prefix: str  # no '/' at its ends; "" for the whole bucket
    settings: S3Settings

    @property
    def canonical(self) -> str:
        return printable(f"s3://{self.key('')}")

    @property
    def url(self) -> str:
        return self.canonical.rstrip("/")

    @property
    def concurrent_reads(self) -> int:
        return _CONCURRENT_READS

    def key(self, name: str) -> str:
        """Return bucket and key of a name, as Arrow takes them."""
        return "/".join(part for part in (self.bucket, self.prefix, name) if part)

    @contextlib.contextmanager
    def client(self, verb: str, name: str) -> Iterator[fs.S3FileSystem]:
        """Open Arrow's filesystem; its errors become Missing, Denied or StorageError."""
        try:
            yield open_client(self.settings, self.bucket, os.getpid())
        except (OSError, pa.ArrowException) as error:
            raise self._failure(verb, name, error) from error

    def _failure(self, verb: str, name: str, error: Exception) -> StorageError:
        kind, line = self._explain(verb, name, error)
        if kind == Kind.MISSING:
            return Missing(line)
        if verb not in ("read", "lock") or kind not in (Kind.DENIED, Kind.OTHER, Kind.MAY_PASS):
            return StorageError(line)
        # Arrow sends a HEAD before it reads, and S3's answer to that has no code. Of an answer that
        # is longer than the object Arrow only reports that the server has failed.
        server = server_of(self.settings, self.bucket)
        keys = keys_of(self.settings, self.bucket, server.region)
        url = bucket_url(self.settings, self.bucket, server)
        try:
            reply = get_first_byte(url, self.key(name)[len(self.bucket) + 1 :], server.region, keys)
        except NoAnswer:
            return StorageError(line)
        if reply.status >= 300:
            kind, line = explain(verb, self.path_of(name), *reply)
        if kind == Kind.MISSING:
            return Missing(line)
        return Denied(line, rejection(*reply)) if kind == Kind.DENIED else StorageError(line)

    def _explain(self, verb: str, name: str, error: Exception) -> S3Error:
        path = self.path_of(name)
        if isinstance(error, FileNotFoundError):
            return explain(verb, path, 404)
        key = self.key(name)[len(self.bucket) + 1 :]
        return explain_arrow(verb, path, str(error), self.bucket, key)

    def check_region(self) -> None:
        with self.client("reach", ""):
            pass  # opening the client checks the region

    def photo_rows(self, skip: Place | None, files: Files) -> Iterator[Row]:
        return bucket_rows(self, skip if isinstance(skip, S3Place) else None, files)

    def single_photo(self) -> tuple[Place, Photo] | None:
        folder, _, file = self.display_name.rpartition("/")
        if not self.prefix or not file.lower().endswith(_PHOTO_ENDINGS):
            return None
        above = replace(self, display_name=folder, prefix=self.prefix.rpartition("/")[0])
        path = printable(self.display_name)
        for entry in above.list_files(""):
            if entry.name == file:
                label = printable(folder.rstrip("/").rpartition("/")[2])
                name = os.fsencode(file)
                return above, Photo(path, label, entry.bytes, entry.modified, file=name)
        raise BadInput(f"{path} does not exist: give a photo or a folder of photos")

    def read_photo(self, photo: Photo) -> ReadOutcome:
        """Read an object. Its time is not checked: size, and the hash of its bytes, must do."""
        size, name = photo.size or 0, photo.storage_name.decode()
        if name.startswith("/") or "//" in name:
            return ReadOutcome(None, _EMPTY_NAME, transient=True)
        try:
            # One more byte shows that it has grown, however large it is.
            content = self.read(name, size + 1)
        except Missing:
            return VANISHED
        except Denied as denied:
            return ReadOutcome(None, denied.rejection, transient=True)
        return ReadOutcome(content) if len(content) == size else CHANGED

    def open_file(self, name: str) -> pa.NativeFile:
        with self.client("read", name) as client:
            return client.open_input_file(self.key(name))

    def read(self, name: str, max_bytes: int | None = None) -> bytes:
        with self.client("read", name) as client, client.open_input_file(self.key(name)) as file:
            return bytes(file.read(max_bytes))

    def list(self, folder: str) -> Sequence[str]:
        return sorted(info.base_name for info in self._infos(folder))

    def list_files(self, folder: str) -> Sequence[PlaceFile]:
        return [
            # To Arrow an unreadable time is 1970: it may be any.
            PlaceFile(info.base_name, info.size, info.mtime_ns // 1000 or _ANY_TIME)
            for info in self._infos(folder)
            if info.is_file
        ]

    def _infos(self, folder: str) -> Sequence[fs.FileInfo]:
        with self.client("list", folder) as client:
            selector = fs.FileSelector(self.key(folder), allow_not_found=True)
            return list(client.get_file_info(selector))

    def exists(self, name: str) -> bool:
        with self.client("read", name) as client:
            return bool(client.get_file_info(self.key(name)).is_file)

    def publish(self, name: str, data: bytes) -> None:
        """Write by one PUT, or by an upload in pieces that appears when it is complete."""
        with self.client("write", name) as client:
            # No `with`: closing publishes the object, and must not follow an error.
            # Without a content type browsers would save a linked page instead of opening it.
            kind = {"Content-Type": "text/html; charset=utf-8"} if name.endswith(".html") else None
            stream = client.open_output_stream(self.key(name), metadata=kind)
            stream.write(data)
            stream.close()

    def publish_new(self, name: str, data: bytes) -> bool:
        """Check, then write: Arrow has no conditional PUT. The output's lock keeps others out."""
        if self.exists(name):
            return False
        self.publish(name, data)
        return True

    def rename(self, old: str, new: str) -> None:
        with self.client("write", new) as client:
            client.copy_file(self.key(old), self.key(new))
        self.remove(old)

    def sync_folder(self, folder: str) -> None:
        pass  # what was put is durable

    def remove(self, name: str) -> None:
        with contextlib.suppress(Missing), self.client("remove", name) as client:
            client.delete_file(self.key(name))

    def make_folder(self, name: str) -> None:
        pass  # there are none

    def remove_stale_temporaries(self, folder: str) -> None:
        pass  # a lifecycle rule of the bucket ends uploads that a killed run left

    def lock(self, name: str) -> Lock:
        return take_lock(self, name)

    def free_bytes(self) -> int | None:
        return None
