"""The bytes of photos, or why there are none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import sha256
from typing import TypeVar

from verger._library import borrowed, library, take_text
from verger._limits import limits
from verger.runs.ahead import ahead
from verger.runs.photo import Photo, PhotoRow, ReadOutcome
from verger.runs.place import Place

# A bucket answers in tens of milliseconds, for which the engine must not wait.
_READERS = 8
_Answer = TypeVar("_Answer")


def read_photos(
    place: Place, photos: Iterable[Photo], max_bytes: int = 0
) -> Iterator[tuple[PhotoRow, bytes | None]]:
    """Yield the row of each photo, and its bytes, in order; rejects have an error and no bytes.

    8 are read at a time, or fewer where those are more than limits().max_call_bytes.

    Errors: as read_photo.
    """
    return _concurrently(partial(_read_row, place, max_bytes), photos, max_bytes)


def read_contents(
    place: Place, photos: Iterable[Photo], max_bytes: int = 0
) -> Iterator[tuple[Photo, ReadOutcome]]:
    """Yield each photo and its bytes, in order, as read_photos, without rows and hashes."""

    def read(photo: Photo) -> tuple[Photo, ReadOutcome]:
        return photo, read_photo(place, photo, max_bytes)

    return _concurrently(read, photos, max_bytes)


def _concurrently(
    read: Callable[[Photo], _Answer], photos: Iterable[Photo], max_bytes: int
) -> Iterator[_Answer]:
    bounds = limits()

    def size(photo: Photo) -> int:
        return min(photo.size or 0, max_bytes or bounds.max_photo_bytes)

    return ahead(read, photos, _READERS, size, bounds.max_call_bytes)


def _read_row(place: Place, max_bytes: int, photo: Photo) -> tuple[PhotoRow, bytes | None]:
    content, error, transient = read_photo(place, photo, max_bytes)
    # An unknown time is 1970 in rows.
    row = PhotoRow(photo.path, photo.label, photo.size, photo.modified or 0, None, None)
    if photo.size is None or transient:
        row = _to_try_again(row)
    if content is None:
        return row._replace(error=error), None
    return row._replace(sha256=sha256(content).hexdigest()), content


def rejected(row: PhotoRow, error: str) -> PhotoRow:
    """Return the row of a photo that cannot be decoded."""
    row = row._replace(error=error)
    return _to_try_again(row) if may_pass_later(error) else row


def may_pass_later(error: str) -> bool:
    """Return whether another run may succeed with a photo of this error."""
    return bool(library().verger_may_pass_later(borrowed(error)))


def _to_try_again(row: PhotoRow) -> PhotoRow:
    """Return the row without size and time, so that the next run tries the photo again."""
    return row._replace(size=None, modified=None)


def read_photo(place: Place, photo: Photo, max_bytes: int = 0) -> ReadOutcome:
    """Read a photo that a listing of `place` has.

    It is rejected if it is larger than `max_bytes` (0: limits().max_photo_bytes), not permitted,
    vanished or changed since it was listed, or, in a folder, not readable in limits().read_tries
    tries.

    Errors: StorageError if a bucket fails otherwise, after retries: no fault of the photo's.
    """
    if photo.problem:
        return ReadOutcome(None, photo.problem)
    largest = max_bytes or limits().max_photo_bytes
    if photo.size is not None and photo.size > largest:
        return ReadOutcome(None, take_text("verger_too_large", photo.size, largest))
    return place.read_photo(photo)
