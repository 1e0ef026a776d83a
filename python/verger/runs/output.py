"""The place OUT that a run leaves, one version after the other.

The library decides what is done to its files, and in which order (`rules.steps`); this module
carries it out.
"""

from __future__ import annotations

import hashlib
import itertools
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import pyarrow as pa

from verger.errors import BadInput, Damaged, InUse, StorageError, VergerError
from verger.runs import rules
from verger.runs.ahead import ahead
from verger.runs.manifest import FileEntry, Manifest, Reduction
from verger.runs.parts import has_our_mark
from verger.runs.place import Lock, Missing, Place
from verger.runs.text import printable

_AT_A_TIME = 16  # concurrent requests, for a bucket; a disk handles them too
_TRIES = 5

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


def publish_part(place: Place, name: str, data: bytes) -> FileEntry:
    """Write a whole file of an output, durable before it is visible; needs the place only."""
    place.publish(name, data)
    return entry_of(name, data)


def stage_part(place: Place, run: str, name: str, data: bytes) -> FileEntry:
    """Write as publish_part, but the file appears under its name only when `Output.commit` of the
    run makes the version that names it: for parts that would not go with those of the version
    before.

    Where another attempt of the run has staged the part already, that one stays, and its entry is
    returned.
    """
    staged = rules.staged_name(run, name)
    if not place.publish_new(staged, data):
        data = place.read(staged)
    return entry_of(name, data)


def read_entry(place: Place, entry: FileEntry) -> bytes:
    """Read a file that a manifest names. Errors: Damaged if they are not those written."""
    data = place.read_if_present(entry.name)
    if data is not None and entry_of(entry.name, data) == entry:
        return data
    raise _damaged(place, entry, "missing" if data is None else "not the bytes that were written")


def _damaged(place: Place, entry: FileEntry, problem: str) -> Damaged:
    return Damaged(
        f"{place.path_of(entry.name)}: {problem}: run the same 'verger run' again, which "
        "repairs damaged files"
    )


def entry_of(name: str, data: bytes) -> FileEntry:
    """Return the entry of a file for a manifest."""
    return FileEntry(name, len(data), hashlib.sha256(data).hexdigest())


def side_by_side(function: Callable[[_Item], _Answer], items: Iterable[_Item]) -> list[_Answer]:
    """Return the function of each item, in order; 16 calls at a time hide storage's delays."""
    return list(in_order(function, items))


def in_order(function: Callable[[_Item], _Answer], items: Iterable[_Item]) -> Iterator[_Answer]:
    """Yield the function of each item, in order; 16 calls at a time, and answers in memory."""
    return ahead(function, items, _AT_A_TIME)


def read_latest(place: Place, read: Callable[[Output], _Answer]) -> _Answer:
    """Return `read` of the latest version; call it again where a run has committed a later one and
    removed files of the one that was opened. Errors: as Output.open and `read`.
    """
    for _ in range(_TRIES - 1):
        output = Output.open(place)
        try:
            return read(output)
        except StorageError:
            if output.is_latest():
                raise
    return read(Output.open(place))


