"""Parts of Preprocessing to parts of Results."""

from __future__ import annotations

from verger.pca import Pca
from verger.runs.manifest import ModelIdentity, PartEntry, ResultEntry
from verger.runs.output import read_entry, stage_part
from verger.runs.parts import encode_results, good_rows
from verger.runs.place import Place


def project_part(
    place: Place,
    run: str,
    task: tuple[PartEntry, str],
    pca: Pca,
    scores: str,
    identity: ModelIdentity,
) -> ResultEntry:
    """Make the part of Results, under the name of the task, of its part of Preprocessing, and stage
    it for `run` (Output.run).
    """
    part, name = task
    good = good_rows(read_entry(place, part.file), part.file.name)
    projected = pca.project(good, scores)
    data = encode_results(good, projected.column(0), identity)
    staged = stage_part(place, run, name, data)
    return ResultEntry(PartEntry(staged, good.num_rows), part.file.sha256)
