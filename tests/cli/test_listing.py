"""Program and Python list the same photos in the same order, in folders and on servers of S3."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from object_server import (
    BUCKET,
    SECOND,
    Objects,
    Order,
    backwards,
    by_bytes,
    by_folder,
    by_utf16,
    serving,
)
from program import verger
from small_photos import jpeg, plant
from verger.runs.files import Files
from verger.runs.hashed_listing import hashed_listing
from verger.runs.listing import listing
from verger.runs.storage import Place, S3Settings, open_place

PHOTO = jpeg(1)
PIECES = (
    "a",
    "b",
    ".a",
    "-",
    "!",
    " ",
    "0",
    "~",
    "\u00e9",
    "\uffee",
    "\U0001f351",
    ".jpg",
    "A",
    "+",
    "%20",
)
ODD = ("\x01", "\\x01", "\u202e", "\\xe2\\x80\\xae", "\x85")
FRAMES = [
    "a.jpg",
    "a/b.jpg",
    "a-b.jpg",
    "a b.jpg",
    "a!/b.jpg",
    "a/b/c.jpg",
    "a/",
    "empty/",
    "notes",
]

Listed = tuple[str, str, int, int, str]  # path, label, size, modified, problem


def tree(pieces: Iterable[str], count: int, seed: int = 3) -> list[str]:
    """Names of photos that are hard to sort, below folders whose names are."""
    rng, parts = random.Random(seed), list(pieces)

    def two() -> str:
        return rng.choice(parts) + rng.choice(parts)

    paths = {
        "/".join([*(f"{two()}d" for _ in range(rng.randrange(4))), f"{two()}.jpg"])
        for _ in range(count)
    }
    return sorted(paths)


def by_python(place: Place, hashes: bool = False) -> list[Listed]:
    batches = listing(place, files=Files(include_hidden=True))  # as some of PIECES are
    rows = pa.Table.from_batches(hashed_listing(batches) if hashes else batches).to_pylist()
    return [
        (row["path"], row["label"], row["size"], row["modified"] or 0, row["problem"] or "")
        for row in rows
    ]


def by_program(
    photos: str | Path, out: Path, tiny: list[str], env: dict[str, str], *more: str
) -> list[Listed]:
    """The order of a listing is that of the rows of an output."""
    verger(
        "extract", photos, out, *tiny, "--max-reject-rate", "1", "--include-hidden", *more, env=env
    )
    parts = sorted((out / "Preprocessing").glob("*.parquet"))
    table = pa.concat_tables(map(pq.read_table, parts))
    modified = table["modified"].cast(pa.int64())
    rows = table.set_column(table.column_names.index("modified"), "modified", modified).to_pylist()
    return [
        (row["path"], row["label"], row["size"], row["modified"] or 0, row["error"] or "")
        for row in rows
    ]


def ascending(listed: list[Listed]) -> bool:
    paths = [row[0].encode() for row in listed]
    return all(first < second for first, second in zip(paths, paths[1:], strict=False))


def both(objects: Objects, tmp_path: Path, tiny: list[str]) -> tuple[list[Listed], list[Listed]]:
    with serving(objects) as env:
        program = by_program(f"s3://{BUCKET}/Photos", tmp_path / "out", tiny, env)
        # Not by the environment: a client is kept for settings that are the same.
        settings = S3Settings(env["AWS_ENDPOINT_URL_S3"], "us-east-1", "a", "b")
        python = by_python(open_place(f"s3://{BUCKET}/Photos", settings))
    return program, python


def put(keys: Iterable[str]) -> dict[str, bytes]:
    """Objects below Photos, and some beside it."""
    inside = {f"Photos/{key}": PHOTO for key in keys}
    return {"Photos-2/a.jpg": b"", "Photos.jpg": b"", "Photo": b"", **inside}


def test_a_folder(tmp_path: Path, tiny: list[str]) -> None:
    photos = tmp_path / "Photos"
    odd = ("\udcff", "\\xff", *ODD)
    for name in [*tree((*PIECES, *odd), 400), *FRAMES[:6]]:
        file = photos / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(PHOTO)
    (photos / "gone.jpg").symlink_to("nowhere.jpg")
    (photos / "itself.jpg").symlink_to("itself.jpg")
    (photos / "a" / "up").symlink_to("..")
    os.mkfifo(photos / "pipe.jpg")
    program = by_program(photos, tmp_path / "out", tiny, {})
    assert program == by_python(open_place(photos))
    assert ascending(program)
    assert any("(another)" in row[0] for row in program)


@pytest.mark.parametrize(
    ("order", "page"),
    [(by_bytes, 1000), (by_bytes, 7), (by_utf16, 7), (by_folder, 1000), (backwards, 7)],
)
@pytest.mark.parametrize("odd", [False, True])
def test_servers_list_in_any_order(
    order: Order,
    page: int,
    odd: bool,
    tmp_path: Path,
    tiny: list[str],
) -> None:
    names = tree((*PIECES, *ODD) if odd else PIECES, 120)
    objects = Objects(put([*names, *FRAMES]), order, page)
    program, python = both(objects, tmp_path, tiny)
    assert program == python
    assert ascending(program)
    expected = {*names, *FRAMES[:6]}
    assert len(program) == len(expected)
    if not odd:
        assert [row[0] for row in program] == sorted(expected, key=str.encode)
        labels = [Path("Photos", row[0]).parent.name for row in program]
        assert [row[1:] for row in program] == [
            (label, len(PHOTO), SECOND * 10**6, "") for label in labels
        ]


def test_keys_that_a_server_repeats_or_does_not_encode(tmp_path: Path, tiny: list[str]) -> None:
    names = tree(PIECES, 100)
    objects = Objects(put(names), page=9, encodes=False, repeats=True)
    program, python = both(objects, tmp_path, tiny)
    assert program == python
    assert [row[0] for row in program] == sorted(names, key=str.encode)


def test_many_pages(tmp_path: Path, tiny: list[str]) -> None:
    """2,500 keys below one prefix and 1,200 in one folder of it: pages of 1,000."""
    names = [f"only/{number:04}.jpg" for number in range(1200)]
    names += [f"only/{number % 10}/{number}.jpg" for number in range(1300)]
    objects = Objects(put(names))
    with serving(objects) as env:
        program = by_program(f"s3://{BUCKET}/Photos", tmp_path / "out", tiny, env)
    assert [row[0] for row in program] == sorted(names)
    assert any("continuation-token" in query for query in objects.queries)
    # Below a few prefixes one level more is listed by itself, and then each prefix there.
    assert {"Photos/", "Photos/only/", "Photos/only/7/"} <= {
        query["prefix"] for query in objects.queries
    }


def test_empty_names_between_slashes(tmp_path: Path, tiny: list[str]) -> None:
    names = ["//a.jpg", "/a.jpg", "a//b.jpg", "a.jpg", "a/b.jpg", "a///b.jpg"]
    program, python = both(Objects(put(names)), tmp_path, tiny)
    assert program == python
    assert [row[0] for row in program] == sorted(names)
    assert {row[0]: row[1] for row in program} == {
        **{name: "a" for name in names},
        **{name: "Photos" for name in ("//a.jpg", "/a.jpg", "a.jpg")},
    }
    assert {row[4] for row in program} == {""}


def test_times_have_any_number_of_digits(tmp_path: Path, tiny: list[str]) -> None:
    def fraction(key: str) -> str | None:
        digits = key.partition("/")[2].removesuffix(".jpg")
        return None if digits == "none" else digits and f".{digits}"

    names = ["".join("123456789"[:count]) + ".jpg" for count in range(1, 10)]
    program, python = both(Objects(put([*names, "none.jpg"]), fraction=fraction), tmp_path, tiny)
    # Arrow reads one or two digits as 1970; Python then asks for the time, which has whole seconds.
    whole = {"1.jpg", "12.jpg"}
    assert [row[3] for row in python] == [
        row[3] // 10**6 * 10**6 if row[0] in whole else row[3] for row in program
    ]
    times = {row[0]: row[3] for row in program}
    assert times == {
        **{name: SECOND * 10**6 + int(name[:-4].ljust(3, "0")[:3]) * 1000 for name in names},
        "none.jpg": SECOND * 10**6,  # as HEAD says
    }
    assert {row[4] for row in program} == {""}, (
        "a photo whose time nobody knows is read all the same"
    )


def test_paths_may_be_hashed(tmp_path: Path, tiny: list[str]) -> None:
    photos = plant(tmp_path / "photos", 30)
    (photos / os.fsdecode(b"\xff.jpg")).write_bytes(PHOTO)
    program = by_program(photos, tmp_path / "out", tiny, {}, "--path-mode", "hash")
    assert program == by_python(open_place(photos), hashes=True)
    assert ascending(program)


def test_what_cannot_be_listed_is_named(tmp_path: Path, tiny: list[str]) -> None:
    objects = Objects(put(["a.jpg", "b.jpg", "c.jpg"]), page=2)
    with serving(objects) as env:
        for url, message in (
            (f"s3://{BUCKET}/nowhere", "has no objects; check the name"),
            ("s3://pears/Photos", "s3://pears"),
        ):
            done = verger("extract", url, tmp_path / "out", *tiny, env=env, check=4)
            assert url in done.stderr
            assert message in done.stderr
        objects.forever = True
        done = verger("extract", f"s3://{BUCKET}/Photos", tmp_path / "out", *tiny, env=env, check=4)
        assert "sends the same page again" in done.stderr
