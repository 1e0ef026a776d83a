"""Photos in a bucket, through Arrow's filesystem."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pyarrow import fs

from verger.errors import BadInput, StorageError
from verger.runs.ahead import ahead
from verger.runs.files import Files
from verger.runs.photo_batches import Row, WalkedName, alike, file_of, walk_names
from verger.runs.place import Denied, Missing
from verger.runs.text import printable

if TYPE_CHECKING:
    from verger.runs.s3 import S3Place

_LISTINGS = 4  # requests at a time; each keeps the keys below a prefix in memory
_TIME_REQUESTS = 8  # at a time
_FEW = 8  # prefixes, each of which is then listed level by level


def bucket_rows(place: S3Place, skip: S3Place | None, files: Files) -> Iterator[Row]:
    """Yield rows of the photos below `place`, but not below `skip`, in ascending order of paths.

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
        # As in a folder: an output that contains the photos is not skipped.
        skipped = None if skip is None else skip.key("") + "/"
        self._skipped = skipped if skipped is not None and skipped.startswith(self._start) else None
        self._label = self._start.rstrip("/").rpartition("/")[2].encode()

    def rows(self) -> Iterator[Row]:
        if self._skipped != self._start:
            yield from self._rows(self._infos([""], whole=False), first=True)

    def _infos(self, prefixes: list[str], whole: bool) -> list[fs.FileInfo]:
        """List what is below prefixes that print alike; each ends in '/'."""
        return [info for prefix in prefixes for info in self._list(prefix, whole)]

    def _rows(self, infos: list[fs.FileInfo], first: bool) -> Iterator[Row]:
        keys = [info.path[len(self._start) :] for info in infos]
        folders = [not info.is_file for info in infos]
        raw = [key.encode() for key in keys]
        names = list(alike(walk_names("", self._label, raw, folders, self._files), folders))
        few = first and sum(folders) < _FEW
        below = ([f"{keys[row]}/" for row in rows] for _, rows in names if rows)
        listings = ahead(lambda prefixes: self._infos(prefixes, whole=not few), below, _LISTINGS)
        times = self._times([infos[name.row] for name, rows in names if not rows])
        for name, rows in names:
            if rows:
                yield from self._rows(next(listings), first=False)
            else:
                yield _row(name, keys[name.row], infos[name.row].size, next(times))

    def _times(self, photos: list[fs.FileInfo]) -> Iterator[int | None]:
        """Yield when each was changed, in microseconds since 1970.

        A time that Arrow cannot read in a listing, such as one with one decimal, is 1970 to it:
        then it is requested by itself.
        """
        unknown = (info.path for info in photos if not info.mtime_ns)
        answers = ahead(self._request_time, unknown, _TIME_REQUESTS)
        for info in photos:
            yield info.mtime_ns // 1000 if info.mtime_ns else next(answers)

    def _request_time(self, path: str) -> int | None:
        if "//" in path:
            return None  # Arrow refuses such a path
        with contextlib.suppress(Denied), self._place.client("list", "") as client:
            info = client.get_file_info(path)
            return info.mtime_ns // 1000 if info.mtime_ns else None
        return None

    def _list(self, prefix: str, whole: bool) -> Iterator[fs.FileInfo]:
        """Yield objects and prefixes right below a prefix, or all objects below it."""
        base = (self._start + prefix).rstrip("/")
        selector = fs.FileSelector(base, allow_not_found=bool(prefix), recursive=whole)
        try:
            with self._place.client("list", "") as client:
                infos = client.get_file_info(selector)
        except Missing as error:
            name = printable(self._place.display_name)
            raise BadInput(f"{name} has no objects; check the name") from error
        except StorageError as error:
            raise BadInput(str(error)) from error
        if not whole and any(info.path == base for info in infos):
            # Arrow drops an empty name between two '/': "a//b.jpg".
            yield from self._list(prefix, whole=True)
            return
        for info in infos:
            if not info.is_file and (whole or info.type != fs.FileType.Directory):
                continue
            if self._skipped is None or not f"{info.path}/".startswith(self._skipped):
                yield info


def _row(name: WalkedName, key: str, size: int, modified: int | None) -> Row:
    raw = file_of(name.path, key.encode())
    return name.path, name.label, size, modified, name.problem, raw