class Output:
    """An output as its latest manifest has it. Files that no manifest names do not count."""

    def __init__(self, place: Place, lock: Lock | None = None) -> None:
        """Use `open` or `open_for_writing`."""
        self.place = place
        self.manifest: Manifest | None = None
        self.run = secrets.token_hex(4)  # in the names of what this run stages
        self._lock = lock
        self._state = rules.State(printable(place.display_name), run=self.run)
        self._listing = self._load()
        self._next = rules.next_parts(self._state, self._listing)

    @staticmethod
    def open(place: Place) -> Output:
        """Open the output for reading.

        Errors: BadInput if there is no output; StorageError if its manifest cannot be read.
        """
        output = Output(place)
        output.extracted()
        return output

    @staticmethod
    @contextmanager
    def open_for_writing(place: Place) -> Iterator[Output]:
        """Open the output for one writer: create the folders, hold the lock until the `with` ends,
        and remove what a killed run left unfinished.

        Errors: InUse if another run holds the lock; StorageError if it cannot be read or written;
                BadInput if it holds files that verger did not write.
        """
        place.make_folder(rules.STATE)
        lock = place.lock(f"{rules.STATE}/lock")
        try:
            for folder in rules.FOLDERS:
                place.make_folder(folder)
                place.remove_stale_temporaries(folder)
            place.remove_stale_temporaries("")  # for the page, which is in no folder
            output = Output(place, lock)
            output._carry_out(rules.OPEN, output._listing)
            try:
                yield output
            except BaseException as error:
                if isinstance(error, Damaged):  # also one that a process without the lock has found
                    output.ask_for_a_check()
                with suppress(VergerError):  # the next run removes it as well
                    output._carry_out(rules.GIVE_UP, output.list_all())
                raise
        finally:
            lock.release()

    def extracted(self) -> Manifest:
        """Return the manifest. Errors: BadInput, naming what to run first."""
        rules.require(self._state, self._listing, results=False)
        assert self.manifest is not None
        return self.manifest

    def reduced(self) -> Reduction:
        """Return the manifest's reduction. Errors: as `extracted`."""
        rules.require(self._state, self._listing, results=True)
        assert self.manifest is not None
        assert self.manifest.reduction is not None
        return self.manifest.reduction

    @property
    def document(self) -> bytes:
        """The manifest as the library lays it out; b"" if there is none."""
        return self._state.manifest

    def is_latest(self) -> bool:
        """Return whether no later version has been made since."""
        return rules.latest(self.list_all())[1] <= self._state.version

    def read(self, entry: FileEntry) -> bytes:
        """Read a file that the manifest names. Errors: Damaged; InUse as `publish`."""
        with self._asking_for_a_check(entry):
            return read_entry(self.place, entry)

    def open_file(self, entry: FileEntry) -> pa.NativeFile:
        """Open a file, for readers that need parts of it. Errors: as `read`."""
        with self._asking_for_a_check(entry):
            try:
                return self.place.open_file(entry.name)
            except Missing as error:
                raise _damaged(self.place, entry, "missing") from error

    @contextmanager
    def _asking_for_a_check(self, entry: FileEntry) -> Iterator[None]:
        try:
            yield
        except Damaged:
            self._check_lock()  # another run that has the lock may have removed the file
            if self._lock is not None and entry.name.startswith(rules.PREPROCESSING):
                self.ask_for_a_check()
            raise

    def ask_for_a_check(self) -> None:
        """Have the next run check every part. Raises nothing: the damage itself is the error to
        report.
        """
        with suppress(VergerError):
            self._check_lock()
            self.place.publish(rules.CHECK, b"")

    def check_is_done(self) -> None:
        """Record that every part was checked and none is damaged; of a writer."""
        if self._lock is not None:
            self.place.remove(rules.CHECK)

    @property
    def state(self) -> rules.State:
        """The output as it was opened, for calls of the library."""
        return self._state

    def unlisted(self) -> list[str]:
        """List parts of Preprocessing that a run published without committing its manifest."""
        return rules.unlisted(self._state, self.list_all())

    def next_part(self, folder: str) -> str:
        """Return a name for the next part in `folder` that no part has had."""
        number = self._next[folder]
        self._next[folder] += 1
        return rules.file_name(folder, number, self._token)

    def versioned_name(self, kind: str) -> str:
        """Return a name for the "moments" or the "pca" of the version that `commit` will make."""
        return rules.file_name(kind, self._state.version + 1, self._token)

    @property
    def _token(self) -> str | None:
        """The part of names that is this run's own: a run that has lost its lock must not write
        over files of the run that has it now.
        """
        return self.run if self.place.lock_can_be_lost else None

    def remove(self, name: str) -> None:
        """Remove a file that no version names. Errors: as publish."""
        self._check_lock()
        self.place.remove(name)

    def publish(self, name: str, data: bytes) -> FileEntry:
        """Write as publish_part. Errors: InUse as well, if another run has taken the lock over."""
        self._check_lock()
        return publish_part(self.place, name, data)

    def stage(self, name: str, data: bytes) -> FileEntry:
        """Write as stage_part. Errors: as `publish`."""
        self._check_lock()
        return stage_part(self.place, self.run, name, data)

    def commit(self, manifest: Manifest) -> None:
        """Make `manifest` the latest version, then remove the files that it replaces.

        Errors: InUse if another run has made this version, or taken the lock over; StorageError.
        """
        self._check_lock()
        document = manifest.to_json()
        self._carry_out(rules.COMMIT, self.list_all(), document)
        self._state = self._state._replace(manifest=document, version=self._state.version + 1)
        self.manifest = manifest

    def _check_lock(self) -> None:
        if self._lock is not None:
            self._lock.check()

    def list_all(self) -> pa.RecordBatch:
        """List all files in the folders of the output, and its page, for the library."""
        names = side_by_side(self.place.list, rules.FOLDERS)
        listing = [
            f"{folder}/{name}" for folder, inside in zip(rules.FOLDERS, names) for name in inside
        ]
        if self.place.exists(rules.report_name()):
            listing.append(rules.report_name())
        return rules.names_of(listing)

    def _load(self) -> pa.RecordBatch:
        """Read the latest manifest and return the listing of the output."""
        # A commit removes the previous manifest: then there is a later one to read.
        for _ in range(_TRIES):
            listing = self.list_all()
            name, version = rules.latest(listing)
            if version == 0:
                return listing
            data = self.place.read_if_present(name)
            if data is not None:
                break
        # A missing manifest is an error, not an output without a version,
        # whose Results would be cleared away.
        display_name = self.place.path_of(name)
        document = rules.read_manifest(data or b"", display_name)
        self.manifest = Manifest.from_json(document, display_name)
        self._state = self._state._replace(manifest=document, version=version)
        return listing

    def _carry_out(self, stage: int, listing: pa.RecordBatch, document: bytes = b"") -> None:
        """Carry out the steps of a stage. `document`: of the version to commit."""

        def one(step: rules.Step) -> None:
            self._do(step, document)

        steps = rules.steps(self._state, stage, listing, document)
        for _, neighbours in itertools.groupby(steps, key=lambda step: step.action):
            side_by_side(one, neighbours)

    def _do(self, step: rules.Step, document: bytes) -> None:
        action, name, other, message = step
        place = self.place
        if action == "require-mark":
            with place.open_file(name) as file:
                if not has_our_mark(file, name):
                    raise BadInput(printable(message))
        elif action == "require-pca":
            if b'"verger-pca"' not in place.read(name):
                raise BadInput(printable(message))
        elif action == "remove":
            place.remove(name)
        elif action == "rename":
            place.rename(other, name)
        elif action == "sync":
            place.sync_folder(name)
        elif action == "create":
            self._check_lock()
            if not place.publish_new(name, document):
                raise InUse(printable(message))
        elif action == "copy":
            data = place.read_if_present(other)
            if data is not None and place.read_if_present(name) != data:
                place.publish(name, data)
        elif action == "touch":
            place.publish(name, b"")
        else:
            raise AssertionError(f"this version does not know a step of the library: {action}")
