"""Fit the PCA of a version's features, and make its parts of Results on the executors."""

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

# Parts that the driver checks at a time.
_PARTS_AT_A_TIME = 8


def pca_to_keep(output: Output, model: ModelIdentity) -> Pca:
    """Return the PCA that --keep-pca projects new photos by.

    Errors: BadCall if there is none, or it is another network's; Damaged.
    """
    place = printable(output.place.display_name)
    latest = output.manifest
    if latest is None or latest.reduction is None:
        raise BadCall(
            f"{place}: --keep-pca, but there is no PCA yet: leave it out for the first run"
        )
    if not latest.model.same_features(model):
        raise BadCall(
            f"{place}: --keep-pca, but its PCA is of the network {latest.model.name} "
            f"({latest.model.sha256[:12]}): give that network, or leave out --keep-pca"
        )
    try:
        return Pca.from_json(output.read(latest.reduction.pca).decode())
    except VergerError as error:
        raise Damaged(f"{error}; run without --keep-pca to fit it again") from error


@dataclass(frozen=True)
class Reducer:
    """Makes reductions for the next version of an output."""

    executors: Executors
    output: Output

    def fit(self, manifest: Manifest, moments: Moments, settings: PcaSettings) -> Reduction:
        """Reduce by a PCA of all features; keep the latest version's if it would be the same.

        Errors: BadInput if the features do not allow such a PCA.
        """
        same = _same_pca(self.output, manifest, settings)
        if same is not None:
            pca, document = same
            there = _whole_results(self.output)
        else:
            count_or_share = settings.components or settings.variance_share
            pca = moments.fit(count_or_share, manifest.model, settings.fewer_will_do)
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

    def project(self, manifest: Manifest, pca: Pca) -> Reduction:
        """Reduce by the PCA of the latest version, with its settings; its parts of Results stay.

        Requires: `pca` is from `pca_to_keep`.
        """
        before = self.output.reduced()
        results = self._project(manifest, pca, before.settings, _whole_results(self.output))
        return replace(before, results=results)

    def _project(
        self, manifest: Manifest, pca: Pca, settings: PcaSettings, there: dict[str, ResultEntry]
    ) -> list[ResultEntry]:
        """Return Results of all parts; those in `there`, by their source, stay."""
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
    """Return the latest PCA if the same features were reduced with the same settings."""
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
    """Return the latest version's parts of Results by their source, without damaged ones."""

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
