"""The whole chain on a cluster, into the same output as the `verger` program's run.

The driver lists, plans and publishes; executors fill, gather and project whole parts. What is
durable stays: a job that is stopped or killed goes on with the same call, there or by the program.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import pyarrow as pa

from verger._library import borrowed, library, take_text
from verger.drift import drift_of
from verger.errors import BadInput, Damaged, TooManyRejects
from verger.find_model import ModelFile
from verger.model import Model
from verger.moments import Moments, require_memory
from verger.pca import Pca
from verger.runs.files import Files
from verger.runs.manifest import (
    PLAIN,
    REJECTS_LISTED,
    FileEntry,
    Manifest,
    ModelIdentity,
    PartEntry,
    PcaSettings,
    Reject,
)
from verger.runs.output import Output
from verger.runs.part_rows import max_part_rows, rows_a_part
from verger.runs.plan import PartData, Plan, QueuedPart, make_plan, read_part, read_parts
from verger.runs.rules import PREPROCESSING
from verger.runs.storage import Place
from verger.runs.text import human_bytes
from verger.spark.executors import Executors
from verger.spark.filling import Before
from verger.spark.progress import Progress
from verger.spark.progress_file import ProgressFile
from verger.spark.reduction import Reducer, pca_to_keep
from verger.spark.summary import Summary
from verger.spark.tasks import Fill, FilledPart, GatherParts, PartToFill, PartToGather
from verger.spark.worker import key_of

# Parts that the driver reads itself.
_FEW_PARTS = 64


@dataclass
class Filled:
    """The filled parts of a run."""

    entries: list[PartEntry] = field(default_factory=list)
    taken_over: list[pa.Array | None] = field(
        default_factory=list
    )  # of each part, as in FilledPart
    rejects: list[Reject] = field(default_factory=list)  # the first by path
    labels: set[str] = field(default_factory=set)
    extracted: int = 0

    @property
    def inputs(self) -> int:
        """Return the number of rows and rejects."""
        return sum(entry.rows + entry.rejects for entry in self.entries)

    def add(self, part: FilledPart) -> None:
        """Add a part."""
        self.entries.append(part.entry)
        self.taken_over.append(part.taken_over)
        self.rejects = first_rejects(self.rejects + part.rejects)
        self.labels |= part.labels
        self.extracted += part.extracted

    def to_gather(self, but_taken: bool = False) -> list[PartToGather]:
        """Return the parts to gather; `but_taken`: without rows that are taken over."""
        return [
            (entry.file, taken_over if but_taken else None)
            for entry, taken_over in zip(self.entries, self.taken_over)
        ]


def first_rejects(rejects: Iterable[Reject]) -> list[Reject]:
    """Return the first rejects by path, as many as a manifest lists."""
    return sorted(rejects, key=lambda reject: reject.path.encode())[:REJECTS_LISTED]


@dataclass
class ChainOnSpark:
    """One run of the chain, with what its steps share."""

    executors: Executors
    photos: Place
    listing: Iterable[pa.RecordBatch]  # of photos, with paths as path_mode has them
    output: Output
    file: ModelFile
    network: Model
    batch_size: int = 0  # photos the network sees at a time; 0: the library's choice
    threads: int = 0  # of the engine in a task; 0: as many as a task has cores
    quiet: bool = False
    sync: bool = False  # rows of photos that are no longer listed go
    path_mode: str = PLAIN
    max_pixels: int = 0  # of a photo, and its bytes as a file; 0: those of limits()
    max_bytes: int = 0
    keep_pca: bool = False  # new photos are projected by the PCA that is there
    progress: ProgressFile | None = None  # for readers outside the cluster
    files: Files = field(default_factory=Files)  # of the listing
    summary: Summary = field(default_factory=Summary)
    manifest: Manifest | None = None  # of the run, as soon as all is extracted

    @property
    def identity(self) -> ModelIdentity:
        """Return the network, as in manifests."""
        return ModelIdentity.of(self.network)

    def run(self, settings: PcaSettings, most_rejects: float) -> Manifest:
        """Extract what is missing, fit, project, and commit a version of the output.

        With `keep_pca`, the settings are those of the existing PCA.

        Errors: VergerError; TooManyRejects and BadInput after the extracted features are durable.
        """
        pca = pca_to_keep(self.output, self.identity) if self.keep_pca else None
        manifest, moments, changed = self._extract(pca)
        self.manifest = manifest
        try:
            _refuse_too_many_rejects(manifest, most_rejects)
            self._tell("project", manifest.rows)
            reducer = Reducer(self.executors, self.output)
            if pca is not None:
                manifest.reduction = reducer.project(manifest, pca)
            else:
                manifest.reduction = reducer.fit(manifest, moments, settings)
        except (TooManyRejects, BadInput):
            # A version of its own, but only where that takes no Results away.
            latest = self.output.manifest
            self.summary.committed = latest is None or latest.reduction is None
            if self.summary.committed:
                manifest.reduction = None
                self.output.commit(manifest)
            raise
        latest = self.output.manifest
        if changed or latest is None or manifest.reduction != latest.reduction:
            self.output.commit(manifest)
        return manifest

    def _extract(self, pca: Pca | None) -> tuple[Manifest, Moments, bool]:
        require_memory(self.network.dimension)
        plan = make_plan(
            self.output,
            self.listing,
            self.identity,
            self.sync,
            self.path_mode,
            self._read_parts,
            self.max_pixels,
            self.max_bytes,
        )
        filled = self._fill(plan)
        self._tell("gather", plan.inputs)
        moments, new, saved = self._moments(plan, filled)
        self._count(plan, filled)
        if pca is not None:
            self.summary.drift = drift_of(self._added(plan, filled, new), pca)

        latest = self.output.manifest
        manifest = Manifest(
            photos=self.photos.canonical if self.path_mode == PLAIN else "",
            path_mode=self.path_mode,
            labels=len(plan.labels | filled.labels),
            model=self.identity,
            preprocessing=plan.kept_parts + filled.entries,
            moments=(
                latest.moments
                if saved and latest is not None
                else self.output.publish(self.output.versioned_name("moments"), moments.save())
            ),
            rejects=first_rejects(plan.rejects + filled.rejects),
            replaced=plan.replaced,
        )
        # Parts of version 1 of the manifest get their first and last paths, which changes no file.
        same = latest is not None and _files(latest.preprocessing) == _files(manifest.preprocessing)
        if same and latest is not None:
            manifest.reduction = latest.reduction
        # A version also removes what a killed run left, even if nothing else changed.
        return manifest, moments, not (same and saved) or bool(plan.replaced)

    def _count(self, plan: Plan, filled: Filled) -> None:
        summary = self.summary
        summary.extracted = filled.extracted
        summary.reused = plan.inputs - filled.extracted
        summary.vanished = plan.vanished
        summary.repaired = len(plan.damaged)
        summary.outdated = plan.outdated
        summary.passed_over = list(self.files.counts.passed_over)
        summary.unread = self.files.unread

    def _read_parts(self, place: Place, parts: Sequence[QueuedPart]) -> Iterator[PartData | None]:
        """Read few parts on the driver, many on the executors."""
        if len(parts) <= _FEW_PARTS:
            return read_parts(place, parts)
        return self.executors.in_waves(partial(read_part, place), parts)

    def _fill(self, plan: Plan) -> Filled:
        filled, total = Filled(), plan.todo.rows
        if total == 0:
            return filled
        most = max_part_rows(plan.inputs, self.network.dimension)
        rows = rows_a_part(total, self.executors.slots, most)
        parts = (
            PartToFill(self.output.next_part(PREPROCESSING), packed)
            for packed in plan.todo.cut(rows)
        )
        counter = self.executors.counter()

        def done() -> int:
            return filled.inputs if counter is None else int(counter.value)

        fill = Fill(
            self.photos,
            self.output.place,
            self.identity,
            self.executors.share(self.file),
            key_of(self.network),
            self.batch_size,
            self.threads,
            self.executors.share(self._before(plan)),
            counter,
            self.max_pixels,
            self.max_bytes,
        )
        self._warn_if_disk_is_small(total)
        begin = time.monotonic()
        rejects = sum(part.rejects for part in plan.kept_parts)
        self._tell("extract", total, done, rejects)
        with Progress("extract", total, done, self.quiet):
            for part in self.executors.in_waves(fill, parts):
                filled.add(part)
        self.summary.seconds = time.monotonic() - begin
        return filled

    def _before(self, plan: Plan) -> Before:
        latest = self.output.manifest
        listed = {part.file.name: part.file for part in latest.preprocessing} if latest else {}
        parts = [listed.get(name, FileEntry(name, 0, "")) for name in plan.parts]
        # Sent only where a photo is to be read whose bytes may be known.
        useful = parts and plan.reused_rows < plan.todo.rows
        return Before(parts, plan.contents if useful else None)

    def _tell(
        self, step: str, total: int, done: Callable[[], int] = lambda: 0, rejects: int = 0
    ) -> None:
        if self.progress is not None:
            self.progress.step(step, total, done, rejects)

    def _warn_if_disk_is_small(self, photos: int) -> None:
        needed = library().verger_output_bytes(photos, self.network.dimension)
        free = self.output.place.free_bytes()
        if free is not None and free < needed:
            place = self.output.place.display_name
            warning = (
                f"{place} has {human_bytes(free)} free, this run may need {human_bytes(needed)}"
            )
            print(f"verger: warning: {warning}", file=sys.stderr)

    def _moments(self, plan: Plan, filled: Filled) -> tuple[Moments, Moments | None, bool]:
        """Return the moments of all rows, those of parts that the latest version lacks, and whether
        the output has the first saved already.
        """
        moments: Moments | None = None
        latest = self.output.manifest
        if plan.kept_all_listed and latest is not None:
            # Damaged, they are only a sum of what the parts hold.
            with suppress(Damaged, BadInput):
                moments = Moments.load(self.output.read(latest.moments))
        new_parts = _unlisted(plan) + filled.to_gather()
        saved = moments is not None and not new_parts
        if moments is None:
            names = set(plan.unlisted)
            listed = [part.file for part in plan.kept_parts if part.file.name not in names]
            moments = self._gather([(file, None) for file in listed]) or Moments(
                self.network.dimension
            )
        new = self._gather(new_parts)
        if new is not None:
            moments.merge(new)
        return moments, new, saved

    def _added(self, plan: Plan, filled: Filled, new: Moments | None) -> Moments | None:
        """Return the moments of new features: of `new` without the rows that are taken over."""
        if plan.reused_rows == 0:
            return new
        return self._gather(_unlisted(plan) + filled.to_gather(but_taken=True))

    def _gather(self, parts: list[PartToGather]) -> Moments | None:
        """Return the moments of parts of Preprocessing; None if they have no features."""
        if not parts:
            return None
        return self.executors.gather(GatherParts(self.output.place), parts)


def _unlisted(plan: Plan) -> list[PartToGather]:
    names = set(plan.unlisted)
    return [(part.file, None) for part in plan.kept_parts if part.file.name in names]


def _files(parts: Iterable[PartEntry]) -> list[FileEntry]:
    return [part.file for part in parts]


def _refuse_too_many_rejects(manifest: Manifest, most: float) -> None:
    why = take_text("verger_too_many_rejects", borrowed(manifest.to_json()), most)
    if why:
        raise TooManyRejects(why)
