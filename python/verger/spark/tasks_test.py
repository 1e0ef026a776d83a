"""What tasks make of parts, without Spark: `value` is all they ask of a broadcast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from verger._library import Limits
from verger.errors import Damaged
from verger.runs.listing import Photo
from verger.runs.local import LocalPlace
from verger.runs.manifest import ModelIdentity, PartEntry
from verger.runs.output import publish_part
from verger.runs.parts import VECTOR, PhotoRow, decode_rows, encode_preprocessing, good_rows
from verger.runs.plan import Source, Todo
from verger.runs.storage import open_place
from verger.spark import tasks
from verger.spark.tasks import Fill, PartToFill, ProjectPart

MODEL = ModelIdentity("m", "aa", "keras", "keras:224x224", 2)
NAME = "Preprocessing/part-00000.parquet"


@pytest.fixture
def out(tmp_path: Path) -> LocalPlace:
    (tmp_path / "out" / "Preprocessing").mkdir(parents=True)
    place = open_place(tmp_path / "out")
    assert isinstance(place, LocalPlace)
    return place


@pytest.fixture
def photos(tmp_path: Path) -> list[Photo]:
    """Five photos of 100 bytes."""
    found = []
    for number in range(5):
        path = f"a/{number}.jpg"
        file = tmp_path / "photos" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes([number]) * 100)
        modified = file.stat().st_mtime_ns // 1000
        found.append(Photo(path, "a", 100, modified, "", path))
    return found


def row_of(photo: Photo) -> PhotoRow:
    return PhotoRow(photo.path, photo.label, photo.size, photo.modified, "aa", None)


def part_of(rows: Sequence[PhotoRow], model: ModelIdentity = MODEL) -> bytes:
    vectors = [[float(number), 0.5] for number in range(len(rows))]
    return encode_preprocessing(rows, pa.array(vectors, VECTOR), model)


def fill(out: LocalPlace, contents: dict[str, Source] | None = None) -> Fill:
    done: Any = SimpleNamespace(add=lambda count: None)
    file: Any = SimpleNamespace(value=None)
    known: Any = SimpleNamespace(value=contents or {})
    photos = open_place(Path(out.root).parent / "photos")
    return Fill(photos, out, MODEL, file, "key", 16, known, done)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Extracts (size of the batch, index of the photo) of each; a list of the batches' sizes."""
    sizes = []

    def stream(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            sizes.append(batch.num_rows)
            vectors = [[float(batch.num_rows), float(i)] for i in batch.column(0).to_pylist()]
            columns = [batch.column(0), pa.array(vectors, VECTOR)]
            columns.append(pa.nulls(batch.num_rows, pa.string()))
            yield pa.RecordBatch.from_arrays(columns, names=["index", "features", "error"])

    monkeypatch.setattr(tasks, "extractor_of", lambda *_: SimpleNamespace(stream=stream))
    return sizes


def test_what_another_attempt_has_put_is_taken(out: LocalPlace, photos: list[Photo]) -> None:
    wanted = publish_part(out, NAME, part_of([row_of(photo) for photo in photos]))
    filled = fill(out)(PartToFill(NAME, tuple(map(Todo, photos))))
    assert filled.entry == PartEntry(wanted, 5, 0, photos[0].path, photos[-1].path)
    assert filled.extracted == 5


@pytest.mark.parametrize("wrong", ["model", "photo", "time", "count"])
def test_what_a_task_of_another_run_has_put_is_refused(
    out: LocalPlace, photos: list[Photo], wrong: str
) -> None:
    rows = [row_of(photo) for photo in photos]
    model = MODEL
    if wrong == "model":
        model = ModelIdentity("other", "bb", "keras", "keras:224x224", 2)
    elif wrong == "photo":
        rows[1] = rows[1]._replace(path="a/other.jpg")
    elif wrong == "time":
        rows[1] = rows[1]._replace(modified=1)
    else:
        del rows[-1]
    publish_part(out, NAME, part_of(rows, model))
    with pytest.raises(Damaged, match=r"part-00000\.parquet: holds other features .* run again"):
        fill(out)(PartToFill(NAME, tuple(map(Todo, photos))))


def test_a_photo_without_memory_is_tried_again(
    out: LocalPlace, photos: list[Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row has no size and no time, so that no later run takes it over."""
    errors = ["out of memory: allow more of it, or use fewer threads", "JPEG: damaged"]

    def stream(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            told = pa.array(errors, pa.string())
            columns = [batch.column(0), pa.nulls(2, VECTOR), told]
            yield pa.RecordBatch.from_arrays(columns, names=["index", "features", "error"])

    monkeypatch.setattr(tasks, "extractor_of", lambda *_: SimpleNamespace(stream=stream))
    fill(out)(PartToFill(NAME, tuple(map(Todo, photos[:2]))))
    rows = decode_rows(out.read(NAME), NAME)
    assert [row.error for row in rows] == errors
    assert [row.size for row in rows] == [None, 100]
    assert [row.modified for row in rows] == [None, photos[1].modified]


def test_large_photos_wait_in_small_batches(
    out: LocalPlace, photos: list[Photo], no_network: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "limits", lambda: Limits(max_call_bytes=200))
    filled = fill(out)(PartToFill(NAME, tuple(map(Todo, photos))))
    assert no_network == [2, 2, 1]
    assert filled.entry.rows == 5


def test_the_network_gets_whole_batches_of_its_own(
    out: LocalPlace, photos: list[Photo], no_network: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "PHOTOS_IN_A_BATCH", 2)
    replace(fill(out), batch_size=3)(PartToFill(NAME, tuple(map(Todo, photos))))
    assert no_network == [3, 2]


def test_features_come_from_the_network_and_from_other_parts(
    out: LocalPlace, photos: list[Photo], no_network: list[int]
) -> None:
    rows = [row_of(photo) for photo in photos]
    first, second = "Preprocessing/part-00007.parquet", "Preprocessing/part-00008.parquet"
    publish_part(out, first, part_of([rows[3], rows[0]]))
    publish_part(out, second, part_of([rows[2]]))
    to_do = list(map(Todo, photos))
    for index, part in ((0, first), (2, second), (3, first)):
        to_do[index] = Todo(photos[index], rows[index], Source(part, photos[index].path))
    filled = fill(out)(PartToFill(NAME, tuple(to_do)))
    assert (filled.extracted, no_network) == (2, [2])
    good = good_rows(out.read(NAME), NAME)
    assert good.column(0).to_pylist() == [photo.path for photo in photos]
    assert good.column(2).to_pylist() == [[1, 0.5], [2, 1], [0, 0.5], [0, 0.5], [2, 4]]


def test_equal_bytes_go_through_the_network_once(
    out: LocalPlace, photos: list[Photo], no_network: list[int]
) -> None:
    other = "Preprocessing/part-00007.parquet"
    publish_part(out, other, part_of([row_of(photos[0])]))
    root = Path(out.root).parent / "photos"
    same = []
    for photo in photos:
        # 0 and 3 have bytes that another part knows, 1, 2 and 4 are the same.
        (root / photo.path).write_bytes(bytes([photo in (photos[0], photos[3])]) * 100)
        modified = (root / photo.path).stat().st_mtime_ns // 1000
        same.append(photo._replace(modified=modified))
    known = {sha256(bytes([True]) * 100).hexdigest(): Source(other, photos[0].path)}
    filled = fill(out, known)(PartToFill(NAME, tuple(map(Todo, same))))
    assert (filled.extracted, no_network) == (1, [1])
    good = good_rows(out.read(NAME), NAME)
    assert good.column(0).to_pylist() == [photo.path for photo in photos]
    assert good.column(2).to_pylist() == [[0, 0.5], [1, 1], [1, 1], [0, 0.5], [1, 1]]


def test_equal_bytes_are_rejected_for_the_same_reason(
    out: LocalPlace, photos: list[Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stream(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            columns = [batch.column(0), pa.nulls(batch.num_rows, VECTOR)]
            columns.append(pa.array(["no photo"] * batch.num_rows))
            yield pa.RecordBatch.from_arrays(columns, names=["index", "features", "error"])

    monkeypatch.setattr(tasks, "extractor_of", lambda *_: SimpleNamespace(stream=stream))
    file = Path(out.root).parent / "photos" / photos[1].path
    file.write_bytes(bytes(100))
    photos[1] = photos[1]._replace(modified=file.stat().st_mtime_ns // 1000)
    filled = fill(out)(PartToFill(NAME, tuple(map(Todo, photos[:2]))))
    assert [reject.reason for reject in filled.rejects] == ["no photo"] * 2
    assert filled.extracted == 1


def test_a_source_without_the_row_is_named(out: LocalPlace, photos: list[Photo]) -> None:
    publish_part(out, NAME, part_of([row_of(photos[0])]))
    with pytest.raises(Damaged, match=r"has no features of a/1\.jpg"):
        tasks._Features(out, 1).take([Source(NAME, "a/1.jpg")])


def test_only_what_the_manifest_will_name_is_projected(
    out: LocalPlace, photos: list[Photo]
) -> None:
    entry = PartEntry(publish_part(out, NAME, part_of([row_of(photos[0])])), 1)
    out.publish(NAME, part_of([row_of(photos[1])]))
    nothing: Any = SimpleNamespace(value=None)
    with pytest.raises(Damaged, match="not the bytes that were written"):
        ProjectPart(out, "run", nothing, "centred", MODEL)((entry, "Results/part-00000.parquet"))
