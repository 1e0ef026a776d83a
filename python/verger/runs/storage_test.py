from __future__ import annotations

import fcntl
import os
import pickle
from pathlib import Path

import pytest

from verger.errors import BadCall, InUse, StorageError
from verger.runs.storage import LocalPlace, Missing, Place, S3Place, open_place

HOSTILE = ["a b.txt", "+%20é#.txt", "x?y&z=.txt", "☃'\".txt"]


@pytest.mark.parametrize("scheme", ["s3", "s3a", "s3n"])
def test_buckets_by_name(scheme: str) -> None:
    place = open_place(f"{scheme}://fruits/a +%20é#/b/")
    assert isinstance(place, S3Place)
    assert (place.bucket, place.prefix) == ("fruits", "a +%20é#/b")
    assert place.canonical == "s3://fruits/a +%20é#/b"
    assert open_place("s3://fruits").canonical == "s3://fruits"


def test_folders_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, root in [("out", "out"), ("file:///a%20b", "/a%20b"), ("a:b", "a:b")]:
        place = open_place(name)
        assert isinstance(place, LocalPlace)
        assert (place.display_name, place.root) == (name, str(tmp_path / root))


@pytest.mark.parametrize(
    "name", ["", "hdfs://a/b", "s3:///b", "s3://a//b", "s3://a/b//c", "s3:/a", "file://h/a"]
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(BadCall, match="folder|s3://bucket/prefix"):
        open_place(name)


def test_files_come_back_as_they_were_put(place: Place) -> None:
    place = pickle.loads(pickle.dumps(place))
    place.make_folder("in")
    for name in HOSTILE:
        place.publish(f"in/{name}", name.encode())
    assert [place.read(f"in/{name}") for name in HOSTILE] == [name.encode() for name in HOSTILE]
    assert place.list("in") == sorted(HOSTILE)
    place.publish("in/a b.txt", b"other")
    assert place.read("in/a b.txt") == b"other"
    with place.open_file("in/a b.txt") as file:
        assert file.size() == 5


def test_what_is_missing(place: Place) -> None:
    assert place.list("nowhere") == []
    assert not place.exists("nothing")
    assert place.read_if_present("nothing") is None
    with pytest.raises(Missing, match="nothing"):
        place.read("nothing")
    with pytest.raises(Missing, match="nothing"):
        place.open_file("nothing")
    place.remove("nothing")


def test_publish_new_replaces_nothing(place: Place) -> None:
    assert place.publish_new("name", b"1")
    assert not place.publish_new("name", b"2")
    assert place.read("name") == b"1"
    assert place.list("") == ["name"], "no temporary stays"


def test_rename_and_remove(place: Place) -> None:
    place.make_folder("b")
    place.publish("a", b"1")
    place.rename("a", "b/c")
    place.sync_folder("b")
    assert (place.exists("a"), place.read("b/c")) == (False, b"1")
    place.remove("b/c")
    assert not place.exists("b/c")


def test_lock_lets_one_in(place: Place) -> None:
    lock = place.lock("lock")
    lock.check()
    with pytest.raises(InUse, match="another run is writing to it"):
        place.lock("lock")
    lock.release()
    lock.release()
    place.lock("lock").release()


def test_stale_temporaries_go_and_those_in_use_stay(tmp_path: Path) -> None:
    place = open_place(tmp_path)
    (tmp_path / ".verger-tmp-dead").write_bytes(b"half")
    with open(tmp_path / ".verger-tmp-alive", "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        place.remove_stale_temporaries("")
        assert place.list("") == [".verger-tmp-alive"]


def test_errors_name_the_file_and_the_remedy(tmp_path: Path) -> None:
    place = open_place(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StorageError, match=r"pipe': it is not a file"):
        place.read("pipe")
    with pytest.raises(StorageError, match=r"pipe': it is not a file"):
        place.open_file("pipe")
    with pytest.raises(StorageError, match=r"cannot write '.*/no/file': No such file"):
        place.publish("no/file", b"")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match=r"cannot create the folder '.*/file/below'"):
        place.make_folder("file/below")


def test_a_failed_write_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = open_place(tmp_path)
    place.publish("name", b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match=r"name': No space left.* are free; make room"):
        place.publish("name", b"new")
    assert (place.list(""), place.read("name")) == (["name"], b"old")
