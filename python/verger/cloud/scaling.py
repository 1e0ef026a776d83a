"""How the time of a run on a cluster follows from photos and cores: docs/scale.md, as formulas.

Pure arithmetic: no settings, no prices.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from verger.runs.part_rows import SLOTS_TO_COME, most_rows, rows_a_part

_GROUPS = 8  # verger.spark.executors: what moments are merged to before the driver


@dataclass(frozen=True)
class Costs:
    """What a run costs beside the network, in seconds unless said otherwise.

    Measured by bench/scale on one core, for parts of 512 photos and 2048 features: gather, merge,
    fit, project, plan, manifest. Assumed, since there was no AWS to measure: all that S3, EMR or
    YARN take.
    """

    start: float = 600.0  # assumed: a cluster from the request to its first step, 8 to 12 minutes
    serverless_start: float = 120.0  # assumed
    submit: float = 45.0  # assumed: the step is taken, Spark and its executors start
    open: float = 3.0  # a worker opens the network
    list_page: float = 0.15  # assumed: one request of 1,000 keys, one after the other
    plan: float = 1.5e-5  # a photo: listed, sorted, planned
    task: float = 0.5  # assumed: launched, its part encoded (0.01) and put
    get_part: float = 0.15  # assumed: 4.2 MB from S3
    put_part: float = 0.25  # assumed: 4.3 MB to S3
    gather: float = 0.084  # moments of a part
    merge: float = 0.07  # moments of 16.8 MB: saved, loaded, merged
    shuffle: float = 0.17  # assumed: 16.8 MB from one node to another at 100 MB/s
    fit: float = 1.0
    project: float = 0.02  # a part
    copy: float = 0.1  # assumed: a staged part of Results is copied into place by S3
    copies_at_a_time: int = 16
    manifest: float = 4.6e-5  # a part: written, read
    tail: float = 5.0  # assumed: locks, markers, the first rows


class Step(NamedTuple):
    """Of a run, in its order."""

    name: str
    seconds: float


def part_rows(photos: int, slots: int, dimension: int) -> int:
    """Photos of a part, as pca.py cuts them where nodes come as they are needed."""
    return rows_a_part(photos, max(slots, SLOTS_TO_COME), most_rows(photos, dimension))


def steps_of(
    photos: int, slots: int, rate: float, dimension: int, costs: Costs | None = None
) -> list[Step]:
    """The steps of a first run over all photos, from its first request to its last.

    `slots`: tasks at a time, one a core. `rate`: photos a second of one core, within Spark. Tasks
    run in waves of `slots`, and each takes as long as the others.
    Requires: photos, slots > 0; rate > 0.
    """
    costs = costs or Costs()
    rows = part_rows(photos, slots, dimension)
    parts = math.ceil(photos / rows)
    waves = math.ceil(parts / slots)
    size = rows / 512 * dimension / 2048  # of a part, beside the one that was measured
    square = (dimension / 2048) ** 2  # of moments, beside those that were measured

    gathering = min(parts, max(slots, SLOTS_TO_COME))
    gather = costs.get_part * size + costs.gather * square * rows / 512
    gather *= math.ceil(parts / gathering) * math.ceil(gathering / slots)
    merges = math.ceil(gathering / _GROUPS)
    merged = (costs.merge + costs.shuffle) * square * (merges + min(gathering, _GROUPS))
    project = costs.task + (costs.get_part + costs.put_part + costs.project) * size
    placed = parts * (costs.copy / costs.copies_at_a_time + costs.manifest)
    return [
        Step("list and plan", math.ceil(photos / 1000) * costs.list_page + photos * costs.plan),
        Step("extract", costs.open + waves * (rows / rate + costs.task)),
        Step("gather moments", gather + merged),
        Step("PCA", costs.fit * (dimension / 2048) ** 3),
        Step("project", waves * project),
        Step("publish", placed + costs.tail),
    ]
