"""What of a run is done already, and what is missing."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Optional

from verger.errors import Damaged
from verger.runs.listing import Photo
from verger.runs.manifest import FileEntry, ModelIdentity, PartEntry, Reject
from verger.runs.output import PREPROCESSING, Output, read_entry
from verger.runs.parts import PhotoRow, decode_rows, own_metadata, part_metadata
from verger.runs.place import Place


class Source(NamedTuple):
    """A row with features in a part that will not stay, from where they can be taken."""

    part: str  # its name
    path: str  # of the row in it


class Todo(NamedTuple):
    """A photo to do.

    With a row and a source, the features are taken from there; with a row that is a reject there is
    nothing left to do. Else its bytes are read, and features taken from where the same bytes had
    them (`Plan.contents`), or extracted.
    """

    photo: int  # index into the listing
    row: PhotoRow | None = None
    source: Source | None = None


@dataclass
class Plan:
    """What `make_plan` found."""

    kept: list[PartEntry] = field(default_factory=list)  # parts whose every row still holds
    kept_all_listed: bool = True  # and they include all parts of the manifest
    unlisted: list[str] = field(default_factory=list)  # of `kept`, those no manifest counts yet
    rejects: list[Reject] = field(default_factory=list)  # of kept parts
    sources: list[str] = field(default_factory=list)  # parts that go, with features to take
    contents: dict[str, Source] = field(default_factory=dict)  # of `sources`, by SHA-256
    todo: list[Todo] = field(default_factory=list)  # sorted by photo
    replaced: list[str] = field(default_factory=list)  # parts that are not kept
    damaged: list[str] = field(default_factory=list)  # those of them that cannot be read


class Examined(NamedTuple):
    """A part that was looked at."""

    name: str
    damaged: bool
    same_features: bool  # as the network in question makes
    entry: PartEntry
    rows: list[PhotoRow]  # none where another network made them


# A part's name, and its entry if the manifest has one.
_Item = tuple[str, Optional[PartEntry]]
Examine = Callable[[Callable[[_Item], Examined], Iterable[_Item]], Iterable[Examined]]


def examine_part(
    place: Place, name: str, listed: PartEntry | None, identity: ModelIdentity
) -> Examined:
    """Looks at one part of Preprocessing: whether it is whole, whose features it has, its rows.

    A part that the manifest lists must have the bytes that were written, and is taken to be of the
    manifest's network; any other must say that it is of the network `identity`.

    Cost: reads the whole part, decodes all but its features.
    """
    nothing = PartEntry(FileEntry(name, 0, ""), 0)
    shown = place.path_of(name)
    try:
        data = place.read(name) if listed is None else read_entry(place, listed.file)
        if listed is None and own_metadata(data, shown) != part_metadata(identity):
            return Examined(name, False, False, nothing, [])
        rows = decode_rows(data, shown)
    except Damaged:
        return Examined(name, True, False, nothing, [])
    rejects = sum(row.error is not None for row in rows)
    file = FileEntry(name, len(data), hashlib.sha256(data).hexdigest())
    return Examined(name, False, True, PartEntry(file, len(rows) - rejects, rejects), rows)


def _examine(place: Place, identity: ModelIdentity, item: _Item) -> Examined:
    name, listed = item
    return examine_part(place, name, listed, identity)


def make_plan(
    output: Output,
    photos: Sequence[Photo],
    identity: ModelIdentity,
    examine: Examine = map,
) -> Plan:
    """Holds what `output` has against what `photos`, sorted, lists.

    A row holds while its photo has the same path, size and time of change; a photo that could not
    be read is tried again. `examine(function, parts)` looks at the parts, as `map` does: the
    function can be pickled, and the answers must come in the order of the parts.

    Cost: reads every part once, to check it, but for those of another network; beside that some
          seconds for 10^6 photos.
    """
    manifest = output.manifest
    planner = _Planner(photos)
    items: list[_Item] = []
    if manifest is not None and manifest.model.same_features(identity):
        items = [(part.file.name, part) for part in manifest.preprocessing]
    elif manifest is not None:
        planner.plan.replaced = [part.file.name for part in manifest.preprocessing]
        planner.plan.kept_all_listed = not manifest.preprocessing
    items += [(name, None) for name in output.unlisted(PREPROCESSING)]
    look = functools.partial(_examine, output.place, identity)
    for (name, listed), examined in zip(items, examine(look, items)):
        if planner.sort(examined):
            if listed is None:
                planner.plan.unlisted.append(name)
        else:
            planner.plan.replaced.append(name)
            planner.plan.kept_all_listed &= listed is None
    return planner.finish()


class _Planner:
    """Sorts parts, one by one, into those whose rows hold and the rest."""

    def __init__(self, photos: Sequence[Photo]) -> None:
        self.plan = Plan()
        self._photos = photos
        self._done = bytearray(len(photos))
        self._held: dict[int, Todo] = {}

    @functools.cached_property
    def _index(self) -> dict[str, int]:
        index: dict[str, int] = {}
        for number, photo in enumerate(self._photos):
            index.setdefault(photo.path, number)
        return index

    def _photo_of(self, row: PhotoRow) -> int | None:
        """The photo that a row still speaks of, unless another row did already."""
        number = self._index.get(row.path)
        if number is None or self._done[number]:
            return None
        photo = self._photos[number]
        return number if (row.size, row.modified) == (photo.size, photo.modified) else None

    def sort(self, part: Examined) -> bool:
        """Whether the part is kept."""
        if part.damaged:
            self.plan.damaged.append(part.name)
        if part.damaged or not part.same_features:
            return False
        photos = [self._photo_of(row) for row in part.rows]
        if None in photos:
            self._add_source(part, photos)
            return False
        for photo in photos:
            self._done[photo or 0] = True
        self.plan.rejects += [
            Reject(row.path, row.error) for row in part.rows if row.error is not None
        ]
        self.plan.kept.append(part.entry)
        return True

    def _add_source(self, part: Examined, photos: list[int | None]) -> None:
        self.plan.sources.append(part.name)
        for row, photo in zip(part.rows, photos):
            source = None
            if row.error is None:
                source = Source(part.name, row.path)
                self.plan.contents.setdefault(row.sha256 or "", source)
            if photo is not None:
                self._held[photo] = Todo(photo, row, source)

    def finish(self) -> Plan:
        """Photos of rows that hold in parts that go need not be read again."""
        todo = (photo for photo, done in enumerate(self._done) if not done)
        self.plan.todo = [self._held.get(photo) or Todo(photo) for photo in todo]
        return self.plan
