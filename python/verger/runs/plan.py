"""What of a run is done already, and what is missing."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Optional, Union

from verger.errors import Damaged
from verger.runs.listing import Photo, is_hashed
from verger.runs.manifest import HASH, PLAIN, FileEntry, ModelIdentity, PartEntry, Reject
from verger.runs.output import Output, entry_of, read_entry
from verger.runs.parts import PhotoRow, decode_rows, own_metadata, part_entry, part_metadata
from verger.runs.place import Place


class Source(NamedTuple):
    """A row with features in a part that will not stay, from where they can be taken."""

    part: str  # its name
    path: str  # of the row in it


class Todo(NamedTuple):
    """A row to make.

    With a row and a source, the features are taken from there; with a row that is a reject there is
    nothing left to do. Else the photo's bytes are read, and features taken from where the same
    bytes had them (`Plan.contents`), or extracted.
    """

    photo: Photo  # of the listing; one that is no longer there: as its row has it
    row: PhotoRow | None = None
    source: Source | None = None


@dataclass
class Plan:
    """What `make_plan` found."""

    kept: list[PartEntry] = field(default_factory=list)  # parts whose every row stays
    kept_all_listed: bool = True  # and they include all parts of the manifest
    unlisted: list[str] = field(default_factory=list)  # of `kept`, those no manifest counts yet
    rejects: list[Reject] = field(default_factory=list)  # of kept parts
    sources: list[str] = field(default_factory=list)  # parts that go, with features to take
    # Where features are, by the SHA-256 of the photo; of sizes that photos to be read have.
    contents: dict[str, Source] = field(default_factory=dict)
    todo: list[Todo] = field(default_factory=list)  # sorted by path
    vanished: int = 0  # rows that stay though their photos are no longer listed
    vanished_labels: set[str] = field(default_factory=set)
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
    return Examined(name, False, True, listed or part_entry(entry_of(name, data), rows), rows)


def _examine(place: Place, identity: ModelIdentity, item: _Item) -> Examined:
    name, listed = item
    return examine_part(place, name, listed, identity)


def make_plan(
    output: Output,
    photos: Sequence[Photo],
    identity: ModelIdentity,
    examine: Examine = map,
    sync: bool = False,
    path_mode: str = PLAIN,
) -> Plan:
    """Holds what `output` has against what `photos`, sorted, lists.

    A row holds while its photo has the same path, size and time of change; a photo that could not
    be read is tried again. Rows of photos that are no longer listed stay, unless they are rejects
    or `sync` drops them. `examine(function, parts)` looks at the parts, as `map` does: the function
    can be pickled, and the answers must come in the order of the parts.

    Requires: paths of `photos` are as `path_mode` has them, and those of the manifest as well.
    Cost: reads every part once, to check it, but for those of another network; beside that some
          seconds and 300 MB for 10^6 photos.
    """
    manifest = output.manifest
    planner = _Planner(photos, sync, path_mode)
    items: list[_Item] = []
    if manifest is not None and manifest.model.same_features(identity):
        items = [(part.file.name, part) for part in manifest.preprocessing]
    elif manifest is not None:
        planner.plan.replaced = [part.file.name for part in manifest.preprocessing]
        planner.plan.kept_all_listed = not manifest.preprocessing
    items += [(name, None) for name in output.unlisted()]
    look = functools.partial(_examine, output.place, identity)
    for (name, listed), examined in zip(items, examine(look, items)):
        if planner.sort(examined):
            if listed is None:
                planner.plan.unlisted.append(name)
        else:
            planner.plan.replaced.append(name)
            planner.plan.kept_all_listed &= listed is None
    return planner.finish()


# What a row stands for: the listing's photo of that index, or a path that is no longer listed.
_Claim = Union[int, str]


class _Planner:
    """Sorts parts, one by one, into those whose rows all stay and the rest."""

    def __init__(self, photos: Sequence[Photo], sync: bool, path_mode: str) -> None:
        self.plan = Plan()
        self._photos = photos
        self._sync = sync
        self._hashed = path_mode == HASH
        self._claimed: set[_Claim] = set()  # by rows of kept parts
        self._held: dict[_Claim, Todo] = {}  # rows that hold in parts that go
        self._good: list[tuple[str, list[PhotoRow]]] = []  # of each part, those with features

    @functools.cached_property
    def _index(self) -> dict[str, int]:
        index: dict[str, int] = {}
        for number, photo in enumerate(self._photos):
            index.setdefault(photo.path, number)
        return index

    def _claim(self, row: PhotoRow) -> _Claim | None:
        """What a row still stands for; None if nothing, or if another row does already."""
        claim: _Claim | None = self._index.get(row.path)
        if isinstance(claim, int):
            photo = self._photos[claim]
            holds = (row.size, row.modified) == (photo.size, photo.modified)
        else:
            claim = row.path
            holds = row.error is None and not self._sync
        return claim if holds and claim not in self._claimed else None

    def sort(self, part: Examined) -> bool:
        """Whether the part is kept."""
        if part.damaged:
            self.plan.damaged.append(part.name)
        # What a killed run of the other mode left must not be taken for photos that are gone.
        other_mode = any(is_hashed(row.path) != self._hashed for row in part.rows)
        if part.damaged or not part.same_features or other_mode:
            return False
        claims = [self._claim(row) for row in part.rows]
        self._good.append((part.name, [row for row in part.rows if row.error is None]))
        if None in claims or len(set(claims)) < len(claims):
            self._hold(part, claims)
            return False
        for row, claim in zip(part.rows, claims):
            self._count(row, claim)
        self._claimed.update(claim for claim in claims if claim is not None)
        self.plan.rejects += [
            Reject(row.path, row.error) for row in part.rows if row.error is not None
        ]
        self.plan.kept.append(part.entry)
        return True

    def _hold(self, part: Examined, claims: list[_Claim | None]) -> None:
        """Rows that stay, of a part that does not: their photos need not be read again."""
        self.plan.sources.append(part.name)
        for row, claim in zip(part.rows, claims):
            if claim is None:
                continue
            source = Source(part.name, row.path) if row.error is None else None
            photo = self._photos[claim] if isinstance(claim, int) else _as_listed(row)
            self._held.setdefault(claim, Todo(photo, row, source))

    def _count(self, row: PhotoRow, claim: _Claim | None) -> None:
        if isinstance(claim, str):
            self.plan.vanished += 1
            self.plan.vanished_labels.add(row.label)

    def finish(self) -> Plan:
        """The plan, once all parts are sorted."""
        plan = self.plan
        for number, photo in enumerate(self._photos):
            if number not in self._claimed:
                plan.todo.append(self._held.get(number) or Todo(photo))
        for claim, held in self._held.items():
            if isinstance(claim, str) and claim not in self._claimed and held.row is not None:
                plan.todo.append(held)
                self._count(held.row, claim)
        plan.todo.sort(key=lambda item: item.photo.path)
        # Photos of other sizes are other photos: so this is small where little is to be read.
        sizes = {item.photo.size for item in plan.todo if item.row is None}
        for name, rows in self._good:
            for row in rows:
                if row.size in sizes and row.sha256 is not None:
                    plan.contents.setdefault(row.sha256, Source(name, row.path))
        return plan


def _as_listed(row: PhotoRow) -> Photo:
    """A photo that is no longer there, as a listing had it."""
    return Photo(row.path, row.label, row.size or 0, row.modified or 0, "", row.path)
