"""The PCA of a version's features, and the parts of Results that it makes, on the executors."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from verger.errors import BadCall, Damaged, VergerError
from verger.moments import Moments
from verger.pca import Pca
from verger.runs.manifest import (
    FileEntry,
    Manifest,
    ModelIdentity,
    PartEntry,
    PcaSettings,
    Reduction,
    ResultEntry,
)
from verger.runs.output import Output
from verger.runs.parts import require_results
from verger.runs.rules import RESULTS
from verger.runs.text import printable
from verger.spark.executors import Executors
from verger.spark.tasks import ProjectPart

# Parts that the driver looks at side by side.
_PARTS_AT_A_TIME = 8


def pca_to_keep(output: Output, model: ModelIdentity) -> Pca:
    """The PCA that --keep-pca projects new photos by.

    Errors: BadCall if there is none, or it is another network's; Damaged.
    """
    shown = printable(output.place.shown)
    latest = output.manifest
    if latest is None or latest.reduction is None:
        raise BadCall(f"{shown}: --keep-pca, but there is no PCA yet: leave it out this time")
    if not latest.model.same_features(model):
        raise BadCall(
            f"{shown}: --keep-pca, but its PCA is of the network {latest.model.name} "
            f"({latest.model.sha256[:12]}): give that one, or leave out --keep-pca"
        )
    try:
        return Pca.from_json(output.read(latest.reduction.pca).decode())
    except VergerError as error:
        raise Damaged(f"{error}; without --keep-pca it is fitted again") from error


@dataclass(frozen=True)
class Reducer:
    """Makes reductions for the next version of an output."""

    executors: Executors
    output: Output

    def fitted(self, manifest: Manifest, moments: Moments, settings: PcaSettings) -> Reduction:
        """By a PCA of all features; that of the latest version, and its parts, where it would be
        the same.

        Errors: BadInput where the features do not allow such a PCA.
        """
        found = _same_pca(self.output, manifest, settings)
        if found is not None:
            pca, document = found
            there = _whole_results(self.output)
        else:
            wanted = settings.components or settings.variance_share
            pca = moments.fit(wanted, manifest.model, settings.fewer_will_do)
            document = self.output.publish(
                self.output.versioned_name("pca"), pca.to_json().encode()
            )
            there = {}
        return Reduction(
            settings=settings,
            moments=manifest.moments.sha256,
            components=pca.n_components,
            explained_variance=sum(pca.explained_variance_ratio),
            pca=document,
            results=self._project(manifest, pca, settings, there),
        )

    def kept(self, manifest: Manifest, pca: Pca) -> Reduction:
        """By the PCA of the latest version, with its settings; the parts of Results there stay.

        Requires: `pca` is what `pca_to_keep` returned.
        """
        before = self.output.reduced()
        results = self._project(manifest, pca, before.settings, _whole_results(self.output))
        return replace(before, results=results)

    def _project(
        self, manifest: Manifest, pca: Pca, settings: PcaSettings, there: dict[str, ResultEntry]
    ) -> list[ResultEntry]:
        """Results of all parts; those that `there` has, by their source, stay."""
        # A part of rejects alone has nothing to project.
        parts = [part for part in manifest.preprocessing if part.rows > 0]
        tasks = [
            (part, self.output.next_part(RESULTS))
            for part in parts
            if part.file.sha256 not in there
        ]
        for entry in self._run(tasks, pca, settings, manifest.model):
            there[entry.source] = entry
        return [there[part.file.sha256] for part in parts]

    def _run(
        self,
        tasks: Sequence[tuple[PartEntry, str]],
        pca: Pca,
        settings: PcaSettings,
        model: ModelIdentity,
    ) -> list[ResultEntry]:
        if not tasks:
            return []
        shared = self.executors.share(pca)
        project = ProjectPart(self.output.place, self.output.run, shared, settings.scores, model)
        return self.executors.run(project, tasks)


def _same_pca(
    output: Output, manifest: Manifest, settings: PcaSettings
) -> tuple[Pca, FileEntry] | None:
    """The PCA there if the same features were reduced the same way."""
    latest = output.manifest
    if latest is None or latest.reduction is None:
        return None
    before = latest.reduction
    if before.moments != manifest.moments.sha256 or before.settings != settings:
        return None
    try:
        return Pca.from_json(output.read(before.pca).decode()), before.pca
    except VergerError:
        return None  # damaged: it is fitted again


def _whole_results(output: Output) -> dict[str, ResultEntry]:
    """The latest version's parts of Results by their source, but for those that are damaged."""

    def is_whole(result: ResultEntry) -> bool:
        try:
            require_results(output.read(result.part.file), result.part.file.name)
        except VergerError:
            return False  # damaged: it is projected again
        return True

    results = output.reduced().results
    with ThreadPoolExecutor(_PARTS_AT_A_TIME) as pool:
        whole = zip(results, pool.map(is_whole, results))
        return {result.source: result for result, is_ in whole if is_}
