"""Photos in a bucket, through Arrow's filesystem."""

from __future__ import annotations

from collections.abc import Iterator

from pyarrow import fs

from verger.errors import BadInput, StorageError
from verger.runs.photo_batches import Row, WalkedName, alike, file_of, walk_names
from verger.runs.place import Missing
from verger.runs.s3 import S3Place
from verger.runs.text import printable

_FEW = 8  # prefixes, of which each is listed level by level
_LEVELS = 2


def bucket_rows(place: S3Place, skip: S3Place | None) -> Iterator[Row]:
    """Rows of the photos below `place`, in ascending order of paths, without those below `skip`.

    The top level is listed first, then one of its prefixes after the other, whole: so servers may
    list in any order. Of few prefixes each is listed in the same way.

    Errors: BadInput if there are no objects, or they cannot be listed.
    Cost:   memory for the keys below one prefix, 500 bytes each.
    """
    return _Listing(place, skip).rows()


class _Listing:
    def __init__(self, place: S3Place, skip: S3Place | None) -> None:
        self._place = place
        self._start = place.key("") + "/"
        # As in a folder: an output that lies around the photos is nothing to skip.
        skipped = None if skip is None else skip.key("") + "/"
        self._skipped = skipped if skipped is not None and skipped.startswith(self._start) else None
        self._label = self._start.rstrip("/").rpartition("/")[2].encode()

    def rows(self) -> Iterator[Row]:
        if self._skipped != self._start:
            yield from self._visit([""], 1)

    def _visit(self, prefixes: list[str], level: int) -> Iterator[Row]:
        """Photos below prefixes that print alike; a prefix ends in '/'."""
        infos = [info for prefix in prefixes for info in self._list(prefix, level > _LEVELS)]
        keys = [info.path[len(self._start) :] for info in infos]
        folders = [not info.is_file for info in infos]
        below = level + 1 if sum(folders) < _FEW else _LEVELS + 1
        walked = walk_names("", self._label, [key.encode() for key in keys], folders)
        for found, rows in alike(walked, folders):
            if rows:
                yield from self._visit([keys[row] + "/" for row in rows], below)
            else:
                yield _row(found, keys[found.row], infos[found.row])

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
        for info in found:
            if not info.is_file and (whole or info.type != fs.FileType.Directory):
                continue
            if self._skipped is None or not f"{info.path}/".startswith(self._skipped):
                yield info


def _row(found: WalkedName, key: str, info: fs.FileInfo) -> Row:
    # Arrow takes a time that it cannot read for 1970.
    modified = info.mtime_ns // 1000 if info.mtime_ns else None
    raw = file_of(found.path, key.encode())
    return found.path, found.label, info.size, modified, found.problem, raw
