"""The whole chain on a cluster, into the same output as the `verger` program's run.

The driver lists, plans and publishes; executors fill, gather and project whole parts. What is
durable stays: a job that is stopped or killed goes on with the same call, there or by the program.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from verger._library import borrowed, library, take_text
from verger._limits import limits
from verger.drift import drift_of
from verger.errors import BadInput, Damaged, TooManyRejects
from verger.find_model import ModelFile
from verger.model import Model
from verger.moments import Moments, require_memory
from verger.pca import Pca
from verger.runs.listing import Photo, count_labels
from verger.runs.manifest import PLAIN, Manifest, ModelIdentity, PartEntry, PcaSettings
from verger.runs.output import Output
from verger.runs.plan import Plan, make_plan
from verger.runs.rules import PREPROCESSING
from verger.runs.storage import Place
from verger.runs.text import human_bytes
from verger.spark.frames import merged_moments
from verger.spark.our_errors import our_errors
from verger.spark.progress import Progress
from verger.spark.progress_file import ProgressFile
from verger.spark.reduction import Reducer, pca_to_keep
from verger.spark.summary import Summary
from verger.spark.tasks import Fill, FilledPart, GatherParts, PartToFill
from verger.spark.worker import key_of

if TYPE_CHECKING:
    from pyspark import SparkContext

# Fewer photos than this are not worth a task: opening the network costs as much.
_FEWEST_ROWS = 64
# Parts that the driver looks at side by side, and those that it looks at itself.
_PARTS_AT_A_TIME = 8
_FEW_PARTS = 64
# Of a cluster that grows by need.
_SLOTS_TO_COME = 32

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


@dataclass
class ChainOnSpark:
    """One run of the chain; holds what its steps share."""

    context: SparkContext
    photos: Place
    listing: Sequence[Photo]  # of photos, with paths as path_mode has them
    output: Output
    file: ModelFile
    network: Model
    batch_size: int = 0  # photos the network sees at a time; 0: the library's choice
    quiet: bool = False
    sync: bool = False  # rows of photos that are no longer listed go
    path_mode: str = PLAIN
    keep_pca: bool = False  # new photos are projected by the PCA that is there
    told: ProgressFile | None = None  # where others look how far it is
    summary: Summary = field(default_factory=Summary)
    manifest: Manifest | None = None  # of the run, as soon as all is extracted

    @property
    def identity(self) -> ModelIdentity:
        """The network, as manifests have it."""
        model = self.network
        return ModelIdentity(
            model.name, model.sha256, model.preset, model.identity, model.dimension
        )

    def run(self, settings: PcaSettings, most_rejects: float) -> Manifest:
        """Extracts what is missing, fits, projects, and makes it a version of the output.

        With `keep_pca`, the settings are those of the PCA that is there.

        Errors: VergerError; TooManyRejects and BadInput after what is extracted was made durable.
        """
        pca = pca_to_keep(self.output, self.identity) if self.keep_pca else None
        manifest, moments, changed = self._extract(pca)
        self.manifest = manifest
        try:
            _refuse_too_many_rejects(manifest, most_rejects)
            self._tell("project", manifest.rows)
            reducer = Reducer(self.context, self.output)
            if pca is not None:
                manifest.reduction = reducer.kept(manifest, pca)
            else:
                manifest.reduction = reducer.fitted(manifest, moments, settings)
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
        photos = self.listing
        plan = make_plan(
            self.output, photos, self.identity, self._side_by_side, self.sync, self.path_mode
        )
        require_memory(self.network.dimension)
        filled = self._fill(plan)
        self._tell("gather", len(photos))
        moments, new, saved = self._moments(plan, [part.entry for part in filled])
        self._count(plan, filled)
        if pca is not None:
            self.summary.drift = drift_of(self._added(plan, filled, new), pca)

        rejects = plan.rejects + [reject for part in filled for reject in part.rejects]
        rejects.sort(key=lambda reject: reject.path.encode())
        latest = self.output.manifest
        manifest = Manifest(
            photos=self.photos.canonical if self.path_mode == PLAIN else "",
            path_mode=self.path_mode,
            labels=count_labels(photos, rejects, plan.vanished_labels),
            model=self.identity,
            preprocessing=plan.kept + [part.entry for part in filled],
            moments=(
                latest.moments
                if saved and latest is not None
                else self.output.publish(self.output.versioned_name("moments"), moments.save())
            ),
            rejects=rejects,
            replaced=plan.replaced,
        )
        same = latest is not None and latest.preprocessing == manifest.preprocessing
        if same and latest is not None:
            manifest.reduction = latest.reduction
        # What a killed run left and nobody needs goes with a version, even if nothing else does.
        return manifest, moments, not (same and saved) or bool(plan.replaced)

    def _count(self, plan: Plan, filled: list[FilledPart]) -> None:
        summary, latest = self.summary, self.output.manifest
        summary.extracted = sum(part.extracted for part in filled)
        summary.reused = len(self.listing) + plan.vanished - summary.extracted
        summary.vanished = plan.vanished
        summary.repaired = len(plan.damaged)
        if latest is not None and not latest.model.same_features(self.identity):
            summary.outdated = latest.rows

    def _side_by_side(
        self, function: Callable[[_Item], _Answer], items: Iterable[_Item]
    ) -> Iterable[_Answer]:
        """As `map`: few on the driver, many on the executors."""
        items = list(items)
        if len(items) <= _FEW_PARTS:
            with ThreadPoolExecutor(_PARTS_AT_A_TIME) as pool:
                return list(pool.map(function, items))
        tasks = min(len(items), 4 * self._slots)
        with our_errors():
            return self.context.parallelize(items, tasks).map(function).collect()

    @property
    def _slots(self) -> int:
        """Tasks that run, or soon will run, at a time."""
        slots = int(self.context.defaultParallelism)
        # Executors come as there is work for them: so there must be some for each.
        dynamic = self.context.getConf().get("spark.dynamicAllocation.enabled", "false")
        return max(slots, _SLOTS_TO_COME) if dynamic == "true" else slots

    def _fill(self, plan: Plan) -> list[FilledPart]:
        if not plan.todo:
            return []
        to_do = plan.todo
        rows = _rows_a_part(len(to_do), self._slots)
        parts = [
            PartToFill(self.output.next_part(PREPROCESSING), tuple(to_do[begin : begin + rows]))
            for begin in range(0, len(to_do), rows)
        ]
        done = self.context.accumulator(0)
        fill = Fill(
            self.photos,
            self.output.place,
            self.identity,
            self.context.broadcast(self.file),
            key_of(self.network),
            self.batch_size,
            self.context.broadcast(plan.contents),
            done,
        )
        self._warn_if_disk_is_small(len(to_do))
        begin = time.monotonic()
        self._tell("extract", len(to_do), lambda: int(done.value), len(plan.rejects))
        progress = Progress("extract", len(to_do), lambda: int(done.value), self.quiet)
        with progress, our_errors():
            filled = self.context.parallelize(parts, len(parts)).map(fill).collect()
        self.summary.seconds = time.monotonic() - begin
        return filled

    def _tell(
        self, step: str, total: int, done: Callable[[], int] = lambda: 0, rejects: int = 0
    ) -> None:
        if self.told is not None:
            self.told.step(step, total, done, rejects)

    def _warn_if_disk_is_small(self, photos: int) -> None:
        needed = library().verger_output_bytes(photos, self.network.dimension)
        free = self.output.place.free_bytes()
        if free is not None and free < needed:
            shown = self.output.place.shown
            said = f"{shown} has {human_bytes(free)} free, this run may need {human_bytes(needed)}"
            print(f"verger: warning: {said}", file=sys.stderr)

    def _moments(self, plan: Plan, filled: list[PartEntry]) -> tuple[Moments, Moments | None, bool]:
        """The moments of all rows; of those in parts that the latest version has not; and whether
        the first are the ones that the output has saved.
        """
        moments: Moments | None = None
        latest = self.output.manifest
        if plan.kept_all_listed and latest is not None:
            # Damaged, they are only a sum of what the parts hold.
            with suppress(Damaged, BadInput):
                moments = Moments.load(self.output.read(latest.moments))
        new_parts = plan.unlisted + [part.file.name for part in filled]
        saved = moments is not None and not new_parts
        if moments is None:
            unlisted = set(plan.unlisted)
            kept = [name for part in plan.kept if (name := part.file.name) not in unlisted]
            moments = self._gather(kept) or Moments(self.network.dimension)
        new = self._gather(new_parts)
        if new is not None:
            moments.merge(new)
        return moments, new, saved

    def _added(self, plan: Plan, filled: list[FilledPart], new: Moments | None) -> Moments | None:
        """Of `new`, the moments of features that were not there before, in a part that goes."""
        taken_over = frozenset(to_do.photo.path for to_do in plan.todo if to_do.row is not None)
        if not taken_over:
            return new
        return self._gather(plan.unlisted + [part.entry.file.name for part in filled], taken_over)

    def _gather(self, parts: list[str], but: frozenset[str] = frozenset()) -> Moments | None:
        """The moments of parts of Preprocessing, but those of some photos; None where they have no
        features.
        """
        if not parts:
            return None
        # Not by mapInArrow, for which PySpark wants pandas: the job does without.
        names = self.context.parallelize(parts, min(len(parts), self._slots))
        return merged_moments(names.mapPartitionsWithIndex(GatherParts(self.output.place, but)))


def _rows_a_part(photos: int, slots: int) -> int:
    """Rows of each part, so that all slots are busy to the end."""
    most: int = limits().part_rows
    rounds = math.ceil(photos / (most * slots))
    return min(most, max(_FEWEST_ROWS, math.ceil(photos / (slots * rounds))))


def _refuse_too_many_rejects(manifest: Manifest, most: float) -> None:
    why = take_text("verger_too_many_rejects", borrowed(manifest.to_json()), most)
    if why:
        raise TooManyRejects(why)
