from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from verger.runs.conftest import MODEL, part_of, photo_at, row_of, sha_of
from verger.runs.listing import Photo, hashed
from verger.runs.manifest import HASH, PLAIN, FileEntry, Manifest, ModelIdentity, PartEntry, Reject
from verger.runs.output import Output
from verger.runs.parts import PhotoRow, decode_rows
from verger.runs.plan import Plan, Source, Todo, make_plan
from verger.runs.rules import PREPROCESSING
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
        moments = self.output.publish(self.output.versioned_name("moments"), b"moments")
        self.output.commit(Manifest("photos", 1, MODEL, parts, moments))

    def write(self, rows: list[PhotoRow], model: ModelIdentity = MODEL) -> FileEntry:
        return self.output.publish(self.output.next_part(PREPROCESSING), part_of(rows, model))

    def gone(self, *numbers: int) -> None:
        """These photos are no longer listed."""
        paths = {photo_at(number).path for number in numbers}
        self.photos = [photo for photo in self.photos if photo.path not in paths]

    def plan(self, model: ModelIdentity = MODEL, sync: bool = False, mode: str = PLAIN) -> Plan:
        return make_plan(self.output, self.photos, model, sync=sync, path_mode=mode)

    def rows_of(self, plan: Plan) -> list[str]:
        """Paths of all rows that a run after this plan would have, but for rejects."""
        place = self.output.place
        kept = [place.read(part.file.name) for part in plan.kept]
        rows = [row for data in kept for row in decode_rows(data, "part") if row.error is None]
        return sorted([row.path for row in rows] + [item.photo.path for item in plan.todo])


@pytest.fixture
def orchard(place: Place) -> Iterable[Orchard]:
    with Output.open_for_writing(place) as output:
        yield Orchard(output)


def test_everything_is_to_do_at_first(orchard: Orchard) -> None:
    orchard.photos = [photo_at(1), photo_at(2)]
    plan = orchard.plan()
    assert plan.kept == []
    assert [item.photo for item in plan.todo] == orchard.photos


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
    assert [item.photo for item in plan.todo] == [photo_at(5)]


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


def test_rows_of_photos_that_are_gone_stay(orchard: Orchard) -> None:
    orchard.begin(4)
    orchard.gone(1, 3, 4)
    plan = orchard.plan()
    assert plan.kept == orchard.output.extracted().preprocessing
    assert (plan.kept_all_listed, plan.todo, plan.replaced) == (True, [], [])
    assert (plan.vanished, plan.vanished_labels) == (3, {"a"})


def test_rows_of_photos_that_are_gone_are_dropped_if_asked(orchard: Orchard) -> None:
    orchard.begin(4)
    orchard.gone(1, 3, 4)
    plan = orchard.plan(sync=True)
    first, second = orchard.output.extracted().preprocessing
    assert plan.replaced == [first.file.name, second.file.name]
    assert plan.todo == [
        Todo(photo_at(2), row_of(photo_at(2), 2), Source(first.file.name, "a/2.jpg"))
    ]
    assert (plan.vanished, plan.vanished_labels) == (0, set())


def test_rows_of_photos_that_are_gone_are_carried_over(orchard: Orchard) -> None:
    """A photo that changed takes its part along; a row whose photo is gone must not go with it."""
    orchard.begin(4)
    orchard.gone(1)
    changed = photo_at(2)._replace(modified=1)
    orchard.photos[0] = changed
    plan = orchard.plan()
    first, second = orchard.output.extracted().preprocessing
    assert plan.kept == [second]
    row = row_of(photo_at(1), 1)
    assert plan.todo == [
        Todo(photo_at(1), row, Source(first.file.name, "a/1.jpg")),
        Todo(changed),
    ], "in the order of their paths"
    assert plan.vanished == 1
    plan = orchard.plan(sync=True)
    assert [item.photo for item in plan.todo] == [changed]


def test_rejects_of_photos_that_are_gone_go(orchard: Orchard) -> None:
    part = orchard.write([row_of(photo_at(1), 1), row_of(photo_at(2), 2, error="empty")])
    plan = orchard.plan()
    assert (plan.kept, plan.rejects, plan.replaced) == ([], [], [part.name])
    assert [item.photo.path for item in plan.todo] == ["a/1.jpg"]


def test_a_photo_that_is_gone_counts_once(orchard: Orchard) -> None:
    """Its row may lie in a part of the manifest and in two that killed runs left."""
    orchard.begin(2)
    orchard.write([row_of(photo_at(1), 7), row_of(photo_at(3), 3)])
    orchard.write([row_of(photo_at(3), 8), row_of(photo_at(1), 9)])
    orchard.photos = [photo_at(2)]
    plan = orchard.plan()
    assert orchard.rows_of(plan) == ["a/1.jpg", "a/2.jpg", "a/3.jpg"]
    (item,) = plan.todo
    assert (item.row, plan.vanished) == (row_of(photo_at(3), 3), 2)


