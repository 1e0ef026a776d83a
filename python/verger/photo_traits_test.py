"""Traits of photos: beside features or alone, and null where there is nothing to measure."""

from __future__ import annotations

import math
import struct
import zlib
from pathlib import Path

import pytest

import verger
from verger.photo_traits import TRAITS


def png(colour: tuple[int, int, int], around: tuple[int, int, int] = (255, 255, 255)) -> bytes:
    """40 x 40 pixels, those less than 15 from the middle in `colour`."""

    def row(y: int) -> bytes:
        inside = ((x - 20) ** 2 + (y - 20) ** 2 < 15**2 for x in range(40))
        return b"\0" + b"".join(bytes(colour if fruit else around) for fruit in inside)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 40, 40, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(map(row, range(40))))
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.fixture
def fruits(tmp_path: Path) -> Path:
    folder = tmp_path / "fruits" / "Plum"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(png((200, 30, 20)))
    (folder / "b.jpg").write_bytes(b"no photo")
    (folder / "c.png").write_bytes(png((230, 210, 40), around=(10, 10, 10)))
    return folder.parent


def test_they_are_the_same_alone_and_beside_features(fruits: Path) -> None:
    alone = verger.traits(fruits, threads=2)
    beside = verger.extract(fruits, traits=True)
    assert alone.schema.names == ["path", "label", "error", *TRAITS]
    assert beside.schema.names == [*verger.extract(fruits).schema.names, *TRAITS]
    for name in alone.schema.names:
        assert alone[name].to_pylist() == beside[name].to_pylist(), name
    red, reject, yellow = alone.to_pylist()
    assert [row["path"] for row in (red, reject, yellow)] == [
        "Plum/a.png",
        "Plum/b.jpg",
        "Plum/c.png",
    ]
    assert reject["error"] is not None
    assert [reject[name] for name in TRAITS] == [None] * 5
    for row in (red, yellow):
        assert row["error"] is None
        assert row["area"] == pytest.approx(math.pi * 15**2 / 40**2, abs=0.01)
        assert 0.97 <= row["roundness"] <= 1
    # scikit-image 0.26.0, color.rgb2lab
    assert [red[name] for name in TRAITS[:3]] == pytest.approx([43.1560464, 62.8487498, 49.7907449])
    assert yellow["lab_b"] > 60 > 0 > yellow["lab_a"]


def test_they_are_null_where_the_background_is_not_plain(golden: Path) -> None:
    table = verger.traits(golden)
    assert table["error"].null_count == table.num_rows
    assert all(table[name].null_count == table.num_rows for name in TRAITS)


def test_rejects_and_files_by_name_are_rows(fruits: Path, tmp_path: Path) -> None:
    photos = [fruits / "Plum" / "a.png", fruits / "Plum" / "b.jpg", tmp_path / "nowhere.jpg"]
    for table in (verger.traits(photos), verger.extract(photos, traits=True)):
        assert table["path"].to_pylist() == [str(photo) for photo in photos]
        for name in TRAITS:
            assert [value is None for value in table[name].to_pylist()] == [False, True, True]
        errors = table["error"].to_pylist()
        assert errors[0] is None
        assert errors[2] == "cannot be read: No such file or directory"


def test_an_output_is_made_of_them_without_traits(fruits: Path, tmp_path: Path) -> None:
    verger.save(verger.extract(fruits, traits=True), tmp_path / "out")
    assert verger.verify(tmp_path / "out") == []


def test_limits_and_calls_that_cannot_be(golden: Path, tmp_path: Path) -> None:
    (error, *_) = verger.traits(golden, max_pixels=100)["error"].to_pylist()
    assert "more than --max-pixels 100" in error
    with pytest.raises(verger.BadCall, match="threads -1"):
        verger.traits(golden, threads=-1)
    with pytest.raises(verger.BadInput, match="no photos"):
        verger.traits(tmp_path)
    with pytest.raises(verger.BadInput, match="no photos"):
        verger.traits([])
