"""That the library's plan gets what it requests, from every kind of place; what it makes of it,
core/runs/plan_test.cc has."""

from __future__ import annotations

import ctypes
import pickle
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pytest

from verger._arrow import _Array, exported, take_batch
from verger._library import call
from verger._structs import PlanOptions
from verger.errors import BadCall, Damaged, StorageError
from verger.runs import rules
from verger.runs.conftest import MODEL, part_of, photo_at, row_of, sha_of
from verger.runs.contents import Sources
from verger.runs.manifest import HASH, FileEntry, Manifest, PartEntry
from verger.runs.output import Output
from verger.runs.photo import Photo, PhotoRow
from verger.runs.photo_batches import in_batches
from verger.runs.plan import PartData, Plan, QueuedPart, _Plan, make_plan, read_part
from verger.runs.rules import PREPROCESSING
from verger.runs.storage import Place
from verger.runs.todo import Todo, unpack


class Orchard:
    """An output under way, and the photos it is held against."""

    def __init__(self, output: Output) -> None:
        self.output = output
        self.photos: list[Photo] = []

    def begin(self, count: int) -> None:
        """Photos 1 to `count`, in parts of two, in the manifest."""
        self.photos = [photo_at(number) for number in range(1, count + 1)]
        parts = []
        for number in range(1, count + 1, 2):
            rows = [row_of(photo_at(row), row) for row in (number, number + 1)]
            paths = [row.path for row in rows]
            parts.append(PartEntry(self.write(rows), 2, 0, *paths))
        moments = self.output.publish(self.output.versioned_name("moments"), b"moments")
        self.output.commit(Manifest("photos", 1, MODEL, parts, moments))

    def write(self, rows: list[PhotoRow]) -> FileEntry:
        return self.output.publish(self.output.next_part(PREPROCESSING), part_of(rows))

    def names(self) -> list[str]:
        return [part.file.name for part in self.output.extracted().preprocessing]

    def plan(self, **options: Any) -> Plan:
        return make_plan(self.output, in_batches(self.photos), MODEL, **options)


@pytest.fixture
def orchard(place: Place) -> Iterable[Orchard]:
    with Output.open_for_writing(place) as output:
        yield Orchard(output)


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch, place: Place) -> list[str]:
    """Parts that were read as a whole."""
    names = []
    read = type(place).read

    def watched(self: Place, name: str, most: int | None = None) -> bytes:
        if name.startswith(PREPROCESSING):
            names.append(name)
        return read(self, name, most)

    monkeypatch.setattr(type(place), "read", watched)
    return names


def todo_of(plan: Plan) -> list[Todo]:
    return [item for packed in plan.todo.cut(1000) for item in unpack(packed)]


def test_everything_is_to_do_at_first(orchard: Orchard) -> None:
    orchard.photos = [photo_at(1), photo_at(2)]
    plan = orchard.plan()
    assert (plan.kept_parts, plan.inputs, plan.reused_rows) == ([], 2, 0)
    assert [item.photo for item in todo_of(plan)] == orchard.photos


def test_parts_that_storage_did_not_change_are_read_without_their_features(
    orchard: Orchard, whole: list[str]
) -> None:
    orchard.begin(4)
    orchard.photos = [*orchard.photos[1:], photo_at(5)]
    plan = orchard.plan()
    assert whole == []
    assert plan.kept_parts == orchard.output.extracted().preprocessing
    assert (plan.kept_all_listed, plan.replaced, plan.labels) == (True, [], {"a"})
    assert (plan.listed, plan.vanished, plan.inputs) == (4, 1, 5)
    assert [item.photo for item in todo_of(plan)] == [photo_at(5)]


def test_parts_that_changed_are_read_as_a_whole(orchard: Orchard, whole: list[str]) -> None:
    orchard.begin(4)
    first, second = orchard.names()
    left = orchard.write([row_of(photo_at(5), 5)])
    orchard.output.place.publish(first, part_of([row_of(photo_at(1), 9)]))
    plan = orchard.plan()
    assert sorted(whole) == [first, left.name]
    assert (plan.replaced, plan.damaged) == ([first], [first])
    assert [part.file.name for part in plan.kept_parts] == [second, left.name]
    assert plan.unlisted == [left.name]
    assert plan.kept_parts[1].file == left