def test_a_part_with_two_rows_of_one_photo_goes(orchard: Orchard) -> None:
    orchard.write([row_of(photo_at(1), 1), row_of(photo_at(1), 2)])
    for photos in ([photo_at(1)], []):
        orchard.photos = photos
        plan = orchard.plan()
        assert plan.kept == []
        assert [item.row for item in plan.todo] == [row_of(photo_at(1), 1)]


def test_photos_that_come_back_hold_again(orchard: Orchard) -> None:
    orchard.begin(4)
    there = orchard.photos
    orchard.photos = []
    assert orchard.plan().vanished == 4
    orchard.photos = there
    plan = orchard.plan()
    assert (plan.vanished, plan.todo) == (0, [])


def test_contents_are_known_of_all_rows_with_features(orchard: Orchard) -> None:
    orchard.begin(2)
    orchard.write([row_of(photo_at(3), 3, error="empty")])
    copy = photo_at(1)._replace(path="b/copy.jpg", modified=9)
    orchard.photos += [photo_at(3), copy]
    plan = orchard.plan()
    (part,) = orchard.output.extracted().preprocessing
    assert plan.todo == [Todo(copy)]
    assert plan.contents == {sha_of(1): Source(part.file.name, "a/1.jpg")}, "those of its size"


def test_parts_of_the_other_path_mode_are_not_taken_over(orchard: Orchard) -> None:
    plain = orchard.write([row_of(photo_at(1), 1)])
    (other,) = hashed([photo_at(1)])
    hidden = orchard.write([row_of(other, 1)])
    for mode, photo, mine, theirs in (
        (PLAIN, photo_at(1), plain, hidden),
        (HASH, other, hidden, plain),
    ):
        orchard.photos = [photo]
        plan = orchard.plan(mode=mode)
        assert (plan.unlisted, plan.replaced) == ([mine.name], [theirs.name])
        assert (plan.todo, plan.vanished) == ([], 0)


def test_parts_of_a_killed_run_are_taken_over(orchard: Orchard) -> None:
    orchard.photos = [photo_at(1), photo_at(2)]
    part = orchard.write([row_of(photo_at(1), 1)])
    orchard.write([row_of(photo_at(2), 2)], replace(MODEL, sha256="bb"))
    plan = orchard.plan()
    path = photo_at(1).path
    assert plan.kept == [PartEntry(part, 1, 0, path, path)]
    assert plan.unlisted == [part.name]
    assert plan.kept_all_listed
    assert len(plan.replaced) == 1
    assert [item.photo for item in plan.todo] == [photo_at(2)]


def test_no_photo_counts_twice(orchard: Orchard) -> None:
    orchard.begin(2)
    orchard.write([row_of(photo_at(1), 1)])
    plan = orchard.plan()
    assert (len(plan.kept), plan.unlisted, plan.todo) == (1, [], [])


def test_nothing_of_another_network_is_taken(orchard: Orchard) -> None:
    orchard.begin(4)
    orchard.gone(3, 4)
    plan = orchard.plan(replace(MODEL, sha256="bb"))
    assert (plan.kept, plan.sources, len(plan.todo), plan.vanished) == ([], [], 2, 0)
    assert (plan.kept_all_listed, len(plan.replaced)) == (False, 2)
    assert orchard.plan(replace(MODEL, name="the same by another name")).todo == []


def test_what_could_not_be_read_is_tried_again(orchard: Orchard) -> None:
    orchard.photos = [photo_at(1)]
    orchard.write([PhotoRow("a/1.jpg", "a", None, None, None, "vanished")])
    plan = orchard.plan()
    assert plan.kept == []
    assert plan.todo == [Todo(photo_at(1))]


def test_rejects_of_the_same_bytes_stay(orchard: Orchard) -> None:
    orchard.photos = [photo_at(1)]
    orchard.write([row_of(photo_at(1), 1, error="empty")])
    plan = orchard.plan()
    assert plan.todo == []
    assert plan.rejects == [Reject("a/1.jpg", "empty")]


def test_rejects_of_a_part_that_goes_are_not_read_again(orchard: Orchard) -> None:
    orchard.photos = [photo_at(1)]
    orchard.write([row_of(photo_at(1), 1, error="empty"), row_of(photo_at(2), 2)])
    (item,) = orchard.plan(sync=True).todo
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
