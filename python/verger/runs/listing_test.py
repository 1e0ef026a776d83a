from __future__ import annotations

import errno
import inspect
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from verger.errors import BadInput
from verger.runs.conftest import empty
from verger.runs.files import Files
from verger.runs.listing import listing, photos_of, require_photos
from verger.runs.photo import Photo
from verger.runs.storage import Place, open_place


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return empty(tmp_path / "Fruits")


def put(file: Path, content: bytes = b"x") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def photos_in(place: Place, skip: Place | None = None) -> list[Photo]:
    return list(photos_of(listing(place, skip)))


def paths(place: Place, skip: Place | None = None) -> list[str]:
    return [photo.path for photo in photos_in(place, skip)]


def test_photos_are_sorted_and_have_labels(tmp_path: Path, bucket: Path) -> None:
    for root in (tmp_path / "Fruits", bucket / "fruits" / "Fruits"):
        put(root / "Apple" / "Apple Red 1" / "b.jpg", b"12345")
        put(root / "Apple" / "Apple Red 1" / "a.PNG")
        put(root / "Pear" / "é #+%.webp")
        put(root / "loose.jpeg")
        put(root / "phone.HEIC")
        put(root / "README.md")
        put(root / ".jpg")
    for place in (open_place(tmp_path / "Fruits"), open_place("s3://fruits/Fruits")):
        photos = photos_in(place)
        assert [photo.path for photo in photos] == [
            "Apple/Apple Red 1/a.PNG",
            "Apple/Apple Red 1/b.jpg",
            "Pear/é #+%.webp",
            "loose.jpeg",
            "phone.HEIC",
        ]
        assert photos[1].label == "Apple Red 1"
        assert photos[3].label == "Fruits", "a photo of no folder bears the name of the whole"
        assert (photos[1].size, photos[1].problem) == (5, None)
        assert abs((photos[1].modified or 0) / 1e6 - os.stat(tmp_path).st_mtime) < 60
    assert {photo.label for photo in photos_in(open_place("s3://fruits"))} >= {"Fruits"}


def test_order_is_that_of_bytes(root: Path) -> None:
    names = ["Z.jpg", "a.jpg", "é.jpg", "\uffee.jpg", "🍑.jpg"]
    for name in names:
        put(root / name)
    assert paths(open_place(root)) == sorted(names, key=str.encode)


def test_links_are_followed_but_not_in_a_circle(root: Path) -> None:
    put(root / "a" / "1.jpg")
    (root / "a" / "up").symlink_to("..")
    (root / "b").symlink_to("a")
    assert paths(open_place(root)) == ["a/1.jpg", "b/1.jpg"]


def test_the_output_is_skipped(root: Path, bucket: Path) -> None:
    for folder in (root, bucket / "fruits" / "in"):
        put(folder / "a" / "1.jpg")
        put(folder / "out" / "report.png")
        put(folder / "outer.png")
    expected = ["a/1.jpg", "outer.png"]
    assert paths(open_place(root), open_place(root / "out")) == expected
    assert paths(open_place(root), open_place(root.parent / "nowhere"))[-1] == "outer.png"
    assert paths(open_place("s3://fruits/in"), open_place("s3a://fruits/in/out")) == expected
    around = paths(open_place("s3://fruits/in"), open_place("s3://fruits"))
    assert len(around) == 3, "an output around the photos hides none"


def test_what_is_no_file_is_never_opened(root: Path) -> None:
    os.mkfifo(root / "pipe.jpg")
    (root / "dangling.jpg").symlink_to("nowhere")
    problems = [photo.problem for photo in photos_in(open_place(root))]
    assert problems == ["a link to a file that is not there", "not a regular file"]


def test_names_that_are_no_text_are_rejected(root: Path) -> None:
    put(Path(os.fsdecode(os.fsencode(root) + b"/a/\xff.jpg")))
    put(root / "a" / "two\nlines.jpg")
    put(Path(os.fsdecode(os.fsencode(root) + b"/\xe9/good.jpg")))
    photos = photos_in(open_place(root))
    assert [photo.path for photo in photos] == [
        r"\xe9/good.jpg",
        r"a/\xff.jpg",
        r"a/two\x0alines.jpg",
    ]
    assert [bool(photo.problem) for photo in photos] == [False, True, True]
    assert photos[0].label == r"\xe9"
    for photo in photos:
        file = photo.path.encode() if photo.file is None else photo.file
        assert os.path.exists(os.path.join(os.fsencode(root), file))


