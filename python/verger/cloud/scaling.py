"""How the time of a run on a cluster follows from photos and cores: docs/scale.md, as formulas.

Pure arithmetic, no settings, no prices. `simulate.py` plays the same run task by task; tests hold
the two to each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

from verger._limits import limits

# Photos of the smallest part, and tasks that are planned for where nodes come as they are needed:
# verger.spark.run.
FEWEST_ROWS = 64
SLOTS_TO_COME = 32
_GROUPS = 8  # verger.spark.frames: what moments are merged to before the driver


@dataclass(frozen=True)
class Spread:
    """How far tasks of the same size differ.

    `variation`: standard deviation to mean. Measured (bench/scale): 0.05 of CPU seconds, 0.13 of
    wall seconds on a machine shared with others. Slow tasks are assumed.
    """

    variation: float = 0.1
    slow_share: float = 0.01
    slow_factor: float = 2.0


@dataclass(frozen=True)
class Costs:
    """What a run costs beside the network, seconds unless said otherwise.

    Measured by bench/scale on one core, 2048 features: gather, merge, fit, project, encode, plan,
    manifest. Assumed, since there was no AWS to measure: all that S3, EMR or YARN take.
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


def rows_a_part(photos: int, slots: int) -> int:
    """Photos of a part, as pca.py cuts them where nodes come as they are needed."""
    planned = max(slots, SLOTS_TO_COME)
    most: int = limits().part_rows
    rounds = math.ceil(photos / (most * planned))
    return min(most, max(FEWEST_ROWS, math.ceil(photos / (planned * rounds))))


def longest_of(tasks: int, spread: Spread) -> float:
    """The longest of so many tasks, as a multiple of the usual one.

    Source: Blom's estimate of the largest of a normal sample; slow tasks are a sample of their own.
    """
    plain = 1 + spread.variation * _largest(tasks)
    slow = spread.slow_factor * (1 + spread.variation * _largest(tasks * spread.slow_share))
    any_slow = 1 - (1 - spread.slow_share) ** tasks
    return (1 - any_slow) * plain + any_slow * max(plain, slow)


def makespan(tasks: int, slots: int, spread: Spread) -> float:
    """How long `tasks` equal tasks take on `slots`, each slot taking the next one as it is free; as
    a multiple of the usual task.

    All waves but the last take the mean; the last ends with its longest task; and its tasks do not
    begin together, the less so the more waves there were before. Beside simulate.py it is between
    4 % too short and 13 % too long, and less than 5 % off from 20 waves on.
    """
    waves = math.ceil(tasks / slots)
    last = tasks - (waves - 1) * slots
    share, factor = spread.slow_share, spread.slow_factor
    mean = 1 + share * (factor - 1)
    deviation = math.hypot(spread.variation, (factor - 1) * math.sqrt(share * (1 - share)))
    apart = min(1.0, deviation * _largest(slots) * math.sqrt(waves - 1)) * last / slots
    return (waves - 1) * mean + longest_of(last, spread) + apart


def _largest(sample: float) -> float:
    """Of so many draws from the normal distribution, the largest expected."""
    sample = max(sample, 1.0)
    return NormalDist().inv_cdf((sample - 0.375) / (sample + 0.25))


def steps_of(
    photos: int,
    slots: int,
    rate: float,
    dimension: int,
    costs: Costs | None = None,
    spread: Spread | None = None,
) -> list[Step]:
    """The steps of a first run over all photos, from its first request to its last.

    `slots`: tasks at a time, one a core. `rate`: photos a second of one core, within Spark.
    Requires: photos, slots > 0; rate > 0.
    """
    costs, spread = costs or Costs(), spread or Spread()
    rows = rows_a_part(photos, slots)
    parts = math.ceil(photos / rows)
    size = dimension / 2048  # parts are as wide as the features
    square = size * size  # moments, as the square

    read = costs.get_part * size
    gathering = min(parts, max(slots, SLOTS_TO_COME))
    gather = math.ceil(parts / gathering) * (read + costs.gather * square)
    gather *= math.ceil(gathering / slots)
    merges = math.ceil(gathering / _GROUPS)
    merged = (costs.merge + costs.shuffle) * square * (merges + min(gathering, _GROUPS))
    project = costs.task + read + (costs.put_part + costs.project) * size
    placed = parts * (costs.copy / costs.copies_at_a_time + costs.manifest)
    return [
        Step("list and plan", math.ceil(photos / 1000) * costs.list_page + photos * costs.plan),
        Step("extract", costs.open + makespan(parts, slots, spread) * (rows / rate + costs.task)),
        Step("gather moments", gather + merged),
        Step("PCA", costs.fit * size**3),
        Step("project", makespan(parts, slots, spread) * project),
        Step("publish", placed + costs.tail),
    ]


def with_losses(seconds: float, task: float, losses_an_hour: float, replace: float) -> float:
    """How long what takes `seconds` takes where nodes are lost, as spot nodes are.

    Each node is lost `losses_an_hour` times; half a task (of `task` seconds) of each of its cores
    is done in vain, and the node is missing for `replace` seconds. To the first order: good for
    losses that cost less than a third, and runs longer than `replace`.
    """
    missing = losses_an_hour / 3600 * (task / 2 + replace)
    return seconds / (1 - min(missing, 0.9))
