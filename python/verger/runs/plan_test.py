from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from verger.runs.conftest import MODEL, part_of, photo_at, row_of, sha_of
from verger.runs.listing import Photo
from verger.runs.manifest import FileEntry, Manifest, ModelIdentity, PartEntry, Reject
from verger.runs.output import PREPROCESSING, Output
from verger.runs.parts import PhotoRow
from verger.runs.plan import Plan, Source, make_plan
from verger.runs.storage import Place


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
            parts.append(PartEntry(self.write(rows), 2))
        moments = self.output.publish(self.output.versioned_name("moments", "bin"), b"moments")
        self.output.commit(Manifest("photos", 1, MODEL, parts, moments))

    def write(self, rows: list[PhotoRow], model: ModelIdentity = MODEL) -> FileEntry:
        return self.output.publish(self.output.next_part(PREPROCESSING), part_of(rows, model))

    def plan(self, model: ModelIdentity = MODEL) -> Plan:
        return make_plan(self.output, self.photos, model)


@pytest.fixture
def orchard(place: Place) -> Iterable[Orchard]:
    with Output.open_for_writing(place) as output:
        yield Orchard(output)


def test_everything_is_to_do_at_first(orchard: Orchard) -> None:
    orchard.photos = [photo_at(1), photo_at(2)]
    plan = orchard.plan()
    assert plan.kept == []
    assert [item.photo for item in plan.todo] == [0, 1]


def test_nothing_is_to_do_when_nothing_changed(orchard: Orchard) -> None:
    orchard.begin(4)
    plan = orchard.plan()
    assert plan.kept == orchard.output.extracted().preprocessing
    assert plan.kept_all_listed
    assert plan.todo == []


def test_new_photos_only(orchard: Orchard) -> None:
    orchard.begin(4)
    orchard.photos.append(photo_at(5))
    plan = orchard.plan()
    assert plan.kept_all_listed
    assert [item.photo for item in plan.todo] == [4]


def test_other_rows_of_a_part_that_goes_are_taken(orchard: Orchard) -> None:
    orchard.begin(4)
    touched = orchard.photos[0]
    orchard.photos[0] = touched._replace(modified=touched.modified + 1)
    plan = orchard.plan()
    first, second = orchard.output.extracted().preprocessing
    assert not plan.kept_all_listed
    assert plan.kept == [second]
    assert plan.sources == plan.replaced == [first.file.name]
    assert len(plan.todo) == 2
    assert plan.todo[0].row is None, "a touched photo is read again"
    source = Source(first.file.name, "a/1.jpg")
    assert plan.contents[sha_of(1)] == source, "but not extracted if its bytes are the same"
    assert plan.todo[1].row == row_of(photo_at(2), 2)
    assert plan.todo[1].source == Source(first.file.name, "a/2.jpg")


def test_rows_of_photos_that_are_gone_are_dropped(orchard: Orchard) -> None:
    orchard.begin(2)
    orchard.photos.pop()
    plan = orchard.plan()
    assert plan.kept == []
    assert [item.row is None for item in plan.todo] == [False]


def test_parts_of_a_killed_run_are_taken_over(orchard: Orchard) -> None:
    orchard.photos = [photo_at(1), photo_at(2)]
    part = orchard.write([row_of(photo_at(1), 1)])
    orchard.write([row_of(photo_at(2), 2)], replace(MODEL, sha256="bb"))
    plan = orchard.plan()
    assert plan.kept == [PartEntry(part, 1)]
    assert plan.unlisted == [part.name]
    assert plan.kept_all_listed
    assert len(plan.replaced) == 1
    assert [item.photo for item in plan.todo] == [1]


def test_no_photo_counts_twice(orchard: Orchard) -> None:
    orchard.begin(2)
    orchard.write([row_of(photo_at(1), 1)])
    plan = orchard.plan()
    assert (len(plan.kept), plan.unlisted, plan.todo) == (1, [], [])


def test_nothing_of_another_network_is_taken(orchard: Orchard) -> None:
    orchard.begin(2)
    plan = orchard.plan(replace(MODEL, sha256="bb"))
    assert (plan.kept, plan.sources, len(plan.todo)) == ([], [], 2)
    assert (plan.kept_all_listed, len(plan.replaced)) == (False, 1)
    assert orchard.plan(replace(MODEL, name="the same by another name")).todo == []


def test_what_could_not_be_read_is_tried_again(orchard: Orchard) -> None:
    orchard.photos = [photo_at(1)]
    orchard.write([PhotoRow("a/1.jpg", "a", None, None, None, "vanished")])
    plan = orchard.plan()
    assert plan.kept == []
    assert plan.todo == [(0, None, None)]


def test_rejects_of_the_same_bytes_stay(orchard: Orchard) -> None:
    orchard.photos = [photo_at(1)]
    orchard.write([row_of(photo_at(1), 1, error="empty")])
    plan = orchard.plan()
    assert plan.todo == []
    assert plan.rejects == [Reject("a/1.jpg", "empty")]


def test_rejects_of_a_part_that_goes_are_not_read_again(orchard: Orchard) -> None:
    orchard.photos = [photo_at(1)]
    orchard.write([row_of(photo_at(1), 1, error="empty"), row_of(photo_at(2), 2)])
    (item,) = orchard.plan().todo
    assert item.row is not None
    assert (item.row.error, item.source) == ("empty", None)


@pytest.mark.parametrize("content", [b"damaged", None])
def test_a_damaged_part_is_made_anew(orchard: Orchard, content: bytes | None) -> None:
    orchard.begin(4)
    part = orchard.output.extracted().preprocessing[0].file
    orchard.output.place.remove(part.name)
    if content is not None:
        orchard.output.place.publish(part.name, content)
    plan = orchard.plan()
    assert plan.damaged == plan.replaced == [part.name]
    assert (len(plan.kept), len(plan.todo)) == (1, 2)


def test_others_may_look_at_the_parts(orchard: Orchard) -> None:
    """As a cluster does: the function and the parts are pickled there, the answers back."""
    orchard.begin(4)

    def elsewhere(function: Callable[..., object], items: Iterable[object]) -> list[object]:
        sent = [pickle.loads(pickle.dumps((function, item))) for item in items]
        return [pickle.loads(pickle.dumps(look(item))) for look, item in sent]

    examined = make_plan(orchard.output, orchard.photos, MODEL, elsewhere)  # type: ignore[arg-type]
    assert examined == orchard.plan()