def test_trees_may_be_deeper_than_python_calls_itself(root: Path) -> None:
    depth = 150
    put(root.joinpath(*["d"] * depth) / "1.jpg")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + depth // 2)
    try:
        listed_paths = paths(open_place(root))
    finally:
        sys.setrecursionlimit(limit)
    assert listed_paths == ["d/" * depth + "1.jpg"]


JUNK = (
    "a/._1.jpg",
    "__MACOSX/a/._1.jpg",
    "a/.ipynb_checkpoints/1-checkpoint.jpg",
    "a/@eaDir/1.jpg/SYNOPHOTO_THUMB_XL.jpg",
    "$RECYCLE.BIN/S-1-5-21-1/$R1.jpg",
    "a/1.CR3",
    "a/1.mov",
)
PASSED_OVER = "2 side files of Macs, 1 hidden file, 2 files in system folders, 1 RAW file, 1 video"


def test_files_that_are_no_photos_are_passed_over_and_counted(tmp_path: Path, bucket: Path) -> None:
    for root in (tmp_path / "Fruits", bucket / "fruits" / "Fruits"):
        for name in ("a/1.jpg", "a/2.NEF", *JUNK):
            put(root / name)
    for place in (open_place(tmp_path / "Fruits"), open_place("s3://fruits/Fruits")):
        files = Files()
        listed_paths = [photo.path for photo in photos_of(listing(place, files=files))]
        assert listed_paths == ["a/1.jpg", "a/2.NEF"], (
            "a RAW file without its photo is not passed over"
        )
        assert files.passed_over == PASSED_OVER
        assert files.photos == 1
        files = Files(include_hidden=True)
        listed_paths = [photo.path for photo in photos_of(listing(place, files=files))]
        assert listed_paths == sorted(["a/1.jpg", "a/2.NEF", *JUNK[:5]])
        assert files.passed_over == "1 RAW file, 1 video"


def test_a_folder_that_cannot_be_listed_costs_itself(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EACCES, EIO, a folder that vanished; not those that a listing passes over."""
    for name in ("a/1.jpg", "b/1.jpg", "b/c/1.jpg", "d/1.jpg", "e/1.jpg", "lost+found/1.jpg"):
        put(root / name)
    scandir, access = os.scandir, os.access

    def failing(folder: bytes) -> Iterator[os.DirEntry[bytes]]:
        name = os.path.basename(folder)
        if name in (b"b", b"lost+found", b"d"):
            raise OSError(*{b"d": (errno.ENOENT, "gone")}.get(name, (errno.EIO, "broken")))
        return scandir(folder)

    def denied(folder: bytes, mode: int, **options: bool) -> bool:
        return not folder.endswith(b"/e") and access(folder, mode, **options)

    monkeypatch.setattr(os, "scandir", failing)
    monkeypatch.setattr(os, "access", denied)
    files = Files()
    rows = pa.Table.from_batches(listing(open_place(root), files=files)).to_pylist()
    assert [row["path"] for row in rows] == ["a/1.jpg", "b/", "d/", "e/"]
    assert [(one.path, one.reason) for one in files.unread] == [
        ("b", "broken"),
        ("d", "gone"),
        ("e", "Permission denied"),
    ]
    assert paths(open_place(root)) == ["a/1.jpg"]


def test_what_ends_the_listing_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root / "a" / "1.jpg")

    def failing(folder: bytes) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(os, "scandir", failing)
    with pytest.raises(BadInput, match="cannot list the folder .*Too many open files"):
        photos_in(open_place(root))


def test_a_place_that_holds_only_other_images_is_told_how_to_convert_them(root: Path) -> None:
    for name in ("a/1.CR3", "a/2.heic", "b/3.mp4"):
        put(root / name)
    with pytest.raises(BadInput) as raised:
        require_photos(open_place(root))
    message = str(raised.value)
    assert "it holds 1 RAW file, 1 HEIC file, 1 video" in message
    assert "mogrify -format jpg" in message
    assert "ffmpeg" in message


def test_a_place_that_is_not_there_is_named(root: Path, bucket: Path) -> None:
    for name in (str(root / "nowhere"), "s3://fruits/nowhere"):
        with pytest.raises(BadInput, match="nowhere"):
            photos_in(open_place(name))


def test_a_place_without_photos_is_said_at_once(root: Path) -> None:
    with pytest.raises(BadInput, match="Fruits: no photos in it: they are files that end in"):
        require_photos(open_place(root))
    put(root / "1.jpg")
    with pytest.raises(BadInput, match="no photos in it: it is OUT as well"):
        require_photos(open_place(root), open_place(root))
    assert [photo.path for photo in photos_of(require_photos(open_place(root)))] == ["1.jpg"]