@pytest.mark.parametrize("how", ["cut", "gone"])
def test_parts_that_cannot_be_read_go(orchard: Orchard, how: str) -> None:
    orchard.begin(4)
    first, second = orchard.names()
    place = orchard.output.place
    data = place.read(first)
    place.remove(first)
    if how == "cut":
        place.publish(first, data[: len(data) // 2])
    plan = orchard.plan()
    assert (plan.damaged, [part.file.name for part in plan.kept_parts]) == ([first], [second])
    assert [item.path for item in todo_of(plan)] == ["a/1.jpg", "a/2.jpg"]


def test_all_parts_are_read_as_a_whole_once_damage_was_seen(
    orchard: Orchard, whole: list[str]
) -> None:
    orchard.begin(4)
    entry = orchard.output.extracted().preprocessing[0].file
    with pytest.raises(Damaged):
        orchard.output.read(FileEntry(entry.name, entry.bytes, "00"))
    assert orchard.output.place.exists(rules.CHECK)
    del whole[:]
    orchard.plan()
    assert sorted(whole) == orchard.names()


def test_damage_that_ends_a_run_is_told_to_the_next(place: Place) -> None:
    with pytest.raises(Damaged), Output.open_for_writing(place):
        raise Damaged("met by a process without the lock")
    assert place.exists(rules.CHECK)


def test_storage_that_fails_is_no_damage(orchard: Orchard, monkeypatch: pytest.MonkeyPatch) -> None:
    orchard.begin(2)
    (name,) = orchard.names()
    place = orchard.output.place
    kind = type(place)
    monkeypatch.setattr(kind, "open_file", lambda self, name: pa.BufferReader(b"half of it"))
    part = read_part(place, QueuedPart(name, whole=False))
    assert part is not None
    assert part.rows.num_rows == 2

    def fail(self: Place, name: str, most: int | None = None) -> bytes:
        raise StorageError("503")

    monkeypatch.setattr(kind, "read", fail)
    with pytest.raises(StorageError, match="503"):
        orchard.plan()


def test_rows_that_stay_are_taken_and_contents_are_known(orchard: Orchard) -> None:
    orchard.begin(4)
    touched = orchard.photos[0]
    orchard.photos[0] = touched._replace(modified=(touched.modified or 0) + 1)
    plan = orchard.plan()
    first, second = orchard.names()
    assert (plan.replaced, plan.reused_rows) == ([first], 1)
    read, reused = todo_of(plan)
    assert (read.photo, read.part) == (orchard.photos[0], None)
    assert (reused.path, reused.sha256, reused.is_taken_over) == ("a/2.jpg", sha_of(2), True)
    assert reused.part is not None
    assert (plan.parts[reused.part], reused.row) == (first, 1)

    contents = pickle.loads(pickle.dumps(plan.contents))
    assert contents.find(sha_of(9)) is None
    source = contents.find(sha_of(4))
    assert (plan.parts[source[0]], source[1]) == (second, 1)
    sources = Sources(orchard.output.place, [FileEntry(name, 0, "") for name in plan.parts])
    features = sources.features(source, sha_of(4))
    assert features is not None
    assert features.to_pylist() == [[1.0, 1.0]]
    assert sources.features(source, sha_of(3)) is None, "the whole hash is compared"


def test_options_go_through(orchard: Orchard) -> None:
    orchard.begin(4)
    orchard.photos = orchard.photos[1:]
    plan = orchard.plan(sync=True)
    assert (plan.replaced, plan.vanished) == (orchard.names()[:1], 0)
    left = orchard.write([row_of(photo_at(5), 5)])
    assert left.name in orchard.plan(path_mode=HASH).replaced, "of a run of the other mode"


def test_parts_may_be_read_elsewhere(orchard: Orchard) -> None:
    """As a cluster does: the place and the part are pickled there, the answers back."""
    orchard.begin(4)

    def elsewhere(place: Place, parts: Sequence[QueuedPart]) -> Iterator[PartData | None]:
        for part in parts:
            sent = pickle.loads(pickle.dumps((place, part)))
            yield pickle.loads(pickle.dumps(read_part(*sent)))

    plan = orchard.plan(read=elsewhere)
    assert plan.kept_parts == orchard.output.extracted().preprocessing


def test_rows_to_make_are_cut_across_batches_and_sorted(orchard: Orchard) -> None:
    orchard.photos = [photo_at(number) for number in range(100, 1000)]
    todo = orchard.plan().todo
    for batch in list(map(todo._store.read, range(len(todo._store)))):
        todo.add(batch.slice(1, 7).take(pa.array(range(6, -1, -1))))
    cut = list(map(unpack, todo.cut(400)))
    assert [len(part) for part in cut] == [400, 400, 107]
    paths = [item.path for item in cut[2]]
    assert paths == sorted(paths)
    assert paths.count("a/101.jpg") == 1


def is_released(array: int) -> bool:
    return ctypes.c_void_p.from_address(array + _Array.release.offset).value is None


def test_what_the_library_refuses_stays_the_callers(orchard: Orchard) -> None:
    """Which is to release it."""
    plan = _Plan(orchard.output, PlanOptions())
    take_batch("verger_plan_queue", plan._pointer)
    [photos] = in_batches([photo_at(1), photo_at(2)])
    backwards = photos.take(pa.array([1, 0]))
    part = pa.RecordBatch.from_pylist(
        [], pa.schema([*photos.schema, ("sha256", pa.string()), ("error", pa.string())])
    )
    for name, batch, look, why in (
        ("verger_plan_add_listing", backwards, (), "out of order"),
        ("verger_plan_add_part", part, (None,), "does not request a part"),
    ):
        with exported(batch) as rows:
            with pytest.raises(BadCall, match=why):
                call(name, plan._pointer, *look, *rows)
            assert not is_released(rows[0])
    with exported(photos) as rows:
        call("verger_plan_add_listing", plan._pointer, *rows)
        assert is_released(rows[0])


def test_a_listing_has_no_null_rows(orchard: Orchard) -> None:
    plan = _Plan(orchard.output, PlanOptions())
    take_batch("verger_plan_queue", plan._pointer)
    [photos] = in_batches([photo_at(1), photo_at(2)])
    rows = pa.StructArray.from_arrays(
        photos.columns, photos.schema.names, mask=pa.array([False, True])
    )
    with exported(rows) as columns, pytest.raises(BadCall, match="row 1 of the batch is null"):
        call("verger_plan_add_listing", plan._pointer, *columns)
