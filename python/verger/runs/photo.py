"""Photos as a listing, a read and an output have them."""

from __future__ import annotations

from typing import NamedTuple


class Photo(NamedTuple):
    """A row of a listing: a photo that has not been opened yet.

    Units: `size` bytes, `modified` microseconds since 1970, UTC; None: not known.
    """

    path: str  # below the place of photos, printable, '/' between names
    label: str  # name of the folder that holds it
    size: int | None
    modified: int | None
    problem: str | None = None  # why it must not be opened; None if it may
    file: bytes | None = None  # its name in storage below the place; None: as `path`

    @property
    def storage_name(self) -> bytes:
        """The name in storage, below the place."""
        return self.path.encode() if self.file is None else self.file


class ReadOutcome(NamedTuple):
    """`content` of a photo, or the `error` for which it is rejected, else ""."""

    content: bytes | None
    error: str = ""
    transient: bool = False  # another run may succeed: size and time must not be recorded


CHANGED = ReadOutcome(None, "changed while the run went on: run again", transient=True)
VANISHED = ReadOutcome(None, "vanished: it was there when the run began", transient=True)


class PhotoRow(NamedTuple):
    """A row of Preprocessing without its features.

    Units: `size` bytes, `modified` microseconds since 1970, UTC.
    """

    path: str
    label: str
    size: int | None  # None, as `modified`: not read or decoded, another run tries again
    modified: int | None
    sha256: str | None  # None: its bytes were not read
    error: str | None  # why it was rejected; None: it has features
