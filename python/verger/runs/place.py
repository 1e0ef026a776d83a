"""A place that holds photos or an output: a folder, or a prefix of an S3 bucket."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import pyarrow as pa

from verger.errors import InUse, StorageError, VergerError
from verger.runs.files import Files
from verger.runs.photo import Photo, ReadOutcome
from verger.runs.photo_batches import Row
from verger.runs.text import printable


class Missing(StorageError):
    """There is no file of that name."""


class NotAFile(StorageError):
    """The name is that of a folder, a FIFO or the like."""


class Denied(StorageError):
    """The object may not be read: by these credentials, or before it is restored."""

    def __init__(self, line: str, rejection: str = "") -> None:  # as pickles call it
        super().__init__(line)
        self.rejection = rejection  # why its photo is rejected


class PlaceFile(NamedTuple):
    """A file as a listing has it. Units: `modified` microseconds since 1970, UTC."""

    name: str
    bytes: int
    modified: int


class Lock(ABC):
    """The right to write to an output, until it is released."""

    @abstractmethod
    def check(self) -> None:
        """Check that the lock is still ours. Errors: InUse if another run has taken it over."""

    @abstractmethod
    def release(self) -> None:
        """Release the lock. May be called twice."""


@dataclass(frozen=True)
class Place(ABC):
    """Files by their names below one place, '/' between names; "" is the place itself.

    Only strings, so that it can be pickled and used in any process; safe from many threads.
    Every call raises StorageError, naming the file and the remedy, where storage fails.
    """

    display_name: str  # as the user wrote it, for messages
    # Whether a run that stands still for long may lose its lock to another, and go on later.
    lock_can_be_lost: ClassVar[bool] = False

    @property
    @abstractmethod
    def canonical(self) -> str:
        """The whole name of the place, printable, for manifests."""

    @property
    @abstractmethod
    def url(self) -> str:
        """The name of the place as Spark's readers have it, without '/' at its end."""

    def path_of(self, name: str) -> str:
        """Return the name of a file for messages; of the place itself for ""."""
        separator = "" if not name or self.display_name.endswith("/") else "/"
        return printable(f"{self.display_name}{separator}{name}")

    def in_use(self, remedy: str) -> InUse:
        """Return the error of a place that another run writes to."""
        return InUse(f"{printable(self.display_name)}: another run is writing to it: {remedy}")

    def input_error(self, error: StorageError) -> VergerError:
        """Return the error of an input that could not be read by `error`.

        BadInput where the user can correct it; `error` itself where storage failed.
        """
        return error

    def check_region(self) -> None:  # noqa: B027  (a folder lies in no region)
        """Check a bucket's region. Errors: RegionRefused if photos must not go there."""

    def require_visible(self) -> None:  # noqa: B027  (every machine sees a bucket)
        """Check that this machine sees the place. Errors: BadCall if not, naming the machine."""

    @property
    @abstractmethod
    def concurrent_reads(self) -> int:
        """How many reads at a time keep the place busy."""

    @abstractmethod
    def photo_rows(self, skip: Place | None, files: Files) -> Iterator[Row]:
        """Yield rows of the photos below the place, in ascending order of the bytes of paths.

        Leaves out what is below the place `skip`; adds to the counts of `files`.

        Errors: BadInput if the place cannot be listed.
        """

    @abstractmethod
    def single_photo(self) -> tuple[Place, Photo] | None:
        """Return the photo that the name of the place names, and the place to read it from.

        None if the place holds photos. Errors: BadInput if there is no such photo or folder.
        """

    @abstractmethod
    def read_photo(self, photo: Photo) -> ReadOutcome:
        """Read a photo that a listing has: its bytes, or why it is rejected.

        Errors: StorageError if a bucket fails, after retries, for no fault of the photo.
        """

    @abstractmethod
    def open_file(self, name: str) -> pa.NativeFile:
        """Open a file, for readers that need parts of it. Errors: Missing."""

    @abstractmethod
    def read(self, name: str, max_bytes: int | None = None) -> bytes:
        """Read a whole file, or its first `max_bytes`. Errors: Missing."""

    def read_if_present(self, name: str) -> bytes | None:
        """Read a whole file; return None if there is none."""
        try:
            return self.read(name)
        except Missing:
            return None

    @abstractmethod
    def list(self, folder: str) -> Sequence[str]:
        """List the names right in a folder, sorted; none if there is no such folder."""

    @abstractmethod
    def list_files(self, folder: str) -> Sequence[PlaceFile]:
        """List the files right in a folder; none if there is no such folder."""

    @abstractmethod
    def exists(self, name: str) -> bool:
        """Return whether there is a file of that name."""

    @abstractmethod
    def publish(self, name: str, data: bytes) -> None:
        """Write a whole file, durable before it is visible; a failure leaves the old file."""

    @abstractmethod
    def publish_new(self, name: str, data: bytes) -> bool:
        """Write as `publish`, or return False, and change nothing, if the name exists."""

    @abstractmethod
    def rename(self, old: str, new: str) -> None:
        """Rename a file; `sync_folder` makes that durable. Errors: Missing."""

    @abstractmethod
    def sync_folder(self, folder: str) -> None:
        """Make renames into a folder durable."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove a file; do nothing if there is none."""

    @abstractmethod
    def make_folder(self, name: str) -> None:
        """Create a folder and those above it, where storage has folders."""

    @abstractmethod
    def remove_stale_temporaries(self, folder: str) -> None:
        """Remove hidden files that killed writers left in a folder; files in use stay."""

    @abstractmethod
    def lock(self, name: str) -> Lock:
        """Take the lock that the file `name` stands for. Errors: InUse."""

    @abstractmethod
    def free_bytes(self) -> int | None:
        """Return the bytes that may still be written; None if unknown."""
