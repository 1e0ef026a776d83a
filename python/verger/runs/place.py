"""A place that holds photos or an output: a folder, or a prefix of an S3 bucket."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import pyarrow as pa

from verger.errors import InUse, StorageError
from verger.runs.text import printable


class Missing(StorageError):
    """There is no file of that name."""


class PlaceFile(NamedTuple):
    """A file as a listing has it. Units: `modified` microseconds since 1970, UTC."""

    name: str
    bytes: int
    modified: int


class Lock(ABC):
    """The right to write to an output, until it is released."""

    @abstractmethod
    def check(self) -> None:
        """Errors: InUse if another run has taken the lock over."""

    @abstractmethod
    def release(self) -> None:
        """Lets others in. May be called twice."""


@dataclass(frozen=True)
class Place(ABC):
    """Files by their names below one place, '/' between names; "" is the place itself.

    Only strings, so that it can be pickled and used in any process; safe from many threads.
    Every call raises StorageError, naming the file and the remedy, where storage fails.
    """

    shown: str  # as the user gave it, for messages
    # Whether a run that stands still for long may lose its lock to another, and go on later.
    lock_can_be_lost: ClassVar[bool] = False

    @property
    @abstractmethod
    def canonical(self) -> str:
        """The whole name of the place, printable, for manifests."""

    def path_of(self, name: str) -> str:
        """A file's name for messages."""
        return printable(f"{self.shown.rstrip('/')}/{name}")

    def in_use(self, remedy: str) -> InUse:
        """The error of a place that another run writes to."""
        return InUse(f"{printable(self.shown)}: another run is writing to it: {remedy}")

    def check_region(self) -> None:  # noqa: B027  (a folder lies in no region)
        """Errors: RegionRefused if it is a bucket in a region where photos must not go."""

    @abstractmethod
    def open_file(self, name: str) -> pa.NativeFile:
        """The file, for readers that need parts of it. Errors: Missing."""

    @abstractmethod
    def read(self, name: str, most: int | None = None) -> bytes:
        """All bytes of the file, or the first `most`. Errors: Missing."""

    def read_if_present(self, name: str) -> bytes | None:
        """As `read`; None if there is no such file."""
        try:
            return self.read(name)
        except Missing:
            return None

    @abstractmethod
    def list(self, folder: str) -> Sequence[str]:
        """The names right in a folder, sorted; none if there is no such folder."""

    @abstractmethod
    def list_files(self, folder: str) -> Sequence[PlaceFile]:
        """The files right in a folder; none if there is no such folder."""

    @abstractmethod
    def exists(self, name: str) -> bool:
        """Whether there is a file of that name."""

    @abstractmethod
    def publish(self, name: str, data: bytes) -> None:
        """Puts a whole file, durable and then visible, or leaves what was there."""

    @abstractmethod
    def publish_new(self, name: str, data: bytes) -> bool:
        """As `publish`, but leaves a file that has the name alone and returns False."""

    @abstractmethod
    def rename(self, old: str, new: str) -> None:
        """Gives a file another name; `sync_folder` makes that durable. Errors: Missing."""

    @abstractmethod
    def sync_folder(self, folder: str) -> None:
        """Makes renames into a folder durable."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Removes a file; does nothing if there is none."""

    @abstractmethod
    def make_folder(self, name: str) -> None:
        """Creates a folder and those above it, where there are such things."""

    @abstractmethod
    def remove_stale_temporaries(self, folder: str) -> None:
        """Removes what killed writers left hidden in a folder; those of living ones stay."""

    @abstractmethod
    def lock(self, name: str) -> Lock:
        """Takes the lock that the file `name` stands for. Errors: InUse."""

    @abstractmethod
    def free_bytes(self) -> int | None:
        """Bytes that may still be written; None if nobody knows."""
