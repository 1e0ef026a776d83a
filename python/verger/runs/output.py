"""The place OUT that a run leaves, one version after the other."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from verger.errors import BadInput, Damaged, InUse
from verger.runs.manifest import FileEntry, Manifest, Reduction
from verger.runs.parts import has_our_mark
from verger.runs.place import Lock, Place
from verger.runs.text import printable

PREPROCESSING = "Preprocessing"
RESULTS = "Results"
PCA_DOCUMENT = "Model/pca.json"
_KINDS = (PREPROCESSING, RESULTS)
_STATE = "_verger"
_STAGED = "_verger/staged"
_SUCCESS = "_SUCCESS"
_AT_A_TIME = 16  # requests to a bucket; a disk takes them as well

_PART = re.compile(r"part-([0-9]+)\.parquet")
_MANIFEST = re.compile(r"manifest-([0-9]+)\.json")
_STATE_FILES = re.compile(r"(manifest-[0-9]+\.json|moments-[0-9]+\.bin|pca-[0-9]+\.json)")

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


def publish_part(place: Place, name: str, data: bytes) -> FileEntry:
    """Puts a whole file of an output, durable and then visible; needs no Output, only the place."""
    place.publish(name, data)
    return entry_of(name, data)


def stage_part(place: Place, run: str, name: str, data: bytes) -> FileEntry:
    """As publish_part, but the file appears under its name only when `Output.commit` of the run
    makes the version that names it: for parts that would not go with those of the version before.

    Where another attempt of the run has staged the part already, that one stays, and its entry is
    returned.
    """
    if not place.publish_new(_staged(run, name), data):
        data = place.read(_staged(run, name))
    return entry_of(name, data)


def read_entry(place: Place, entry: FileEntry) -> bytes:
    """The bytes of a file that a manifest names. Errors: Damaged if they are not those written."""
    data = place.read_if_present(entry.name)
    if data is not None and entry_of(entry.name, data) == entry:
        return data
    problem = "missing" if data is None else "not the bytes that were written"
    raise Damaged(
        f"{place.path_of(entry.name)}: {problem}: run the same job again, it makes anew what is "
        "damaged"
    )


def entry_of(name: str, data: bytes) -> FileEntry:
    """What a manifest says of a file."""
    return FileEntry(name, len(data), hashlib.sha256(data).hexdigest())


def _staged(run: str, name: str) -> str:
    # By the run: a task of a driver that died may still put its own.
    return f"{_STAGED}/{run}-{name.rpartition('/')[2]}"


def _side_by_side(function: Callable[[_Item], _Answer], items: Iterable[_Item]) -> list[_Answer]:
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        return list(pool.map(function, items))


def _names_of(manifest: Manifest | None) -> set[str]:
    if manifest is None:
        return set()
    names = {part.file.name for part in manifest.preprocessing} | {manifest.moments.name}
    if manifest.reduction is not None:
        names.add(manifest.reduction.pca.name)
        names.update(result.part.file.name for result in manifest.reduction.results)
    return names


class Output:
    """An output as its latest manifest has it. Files that no manifest names do not count.

    A version exists when its manifest does; parts appear before it, each whole, and what only the
    version before had is removed after it. So the latest version can be read at any time, and
    whatever a killed run leaves is either taken over by the next or removed.
    """

    def __init__(self, place: Place, lock: Lock | None = None) -> None:
        """Use `open` or `open_for_writing`."""
        self.place = place
        self.manifest: Manifest | None = None
        self.run = secrets.token_hex(4)  # what this run stages is told by
        self._lock = lock
        self._version = 0  # of the latest manifest; 0: none
        self._next = dict.fromkeys(_KINDS, 0)
        self._load()

    @staticmethod
    def open(place: Place) -> Output:
        """For readers.

        Errors: BadInput if there is no output; StorageError if its manifest is damaged.
        """
        output = Output(place)
        if output.manifest is None:
            raise BadInput(
                f"{printable(place.shown)}: holds no output: make one by 'verger run PHOTOS OUT'"
            )
        return output

    @staticmethod
    @contextmanager
    def open_for_writing(place: Place) -> Iterator[Output]:
        """For one writer at a time: makes the folders, holds the lock until the `with` ends, and
        clears away what a killed run left half.

        Errors: InUse if another run holds the lock; StorageError if it cannot be written; BadInput
                if it holds files that verger did not write.
        """
        place.make_folder(_STATE)
        lock = place.lock(f"{_STATE}/lock")
        try:
            for folder in (*_KINDS, "Model", _STAGED):
                place.make_folder(folder)
            output = Output(place, lock)
            output._refuse_foreign_files()
            output._clear_leftovers()
            output._settle()
            output._find_next_parts()
            yield output
        finally:
            lock.release()

    def extracted(self) -> Manifest:
        """The manifest. Errors: BadInput, naming what to run first."""
        if self.manifest is None:
            raise BadInput(
                f"{printable(self.place.shown)}: holds no features: run 'verger extract' first"
            )
        return self.manifest

    def reduced(self) -> Reduction:
        """The manifest's reduction. Errors: as `extracted`."""
        reduction = self.extracted().reduction
        if reduction is None:
            raise BadInput(
                f"{printable(self.place.shown)}: holds features but no Results yet: run 'verger "
                "reduce' first"
            )
        return reduction

    def read(self, entry: FileEntry) -> bytes:
        """The bytes of a file that the manifest names. Errors: Damaged."""
        return read_entry(self.place, entry)

    def unlisted(self, kind: str) -> list[str]:
        """Parts of `kind` that a run finished without coming to its manifest."""
        listed = _names_of(self.manifest)
        names = [f"{kind}/{name}" for name in self.place.list(kind) if _PART.fullmatch(name)]
        return [name for name in names if name not in listed]

    def next_part(self, kind: str) -> str:
        """A name for the next part of `kind`, which no file has."""
        number = self._next[kind]
        self._next[kind] += 1
        return f"{kind}/part-{number:05}.parquet"

    def publish(self, name: str, data: bytes) -> FileEntry:
        """As publish_part. Errors: InUse as well, if another run has taken the lock over."""
        self._check_lock()
        return publish_part(self.place, name, data)

    def stage(self, name: str, data: bytes) -> FileEntry:
        """As stage_part."""
        return stage_part(self.place, self.run, name, data)

    def versioned_name(self, stem: str, ending: str) -> str:
        """A name below `_verger/` for the version that `commit` will make."""
        return f"{_STATE}/{stem}-{self._version + 1:06}.{ending}"

    def commit(self, manifest: Manifest) -> None:
        """Makes `manifest` the latest version, then removes what it takes the place of.

        Errors: InUse if another run has made this version, or taken the lock over; StorageError.
        """
        self._check_lock()
        self._place_staged(manifest)
        data = manifest.to_json().encode()
        if not self.place.publish_new(self.versioned_name("manifest", "json"), data):
            raise InUse(
                f"{printable(self.place.shown)}: another run has finished meanwhile: run again"
            )
        self._version += 1
        self.manifest = manifest
        self._settle()

    def _check_lock(self) -> None:
        if self._lock is not None:
            self._lock.check()

    def _load(self) -> None:
        # A run that commits removes the manifest before: then there is a later one to read.
        for _ in range(5):
            names = self.place.list(_STATE)
            self._version = max(
                (int(found[1]) for found in map(_MANIFEST.fullmatch, names) if found), default=0
            )
            if self._version == 0:
                return
            name = f"{_STATE}/manifest-{self._version:06}.json"
            data = self.place.read_if_present(name)
            if data is not None:
                self.manifest = Manifest.from_json(data, self.place.path_of(name))
                return

    def _refuse_foreign_files(self) -> None:
        listed = _names_of(self.manifest)
        for kind in _KINDS:
            # Hidden and underscored names are no data, to Spark and Arrow as well.
            names = [f"{kind}/{name}" for name in self.place.list(kind) if name[0] not in "._"]
            unknown = [name for name in names if name not in listed]
            for name, ours in zip(unknown, _side_by_side(self._is_ours, unknown)):
                if not ours:
                    raise self._foreign(name)
        if self.manifest is None:
            pca = self.place.read_if_present(PCA_DOCUMENT)
            if pca is not None and b'"verger-pca"' not in pca:
                raise self._foreign(PCA_DOCUMENT)

    def _is_ours(self, name: str) -> bool:
        if not _PART.fullmatch(name.rpartition("/")[2]):
            return False
        with self.place.open_file(name) as file:
            return has_our_mark(file, name)

    def _foreign(self, name: str) -> BadInput:
        return BadInput(
            f"{self.place.path_of(name)}: not written by verger: move it away, or choose another "
            "OUT"
        )

    def _clear_leftovers(self) -> None:
        for folder in (*_KINDS, "Model", _STATE):
            self.place.remove_stale_temporaries(folder)
        self._remove(f"{_STAGED}/{name}" for name in self.place.list(_STAGED))
        # Parts of Preprocessing are work worth taking over; those of Results belong to a PCA that
        # was never published.
        self._remove(self.unlisted(RESULTS))

    def _remove(self, names: Iterable[str]) -> None:
        _side_by_side(self.place.remove, names)

    def _place_staged(self, manifest: Manifest) -> None:
        """All renames in one go. On a disk, readers that take whatever lies in Results may see
        parts of two versions for milliseconds; in a bucket, where renaming copies, for seconds.
        """
        if manifest.reduction is None:
            return
        staged = {f"{_STAGED}/{name}" for name in self.place.list(_STAGED)}
        # Parts kept from the version before are in their place already.
        names = [result.part.file.name for result in manifest.reduction.results]
        moved = [name for name in names if _staged(self.run, name) in staged]
        _side_by_side(lambda name: self.place.rename(_staged(self.run, name), name), moved)
        self.place.sync_folder(RESULTS)

    def _settle(self) -> None:
        """What follows from the latest manifest, step by step; done already, it costs a look.

        A run that is killed in it has succeeded: the next one comes by here first of all.
        """
        if self.manifest is None:
            return
        self._show_pca()
        self._remove_outdated()
        # Last, as Hadoop's readers expect.
        for kind in _KINDS if self.manifest.reduction is not None else (PREPROCESSING,):
            if not self.place.exists(f"{kind}/{_SUCCESS}"):
                self.place.publish(f"{kind}/{_SUCCESS}", b"")

    def _show_pca(self) -> None:
        """Model/pca.json is a copy, so that its change needs no moment of its own."""
        if self.manifest is None or self.manifest.reduction is None:
            return
        latest = self.manifest.reduction.pca
        shown = self.place.read_if_present(PCA_DOCUMENT)
        if shown is not None and entry_of(latest.name, shown) == latest:
            return
        document = self.place.read_if_present(latest.name)
        if document is not None:
            self.place.publish(PCA_DOCUMENT, document)

    def _remove_outdated(self) -> None:
        if self.manifest is None:
            return
        # Other unlisted parts of Preprocessing are work that a later run takes over.
        gone = [*self.manifest.replaced, *self.unlisted(RESULTS)]
        listed = _names_of(self.manifest)
        latest = f"{_STATE}/manifest-{self._version:06}.json"
        for name in (f"{_STATE}/{name}" for name in self.place.list(_STATE)):
            ours = _STATE_FILES.fullmatch(name[len(_STATE) + 1 :])
            if ours and name != latest and name not in listed:
                gone.append(name)
        if self.manifest.reduction is None:
            # Features changed and were not projected again: nothing may look like it.
            gone += [PCA_DOCUMENT, f"{RESULTS}/{_SUCCESS}"]
        self._remove(gone)

    def _find_next_parts(self) -> None:
        """Names of the manifest as well as files: a part that was lost, or is to be removed, must
        not come back under its old name, or the version that mends it would look like the one
        before.
        """
        names = _names_of(self.manifest)
        if self.manifest is not None:
            names.update(self.manifest.replaced)
        for kind in _KINDS:
            names.update(f"{kind}/{name}" for name in self.place.list(kind))
        for name in names:
            kind, _, last = name.rpartition("/")
            found = _PART.fullmatch(last)
            if found and kind in self._next:
                self._next[kind] = max(self._next[kind], int(found[1]) + 1)
