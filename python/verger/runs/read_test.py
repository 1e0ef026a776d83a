from __future__ import annotations

import os
from pathlib import Path

import pytest

from verger._limits import limits
from verger.errors import StorageError
from verger.runs import read
from verger.runs.conftest import empty
from verger.runs.listing import Photo, listing, photos_of
from verger.runs.place import Place
from verger.runs.read import read_photo
from verger.runs.s3 import Denied
from verger.runs.storage import open_place


@pytest.fixture
def folder(place: Place, tmp_path: Path, bucket: Path) -> Path:
    """Where the photos of `place` lie: one, of 16 bytes."""
    root = bucket / "fruits" / "some prefix" / "OUT" if "s3" in place.shown else tmp_path / "OUT"
    (empty(root) / "a +%é.jpg").write_bytes(b"bytes of a photo")
    return root


def test_all_bytes(place: Place, folder: Path) -> None:
    (photo,) = photos_of(listing(place))
    assert read_photo(place, photo) == (b"bytes of a photo", "", False)


def test_vanished(place: Place, folder: Path) -> None:
    (photo,) = photos_of(listing(place))
    (folder / "a +%é.jpg").unlink()
    outcome = read_photo(place, photo)
    assert outcome == (None, "vanished: it was there when the run began", True)


def test_changed(place: Place, folder: Path) -> None:
    (photo,) = photos_of(listing(place))
    (folder / "a +%é.jpg").write_bytes(b"other bytes of another length")
    assert read_photo(place, photo) == (None, "changed while the run went on: run again", True)


def test_replaced_by_a_huge_one(
    place: Place, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No more of it is read than tells that it changed."""
    (photo,) = photos_of(listing(place))
    os.truncate(folder / "a +%é.jpg", 1 << 27)
    sizes = []
    whole = type(place).read

    def measured(self: Place, name: str, most: int | None = None) -> bytes:
        content = whole(self, name, most)
        sizes.append(len(content))
        return content

    monkeypatch.setattr(type(place), "read", measured)
    assert read_photo(place, photo) == (None, "changed while the run went on: run again", True)
    assert sizes == ([(photo.size or 0) + 1] if "s3" in place.shown else [])


def test_too_large(place: Place, folder: Path) -> None:
    os.truncate(folder / "a +%é.jpg", limits().max_photo_bytes + 1)
    (photo,) = photos_of(listing(place))
    assert read_photo(place, photo) == (None, "too large: 67.1 MB of at most 67.1 MB", False)


def test_problem_of_the_listing(place: Place, folder: Path) -> None:
    (photo,) = photos_of(listing(place))
    odd = photo._replace(problem="not a regular file")
    assert read_photo(place, odd) == (None, "not a regular file", False)


def test_touched_and_replaced_by_a_pipe(tmp_path: Path) -> None:
    file = tmp_path / "1.jpg"
    file.write_bytes(b"1")
    place = open_place(tmp_path)
    (photo,) = photos_of(listing(place))
    os.utime(file, (1, 1))
    assert read_photo(place, photo).error.startswith("changed")
    file.unlink()
    os.mkfifo(file)
    assert read_photo(place, photo).error.startswith("changed")


def test_a_disk_that_fails_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "1.jpg").write_bytes(b"1")
    place = open_place(tmp_path)
    (photo,) = photos_of(listing(place))
    failures = [OSError(5, "EIO"), OSError(5, "EIO")]
    whole = read._try_read

    def failing(file: bytes, listed: Photo) -> bytes | None:
        if failures:
            raise failures.pop()
        return whole(file, listed)

    monkeypatch.setattr(read, "_try_read", failing)
    assert read_photo(place, photo).content == b"1"
    failures += [OSError(5, "EIO")] * 3
    outcome = read_photo(place, photo)
    assert outcome == (None, "cannot be read: Input/output error", True)
    failures[:] = [OSError(13, "EACCES")]
    assert read_photo(place, photo).error == "cannot be read: Permission denied"


def test_a_bucket_that_fails_is_no_fault_of_the_photo(
    bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = open_place("s3://fruits")
    place.publish("1.jpg", b"1")
    (photo,) = photos_of(listing(place))

    def fail(error: Exception) -> None:
        def read_failing(self: Place, name: str, most: int) -> bytes:
            raise error

        monkeypatch.setattr(type(place), "read", read_failing)

    fail(Denied("403"))
    outcome = read_photo(place, photo)
    assert outcome == (None, "cannot be read: Permission denied", True)
    fail(StorageError("500"))
    with pytest.raises(StorageError, match="500"):
        read_photo(place, photo)
