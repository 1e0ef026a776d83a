"""The files of a listing by kind: photos, and those that are passed over."""

from __future__ import annotations

import ctypes
import warnings
from dataclasses import dataclass, field

from verger._library import borrowed, take_text
from verger._structs import ListingCounts

_PHOTO = 1  # verger_file_kind


@dataclass
class UnreadFolder:
    """A folder that could not be listed; `path` is below the place, for people."""

    path: str
    reason: str


@dataclass
class Files:
    """The files of one listing by kind, complete after its last batch."""

    include_hidden: bool = False
    counts: ListingCounts = field(default_factory=ListingCounts)
    unread: list[UnreadFolder] = field(default_factory=list)

    @property
    def photos(self) -> int:
        """The number of photos, of formats that are decoded."""
        return int(self.counts.listed[_PHOTO])

    @property
    def passed_over(self) -> str:
        """The skipped files by kind: "20 side files of Macs, 3 RAW files"; "" for none."""
        return take_text("verger_passed_over", ctypes.byref(self.counts))

    def warn(self, stacklevel: int) -> None:
        """Warn of the files that were passed over, and of each folder that could not be listed."""
        lines = [f"passed over: {self.passed_over}"] if self.passed_over else []
        for line in lines + self.unread_lines:
            warnings.warn(line, stacklevel=stacklevel + 1)

    def no_photos(self, place: str, is_output: bool) -> str:
        """Return why there are no photos, with the remedy; "" if there is one."""
        counts = ctypes.byref(self.counts)
        why = take_text("verger_no_photos", borrowed(place), int(is_output), counts)
        return "\n".join([why, *self.unread_lines]) if why else ""

    @property
    def unread_lines(self) -> list[str]:
        """A line for each folder that could not be listed."""
        return [f"cannot list the folder {one.path}: {one.reason}" for one in self.unread]
