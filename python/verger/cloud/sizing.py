"""How long and how dear a run is: N photos on the nodes of the settings, from a measured rate.

The formulas are those of scaling.py, what they assume is in docs/scale.md; the lines say where a
figure is assumed, and what would break first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from verger.cloud.nodes import node_of
from verger.cloud.prices import Prices, load
from verger.cloud.request_serverless import TIMEOUT_MINUTES
from verger.cloud.scaling import Costs, Step, part_rows, steps_of
from verger.cloud.settings import Settings
from verger.errors import BadCall

# Photos a second of one core by `verger extract`: half of what two cores did (README, How fast).
CORE_RATES = {"efficientnet-lite0": 80.0, "resnet50": 11.0}
_DIMENSIONS = {"efficientnet-lite0": 1280, "resnet50": 2048}
_OTHER = "resnet50"  # what other networks are taken for
# Of that, what is left within Spark (README, How fast).
SPARK_SHARE = 0.92
# Bytes of a photo in the driver while it plans and sends the plan (bench/scale/plan.py).
_DRIVER_BYTES = 18
_DRIVER_SHARE = 0.3  # of the memory of the driver's node: the rest is the JVM's, and services'
_PREFIX_GETS = 5500  # a second, of one prefix of S3: docs.aws.amazon.com, optimizing-performance
_READS = 2  # requests a photo: Arrow asks for an object's size, then for its bytes


@dataclass(frozen=True)
class Estimate:
    """What a run would take.

    `seconds`: from the request for the cluster to the last step's end. `photos_per_second`: while
    photos are extracted. `dollars`: of nodes for those seconds, and of S3's requests. `lines`: all
    of it for people. `limits`: what the driver or the service would not bear, and `slow`: where S3
    gives less at first than is asked; each with what to do about it. They are among the lines.
    """

    seconds: float
    photos_per_second: float
    dollars: float
    lines: list[str]
    steps: list[Step]
    limits: list[str]
    slow: list[str]


def estimate(
    photos: int,
    settings: Settings,
    rate: float | None = None,
    prices: Prices | None = None,
    serverless: bool = False,
    costs: Costs | None = None,
) -> Estimate:
    """The time and price of a first run over `photos`.

    `rate`: photos a second of one core, as `verger extract SAMPLE OUT --threads 1 --json` measures;
    None: that of the settings, else of the documents.

    Errors: BadCall for a number of photos or a rate that is none; BadInput for types without price.
    """
    if photos < 1:
        raise BadCall(f"{photos} photos: give how many there are")
    costs, prices = costs or Costs(), prices or load()
    core_rate, why = _rate(settings, rate)
    slots, nodes, where = _slots(settings, serverless)
    dimension = _DIMENSIONS[_known(settings.job.model)]
    steps = [
        Step("start", costs.serverless_start if serverless else costs.start),
        Step("submit", costs.submit),
        *steps_of(photos, slots, core_rate * SPARK_SHARE, dimension, costs),
    ]
    seconds = sum(step.seconds for step in steps)
    extracting = next(step.seconds for step in steps if step.name == "extract")
    hourly = prices.serverless_hour(settings) if serverless else prices.cluster_hour(settings)
    hour = sum(line.dollars for line in hourly)
    parts = math.ceil(photos / part_rows(photos, slots, dimension))
    requests = _requests(photos, parts, prices)
    dollars = hour * seconds / 3600 + requests
    limits = _limits(photos, settings, serverless)
    if serverless and seconds > 60 * TIMEOUT_MINUTES:
        limits.append(
            f"a job of EMR Serverless is ended after {of_duration(60 * TIMEOUT_MINUTES)}: more "
            "[serverless] workers, or run it again: it goes on where it was ended"
        )
    slow = _slow(min(parts, slots) * core_rate * SPARK_SHARE)
    output_bytes = 4 * dimension * 2 * photos  # in Preprocessing and in Results
    month = prices.storage_month(output_bytes)
    lines = [
        f"{photos:,} photos by {settings.job.model} on {where}: about {of_duration(seconds)}, "
        f"{of_money(dollars)}",
        f"  rate: {core_rate:,.1f} photos/s a core ({why}); within Spark {100 * SPARK_SHARE:.0f} %",
        *(_line(step, serverless) for step in steps),
        f"  {of_money(hour)} an hour; S3 requests {of_money(requests)}",
        f"  the output has {_size(output_bytes)}: {of_money(month)} a month in S3",
    ]
    if settings.scaling.enabled and not serverless:
        lines.append(f"  managed scaling: figures are for the {_nodes(nodes)} it starts with")
    lines += [f"  limit: {limit}" for limit in [*limits, *slow]]
    return Estimate(seconds, photos / extracting, dollars, lines, steps, limits, slow)


def _known(model: str) -> str:
    return model if model in CORE_RATES else _OTHER


def _rate(settings: Settings, rate: float | None) -> tuple[float, str]:
    """Photos a second of a core, and where that is from."""
    model = settings.job.model
    own_rate = rate if rate is not None else settings.job.photos_per_second or None
    if own_rate is not None:
        if not 0 < own_rate < math.inf:
            raise BadCall(f"rate {own_rate}: give photos a second of one core, more than 0")
        return own_rate, "yours"
    if model in CORE_RATES:
        return CORE_RATES[model], "measured elsewhere, assumed for these nodes: measure yours"
    return CORE_RATES[_OTHER], f"assumed, as {_OTHER}: measure yours"


def _slots(settings: Settings, serverless: bool) -> tuple[int, int, str]:
    """Tasks at a time, nodes that do them, and those in words.

    Errors: BadCall if there are none, or of a type whose cores are not known.
    """
    if serverless:
        workers, cpus = settings.serverless.workers, settings.serverless.worker_cpus
        slots = workers * cpus
        if slots < 1:
            raise BadCall("[serverless] workers: there must be one at least")
        return slots, workers, f"{slots:,} vCPUs of EMR Serverless"
    slots = 0
    for group in (settings.core, settings.task):
        node = node_of(group.type)
        if group.count and node is None:
            raise BadCall(f"{group.type}: its vCPUs are not known here, so no time can be told")
        slots += group.count * node.cpus if node is not None else 0
    if slots < 1:
        raise BadCall("no core or task nodes: nothing would run the tasks")
    return slots, settings.workers, f"{slots:,} vCPUs of {_nodes(settings.workers)}"


def _nodes(number: int) -> str:
    return "1 node" if number == 1 else f"{number:,} nodes"


def _requests(photos: int, parts: int, prices: Prices) -> float:
    """USD of S3's requests: photos are read; parts put, read twice, staged, and copied."""
    puts = photos / 1000 + 4 * parts
    gets = _READS * photos + 6 * parts
    return puts * prices.s3("put") + gets * prices.s3("get")


