from __future__ import annotations

import os
import threading
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from verger._limits import limits
from verger.errors import StorageError
from verger.runs import folder_photos
from verger.runs.conftest import empty
from verger.runs.listing import listing, photos_of
from verger.runs.photo import Photo
from verger.runs.place import Denied, Place
from verger.runs.read import read_photo, read_photos
from verger.runs.storage import open_place


@pytest.fixture
def folder(place: Place, tmp_path: Path, bucket: Path) -> Path:
    """Where the photos of `place` lie: one, of 16 bytes."""
    root = (
        bucket / "fruits" / "some prefix" / "OUT"
        if "s3" in place.display_name
        else tmp_path / "OUT"
    )
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


@pytest.mark.parametrize("more", [b"", b" more"])
def test_changed_while_it_is_read(
    more: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of one photo and half of another are none."""
    place = open_place(str(tmp_path / "OUT"))
    file = empty(tmp_path / "OUT") / "b.jpg"
    file.write_bytes(b"bytes of a photo")
    os.utime(file, (1, 1))
    (photo,) = [photo for photo in photos_of(listing(place)) if photo.path == "b.jpg"]

    def write_before(*arguments: Any, **options: Any) -> Any:
        file.write_bytes(b"BYTES of a photo" + more)
        return open(*arguments, **options)

    monkeypatch.setattr(folder_photos, "open", write_before, raising=False)
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
    assert sizes == ([(photo.size or 0) + 1] if "s3" in place.display_name else [])


def test_too_large(place: Place, folder: Path) -> None:
    os.truncate(folder / "a +%é.jpg", limits().max_photo_bytes + 1)
    (photo,) = photos_of(listing(place))
    error = "too large: 134217729 bytes, more than --max-bytes 134217728"
    assert read_photo(place, photo) == (None, error, False)
    assert read_photo(place, photo, limits().max_photo_bytes + 1).error == ""


def test_problem_of_the_listing(place: Place, folder: Path) -> None:
    (photo,) = photos_of(listing(place))
    odd = photo._replace(problem="not a regular file")
    assert read_photo(place, odd) == (None, "not a regular file", False)


@pytest.mark.parametrize("name", ["a//1.jpg", "/1.jpg"])
def test_an_empty_name_in_a_bucket(name: str, bucket: Path) -> None:
    """pyarrow refuses it; the program, which does not, tries such a row again."""
    outcome = read_photo(open_place("s3://fruits/in"), Photo(name, "a", 1, 1))
    assert "a name between two '/' is empty" in outcome.error
    assert outcome.transient


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
    whole = folder_photos.try_read

    def failing(file: bytes, listed: Photo) -> bytes | None:
        if failures:
            raise failures.pop()
        return whole(file, listed)

    monkeypatch.setattr(folder_photos, "try_read", failing)
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

    fail(Denied("403", "cannot be read: Permission denied"))
    outcome = read_photo(place, photo)
    assert outcome == (None, "cannot be read: Permission denied", True)
    fail(StorageError("500"))
    with pytest.raises(StorageError, match="500"):
        read_photo(place, photo)


def test_photos_are_read_side_by_side_and_come_in_order(
    bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = open_place("s3://fruits")
    for number in range(20):
        place.publish(f"{number:02}.jpg", bytes([number]))
    place.publish("lost.jpg", b"lost")
    photos = list(photos_of(listing(place)))
    place.remove("lost.jpg")
    read, lock = type(place).read, threading.Lock()
    under_way = most = 0

    def slow(self: Place, name: str, most_bytes: int | None = None) -> bytes:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.02)
        with lock:
            under_way -= 1
        return read(self, name, most_bytes)

    monkeypatch.setattr(type(place), "read", slow)
    rows = list(read_photos(place, photos))
    assert 1 < most <= 8
    assert [content for _, content in rows] == [bytes([number]) for number in range(20)] + [None]
    row = rows[3][0]
    assert (row.path, row.size, row.sha256) == ("03.jpg", 1, sha256(b"\x03").hexdigest())
    lost = rows[20][0]
    assert (lost.size, lost.modified, lost.sha256) == (None, None, None), "it is tried again"
    assert str(lost.error).startswith("vanished")
