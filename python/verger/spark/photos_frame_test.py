"""What a task reads of a listing; tests/spark has it on Spark."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from verger.errors import BadCall
from verger.runs.listing import require_photos
from verger.runs.storage import LocalPlace, open_place
from verger.spark.photos_frame import ReadPhotos, _pack, photos


def read(folder: Path, read_from: Path) -> list[dict[str, object]]:
    """The rows that a task makes of a listing of `folder`, where that lies at `read_from`."""
    listed = pa.Table.from_batches(require_photos(open_place(folder)))
    batch = pa.RecordBatch.from_arrays([pa.array([_pack(listed)])], names=["photos"])
    place = open_place(read_from)
    assert isinstance(place, LocalPlace)
    return [row for rows in ReadPhotos(place)([batch]) for row in rows.to_pylist()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "photos" / "a").mkdir(parents=True)
    (tmp_path / "photos" / "a" / "_1.jpg").write_bytes(b"one")
    (tmp_path / "photos" / "a" / "2.jpg").write_bytes(b"")
    return tmp_path / "photos"


def test_photos_have_the_columns_of_binary_files(folder: Path) -> None:
    empty, one = read(folder, folder)
    assert one.pop("modificationTime") is not None
    name = f"file:{folder}/a"
    assert one == {"path": f"{name}/_1.jpg", "length": 3, "content": b"one", "error": None}
    assert (empty["path"], empty["content"], empty["error"]) == (f"{name}/2.jpg", b"", None)


def test_a_photo_that_cannot_be_read_is_a_row_with_the_reason(folder: Path) -> None:
    copy = folder.with_name("copy")
    (copy / "a").mkdir(parents=True)
    rows = read(folder, copy)
    assert [row["content"] for row in rows] == [None, None]
    assert {row["error"] for row in rows} == {"vanished: it was there when the run began"}


def test_a_folder_that_a_node_does_not_see_is_named(folder: Path) -> None:
    with pytest.raises(BadCall, match=r"gone: there is no such folder on .*every node sees"):
        read(folder, folder.with_name("gone"))


class Session:
    """A classic session of two tasks at a time, and its DataFrames, all that `photos` asks of."""

    sparkContext = SimpleNamespace(
        defaultParallelism=2,
        getConf=lambda: SimpleNamespace(get=lambda name, otherwise: otherwise),
        _jsc=SimpleNamespace(
            hadoopConfiguration=lambda: SimpleNamespace(getTrimmed=lambda name: None)
        ),
    )

    def createDataFrame(self, rows: list[tuple[int, bytes]], schema: str) -> Session:
        self.rows = rows
        return self

    def repartitionByRange(self, tasks: int, column: str) -> Session:
        assert (tasks, column) == (len(self.rows), "part")
        return self

    def mapInArrow(self, function: ReadPhotos, schema: str) -> list[str]:
        """The paths, a batch a task."""
        function = pickle.loads(pickle.dumps(function))
        tasks = [[pa.array(values) for values in zip(row)] for row in self.rows]
        batches = [pa.RecordBatch.from_arrays(task, names=["part", "photos"]) for task in tasks]
        return [path for task in batches for rows in function([task]) for path in rows["path"]]


def test_what_is_left_out_is_reported_once(folder: Path) -> None:
    for number in range(3, 8):
        (folder / "a" / f"{number}.jpg").write_bytes(b"more")
    (folder / "a" / ".hidden.jpg").write_bytes(b"hidden")
    session: Any = Session()
    with pytest.warns(UserWarning, match=r"passed over: 1 hidden file$") as warned:
        paths: Any = photos(session, str(folder))
    assert len(warned) == 1
    assert len(session.rows) == 2
    names = ["2.jpg", *(f"{number}.jpg" for number in range(3, 8)), "_1.jpg"]
    assert [str(path) for path in paths] == [f"file:{folder}/a/{name}" for name in names]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(photos(session, str(folder), include_hidden=True)) == 8
