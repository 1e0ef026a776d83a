"""What tasks make of parts, without Spark: `value` is all they ask of a broadcast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from verger._structs import Limits
from verger.errors import Damaged
from verger.moments import Moments
from verger.runs.manifest import FileEntry, ModelIdentity, PartEntry
from verger.runs.output import publish_part
from verger.runs.parts import decode_rows, encode_preprocessing, good_rows, vector_type
from verger.runs.photo import Photo, PhotoRow
from verger.runs.storage import LocalPlace, open_place
from verger.runs.todo import Todo, TodoRows
from verger.spark import filling, tasks
from verger.spark.filling import Before
from verger.spark.tasks import Fill, GatherParts, PartToFill, ProjectPart

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
    listed = []
    for number in range(5):
        path = f"a/{number}.jpg"
        file = tmp_path / "photos" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes([number]) * 100)
        modified = file.stat().st_mtime_ns // 1000
        listed.append(Photo(path, "a", 100, modified))
    return listed


def row_of(photo: Photo) -> PhotoRow:
    return PhotoRow(photo.path, photo.label, photo.size, photo.modified, sha_of(photo), None)


def sha_of(photo: Photo) -> str:
    """Of its bytes."""
    return sha256(bytes([int(photo.path[2])]) * 100).hexdigest()


def part_of(rows: Sequence[PhotoRow], model: ModelIdentity = MODEL) -> bytes:
    vectors = [[float(number), 0.5] for number in range(len(rows))]
    return encode_preprocessing(rows, pa.array(vectors, vector_type()), model)


def to_fill(rows: Iterable[Todo | Photo]) -> PartToFill:
    columns = zip(*(Todo(*row) for row in rows))
    names = dict(zip(Todo._fields, columns))
    types = {name: pa.int64() for name in ("size", "modified", "part", "row")}
    types["file"] = pa.binary()
    arrays = [pa.array(names[name], types.get(name, pa.string())) for name in Todo._fields]
    todo = TodoRows()
    todo.add(pa.RecordBatch.from_arrays(arrays, names=list(Todo._fields)))
    (packed,) = todo.cut(100)
    return PartToFill(NAME, packed)


class Known:
    """Contents, as a dictionary."""

    def __init__(self, rows: dict[str, tuple[int, int]]) -> None:
        self.find = rows.get


def fill(
    out: LocalPlace,
    parts: Sequence[FileEntry] = (),
    contents: dict[str, tuple[int, int]] | None = None,
) -> Fill:
    done: Any = SimpleNamespace(add=lambda count: None)
    file: Any = SimpleNamespace(value=None)
    known: Any = Known(contents) if contents else None
    before: Any = SimpleNamespace(value=Before(list(parts), known))
    photos = open_place(Path(out.root).parent / "photos")
    return Fill(photos, out, MODEL, file, "key", 16, 0, before, done)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Extracts (size of the batch, index of the photo) of each; a list of the batches' sizes."""
    sizes = []

    def stream(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            sizes.append(batch.num_rows)
            vectors = [[float(batch.num_rows), float(i)] for i in batch.column(0).to_pylist()]
            columns = [batch.column(0), pa.array(vectors, vector_type())]
            columns.append(pa.nulls(batch.num_rows, pa.string()))
            yield pa.RecordBatch.from_arrays(columns, names=["index", "features", "error"])

    monkeypatch.setattr(tasks, "extractor_of", lambda *_: SimpleNamespace(stream=stream))
    return sizes


def test_what_another_attempt_has_put_is_taken(out: LocalPlace, photos: list[Photo]) -> None:
    entry = publish_part(out, NAME, part_of([row_of(photo) for photo in photos]))
    filled = fill(out)(to_fill(photos))
    assert filled.entry == PartEntry(entry, 5, 0, photos[0].path, photos[-1].path)
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
        fill(out)(to_fill(photos))


def test_a_photo_without_memory_is_tried_again(
    out: LocalPlace, photos: list[Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row has no size and no time, so that no later run takes it over."""
    errors = ["out of memory: allow more of it, or use fewer threads", "JPEG: damaged"]

    def stream(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            messages = pa.array(errors, pa.string())
            columns = [batch.column(0), pa.nulls(2, vector_type()), messages]
            yield pa.RecordBatch.from_arrays(columns, names=["index", "features", "error"])

    monkeypatch.setattr(tasks, "extractor_of", lambda *_: SimpleNamespace(stream=stream))
    fill(out)(to_fill(photos[:2]))
    rows = decode_rows(out.read(NAME), NAME)
    assert [row.error for row in rows] == errors
    assert [row.size for row in rows] == [None, 100]
    assert [row.modified for row in rows] == [None, photos[1].modified]


def test_large_photos_wait_in_small_batches(
    out: LocalPlace, photos: list[Photo], no_network: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "limits", lambda: Limits(max_call_bytes=200))
    filled = fill(out)(to_fill(photos))
    assert no_network == [2, 2, 1]
    assert filled.entry.rows == 5


def test_the_network_gets_whole_batches_of_its_own(
    out: LocalPlace, photos: list[Photo], no_network: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "PHOTOS_IN_A_BATCH", 2)
    replace(fill(out), batch_size=3)(to_fill(photos))
    assert no_network == [3, 2]


def test_features_come_from_the_network_and_from_other_parts(
    out: LocalPlace, photos: list[Photo], no_network: list[int]
) -> None:
    rows = [row_of(photo) for photo in photos]
    first, second = "Preprocessing/part-00007.parquet", "Preprocessing/part-00008.parquet"
    # Their rows are in the order of paths.
    parts = [publish_part(out, first, part_of([rows[0], rows[3]]))]
    parts.append(replace(publish_part(out, second, part_of([rows[2]])), sha256=""))
    to_do = [Todo(*photo) for photo in photos]
    for index, part, row in ((0, 0, 0), (2, 1, 0), (3, 0, 1)):
        to_do[index] = to_do[index]._replace(sha256=rows[index].sha256, part=part, row=row)
    filled = fill(out, parts)(to_fill(to_do))
    assert (filled.extracted, no_network) == (2, [2])
    assert filled.taken_over is not None
    assert filled.taken_over.to_pylist() == [True, False, True, True, False]
    good = good_rows(out.read(NAME), NAME)
    assert good.column(0).to_pylist() == [photo.path for photo in photos]
    assert good.column(2).to_pylist() == [[0, 0.5], [2, 1], [0, 0.5], [1, 0.5], [2, 4]]


def test_parts_that_rows_are_taken_from_are_read_once(
    out: LocalPlace, photos: list[Photo], no_network: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"Preprocessing/part-0000{number}.parquet" for number in (6, 7, 8)]
    parts = [publish_part(out, name, part_of(list(map(row_of, photos)))) for name in names]
    to_do = [
        Todo(*photo)._replace(sha256=sha_of(photo), part=number % 3, row=number)
        for number, photo in enumerate(photos)
    ]
    read: list[str] = []
    whole = LocalPlace.read_if_present

    def watched(self: LocalPlace, name: str) -> bytes | None:
        read.append(name)
        return whole(self, name)

    monkeypatch.setattr(LocalPlace, "read_if_present", watched)
    assert fill(out, parts)(to_fill(to_do)).entry.rows == 5
    assert read == names


def test_equal_bytes_go_through_the_network_once(
    out: LocalPlace, photos: list[Photo], no_network: list[int]
) -> None:
    other = "Preprocessing/part-00007.parquet"
    row = row_of(photos[0])._replace(sha256=sha256(bytes([True]) * 100).hexdigest())
    entry = publish_part(out, other, part_of([row]))
    root = Path(out.root).parent / "photos"
    same = []
    for photo in photos:
        # 0 and 3 have bytes that another part knows, 1, 2 and 4 are the same.
        (root / photo.path).write_bytes(bytes([photo in (photos[0], photos[3])]) * 100)
        modified = (root / photo.path).stat().st_mtime_ns // 1000
        same.append(photo._replace(modified=modified))
    # Of the other content the plan only thinks that it is known.
    known = {str(row.sha256): (0, 0), sha256(bytes(100)).hexdigest(): (0, 0)}
    filled = fill(out, [entry], known)(to_fill(same))
    assert (filled.extracted, no_network) == (1, [1])
    good = good_rows(out.read(NAME), NAME)
    assert good.column(0).to_pylist() == [photo.path for photo in photos]
    assert good.column(2).to_pylist() == [[0, 0.5], [1, 1], [1, 1], [0, 0.5], [1, 1]]


def test_equal_bytes_are_rejected_for_the_same_reason(
    out: LocalPlace, photos: list[Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stream(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            columns = [batch.column(0), pa.nulls(batch.num_rows, vector_type())]
            columns.append(pa.array(["no photo"] * batch.num_rows))
            yield pa.RecordBatch.from_arrays(columns, names=["index", "features", "error"])

    monkeypatch.setattr(tasks, "extractor_of", lambda *_: SimpleNamespace(stream=stream))
    file = Path(out.root).parent / "photos" / photos[1].path
    file.write_bytes(bytes(100))
    photos[1] = photos[1]._replace(modified=file.stat().st_mtime_ns // 1000)
    filled = fill(out)(to_fill(photos[:2]))
    assert [reject.reason for reject in filled.rejects] == ["no photo"] * 2
    assert filled.extracted == 1


@pytest.mark.parametrize(
    ("wrong", "message"), [("hash", "has no features of a/1"), ("bytes", "not")]
)
def test_a_source_that_is_not_what_it_was_is_named(
    out: LocalPlace, photos: list[Photo], no_network: list[int], wrong: str, message: str
) -> None:
    entry = publish_part(out, "Preprocessing/part-00007.parquet", part_of([row_of(photos[0])]))
    if wrong == "bytes":
        entry = replace(entry, sha256=sha_of(photos[0]))
    item = Todo(*photos[1])._replace(sha256=sha_of(photos[1]), part=0, row=0)
    with pytest.raises(Damaged, match=message):
        fill(out, [entry])(to_fill([item]))


def test_a_reject_that_is_taken_over_stays_one(
    out: LocalPlace, photos: list[Photo], no_network: list[int]
) -> None:
    entry = FileEntry("Preprocessing/part-00007.parquet", 0, "")
    item = Todo(*photos[1])._replace(error="no photo", part=0, row=0)
    filled = fill(out, [entry])(to_fill([photos[0], item]))
    assert (filled.entry.rows, filled.entry.rejects, filled.extracted) == (1, 1, 1)
    assert (filled.rejects, filled.labels) == ([], {"a"}), "the plan has reported it"


def test_rows_that_are_taken_over_may_be_left_out_of_moments(
    out: LocalPlace, photos: list[Photo]
) -> None:
    entry = publish_part(out, NAME, part_of(list(map(row_of, photos))))
    but = pa.array([True, False, True, True, True])
    for left_out, count in ((None, 5), (but, 1)):
        ((task, saved),) = GatherParts(out)(3, [(entry, left_out)])
        assert (task, Moments.load(saved).count) == (3, count)
    assert list(GatherParts(out)(3, [(entry, pa.array([True] * 5))])) == []
    with pytest.raises(Damaged, match="not the bytes that were written"):
        list(GatherParts(out)(3, [(replace(entry, sha256="00"), None)]))


def test_only_what_the_manifest_will_name_is_projected(
    out: LocalPlace, photos: list[Photo]
) -> None:
    entry = PartEntry(publish_part(out, NAME, part_of([row_of(photos[0])])), 1)
    out.publish(NAME, part_of([row_of(photos[1])]))
    nothing: Any = SimpleNamespace(value=None)
    with pytest.raises(Damaged, match="not the bytes that were written"):
        ProjectPart(out, "run", nothing, "centred", MODEL)((entry, "Results/part-00000.parquet"))
