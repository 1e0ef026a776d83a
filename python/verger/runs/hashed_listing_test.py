from __future__ import annotations

from hashlib import sha256

import pyarrow as pa
import pytest

from verger.runs import hashed_listing as hashed
from verger.runs.photo_batches import SCHEMA, Row, in_batches


def rows(count: int) -> list[Row]:
    return [
        (
            f"{n}.jpg",
            "label",
            n,
            n or None,
            "a problem" if n % 7 == 0 else None,
            b"\xff" if n % 5 else None,
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("count", [0, 1, 1000, 10_000])
def test_rows_are_sorted_by_hash_and_keep_the_rest(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashed, "_ROWS_AT_ONCE", 3000)
    batches = hashed.hashed_listing(in_batches(rows(count)))
    table = pa.Table.from_batches(batches, SCHEMA)
    expected = sorted(
        (sha256(path.encode()).hexdigest(), *rest, raw or path.encode())
        for path, *rest, raw in rows(count)
    )
    assert list(zip(*(column.to_pylist() for column in table.columns))) == expected


def test_folders_that_could_not_be_listed_are_one_row_before_all_others() -> None:
    listed = [("a/", "", None, None, None, None), *rows(3), ("b/", "", None, None, None, None)]
    table = pa.Table.from_batches(hashed.hashed_listing(in_batches(listed)), SCHEMA)
    paths = table["path"].to_pylist()
    assert paths[0] == "/"
    assert paths == sorted(paths)
    assert len(paths) == 4