def _limits(photos: int, settings: Settings, serverless: bool) -> list[str]:
    memory, larger = _of_driver(settings, serverless)
    room, needed = _DRIVER_SHARE * memory, photos * _DRIVER_BYTES
    if not memory or needed <= room:
        return []
    return [
        f"the plan takes {_size(needed)} in the driver, where {_size(room)} may be free: {larger}, "
        "or several runs into several outputs"
    ]


def _of_driver(settings: Settings, serverless: bool) -> tuple[int, str]:
    """Bytes of memory where the driver runs, 0 if they are not known, and how to get more."""
    if serverless:
        return settings.serverless.worker_memory_gb << 30, "more [serverless] worker_memory_gb"
    primary = node_of(settings.primary.type)
    return (primary.memory_mb << 20 if primary is not None else 0), "a larger primary node"


def _slow(photos_per_second: float) -> list[str]:
    requests_per_second = _READS * photos_per_second
    if requests_per_second <= _PREFIX_GETS:
        return []
    return [
        f"{requests_per_second:,.0f} requests a second for photos, where S3 gives a prefix "
        f"{_PREFIX_GETS:,} at first: slower (503, tried again) until it has split the prefix; "
        "spread photos over many folders"
    ]


def _line(step: Step, serverless: bool) -> str:
    assumed = {"start": "assumed: 8 to 12 minutes", "submit": "assumed"}
    if serverless:
        assumed["start"] = "assumed"
    return (
        f"  {step.name:15} {of_duration(step.seconds):>9}   {assumed.get(step.name, '')}".rstrip()
    )


def of_duration(seconds: float) -> str:
    """Seconds as people say it: 13 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 72 * 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:.1f} days"


def of_money(dollars: float) -> str:
    """Dollars, as 1.14 USD."""
    return f"{dollars:,.2f} USD" if dollars >= 0.01 or dollars == 0 else "less than 0.01 USD"


def _size(size: float) -> str:
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 1000:
            return f"{size:,.1f} {unit}"
    return f"{size / 1000:,.1f} TB"
