"""Photos in a bucket, through Arrow's filesystem."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from pyarrow import fs

from verger.errors import BadInput, StorageError
from verger.runs.ahead import ahead
from verger.runs.files import Files
from verger.runs.photo_batches import Row, WalkedName, alike, file_of, walk_names
from verger.runs.place import Missing
from verger.runs.s3 import Denied, S3Place
from verger.runs.text import printable

_AT_ONCE = 4  # requests; each holds the keys below a prefix
_TIMES_AT_ONCE = 8  # requests for a time; each holds nothing
_FEW = 8  # prefixes, each of which is then listed level by level


def bucket_rows(place: S3Place, skip: S3Place | None, files: Files) -> Iterator[Row]:
    """Rows of the photos below `place`, in ascending order of paths, without those below `skip`.

    The first level is listed by itself, then each of its prefixes whole, some at a time; where
    there are few, the second level as well. So servers may list in any order.

    Errors: BadInput if there are no objects, or they cannot be listed.
    Cost:   memory for the keys below four prefixes, 650 bytes each.
    """
    return _Listing(place, skip, files).rows()


class _Listing:
    def __init__(self, place: S3Place, skip: S3Place | None, files: Files) -> None:
        self._files = files
        self._place = place
        self._start = place.key("") + "/"
        # As in a folder: an output that lies around the photos is nothing to skip.
        skipped = None if skip is None else skip.key("") + "/"
        self._skipped = skipped if skipped is not None and skipped.startswith(self._start) else None
        self._label = self._start.rstrip("/").rpartition("/")[2].encode()

    def rows(self) -> Iterator[Row]:
        if self._skipped != self._start:
            yield from self._rows(self._infos([""], whole=False), first=True)

    def _infos(self, prefixes: list[str], whole: bool) -> list[fs.FileInfo]:
        """What is below prefixes that print alike; each ends in '/'."""
        return [info for prefix in prefixes for info in self._list(prefix, whole)]

    def _rows(self, infos: list[fs.FileInfo], first: bool) -> Iterator[Row]:
        keys = [info.path[len(self._start) :] for info in infos]
        folders = [not info.is_file for info in infos]
        raw = [key.encode() for key in keys]
        names = list(alike(walk_names("", self._label, raw, folders, self._files), folders))
        few = first and sum(folders) < _FEW
        below = ([f"{keys[row]}/" for row in rows] for _, rows in names if rows)
        listed = ahead(lambda prefixes: self._infos(prefixes, whole=not few), below, _AT_ONCE)
        times = self._times([infos[found.row] for found, rows in names if not rows])
        for found, rows in names:
            if rows:
                yield from self._rows(next(listed), first=False)
            else:
                yield _row(found, keys[found.row], infos[found.row].size, next(times))

    def _times(self, photos: list[fs.FileInfo]) -> Iterator[int | None]:
        """When each was changed. What Arrow cannot read in a listing, such as a time with one digit
        behind the point, is 1970 to it: the object itself is asked.
        """
        unknown = (info.path for info in photos if not info.mtime_ns)
        asked = ahead(self._ask_time, unknown, _TIMES_AT_ONCE)
        for info in photos:
            yield info.mtime_ns // 1000 if info.mtime_ns else next(asked)

    def _ask_time(self, path: str) -> int | None:
        if "//" in path:
            return None  # Arrow takes no such path
        with contextlib.suppress(Denied), self._place.client("list", "") as client:
            found = client.get_file_info(path)
            return found.mtime_ns // 1000 if found.mtime_ns else None
        return None

    def _list(self, prefix: str, whole: bool) -> Iterator[fs.FileInfo]:
        """Objects and prefixes right below a prefix, or all objects below it."""
        base = (self._start + prefix).rstrip("/")
        selector = fs.FileSelector(base, allow_not_found=bool(prefix), recursive=whole)
        try:
            with self._place.client("list", "") as client:
                found = client.get_file_info(selector)
        except Missing as error:
            name = printable(self._place.shown)
            raise BadInput(f"{name}: holds no objects; check the name") from error
        except StorageError as error:
            raise BadInput(str(error)) from error
        if not whole and any(info.path == base for info in found):
            # A name between two '/' is empty, and Arrow has cut it off: "a//b.jpg".
            yield from self._list(prefix, whole=True)
            return
        for info in found:
            if not info.is_file and (whole or info.type != fs.FileType.Directory):
                continue
            if self._skipped is None or not f"{info.path}/".startswith(self._skipped):
                yield info


def _row(found: WalkedName, key: str, size: int, modified: int | None) -> Row:
    raw = file_of(found.path, key.encode())
    return found.path, found.label, size, modified, found.problem, raw
