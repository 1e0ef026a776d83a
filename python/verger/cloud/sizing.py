"""How long a first run takes, and what it costs: measured rates, and a line through them.

    seconds = START_SECONDS + photos * LISTING_SECONDS + photos / (cores * rate * SPARK_SHARE)

docs/scale.md has the sources, and what the line leaves out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from verger.cloud.nodes import node_of
from verger.cloud.prices import Prices, load
from verger.cloud.settings import Settings
from verger.cloud.text import money, rough_duration, size_text
from verger.errors import BadCall

# Photos a second of one core by `verger extract`: half of two cores' (docs/scale.md).
CORE_RATES = {"efficientnet-lite0": 80.0, "resnet50": 11.0}
SPARK_SHARE = 0.92  # of that rate, within Spark: measured (bench/spark)
START_SECONDS = 645.0  # assumed: 10 min to start a cluster, 45 s until its step runs
# Of a photo on the driver: 0.15 ms to list it (assumed), 0.015 ms to plan it (measured).
LISTING_SECONDS = 1.65e-4

_OTHER = "resnet50"  # whose rate and features stand for those of an unmeasured network
_DIMENSIONS = {f"efficientnet-lite{number}": 1280 for number in range(3)}
_OTHER_DIMENSION = 2048
_DRIVER_BYTES = 18  # of a photo in the driver while it plans (bench/scale/plan.py)
_DRIVER_SHARE = 0.3  # of the primary's memory: the rest is for the JVM and the services
_PREFIX_GETS = 5500  # a second, of one prefix of S3: docs.aws.amazon.com, optimizing-performance
_READS = 2  # requests a photo: Arrow asks for an object's size, then for its bytes


@dataclass(frozen=True)
class Estimate:
    """What a run would take.

    `seconds`: from the request for the cluster to the end of the job. `photos_per_second`: while
    photos are extracted. `dollars`: of the nodes for those seconds, and of S3's requests. `lines`:
    all of it as text. `limits`: what the driver could not do, `slow`: where S3 throttles; each with
    its remedy, and among the lines.
    """

    seconds: float
    photos_per_second: float
    dollars: float
    lines: list[str]
    limits: list[str]
    slow: list[str]


def estimate(
    photos: int, settings: Settings, rate: float | None = None, prices: Prices | None = None
) -> Estimate:
    """Return the time and price of a first run over `photos`.

    `rate`: photos a second of one core, as `verger extract SAMPLE OUT --threads 1 --json` measures;
    None: that of the settings, else of CORE_RATES.

    Errors: BadCall for a wrong number of photos or rate; BadInput for types without a price.
    """
    if photos < 1:
        raise BadCall(f"{photos} photos: give their number")
    prices = prices or load()
    core_rate, source = _rate(settings, rate)
    cores = _cores(settings)
    photos_per_second = cores * core_rate * SPARK_SHARE
    listing, extraction = photos * LISTING_SECONDS, photos / photos_per_second
    seconds = START_SECONDS + listing + extraction
    hour = sum(line.dollars for line in prices.cluster_hour(settings))
    requests = photos / 1000 * prices.s3("put") + _READS * photos * prices.s3("get")
    dollars = hour * seconds / 3600 + requests
    output_bytes = 2 * 4 * _DIMENSIONS.get(settings.job.model, _OTHER_DIMENSION) * photos
    limits, slow = _limits(photos, settings), _slow(photos_per_second)
    nodes = "1 node" if settings.workers == 1 else f"{settings.workers:,} nodes"
    lines = [
        f"{photos:,} photos by {settings.job.model} on {cores:,} vCPUs of {nodes}: "
        f"about {rough_duration(seconds)}, {money(dollars)}",
        f"  rate: {core_rate:,.1f} photos/s a core ({source}); within Spark {SPARK_SHARE:.0%}",
        f"  start         {rough_duration(START_SECONDS):>9}   assumed: 8 to 12 minutes",
        f"  list and plan {rough_duration(listing):>9}",
        f"  extract       {rough_duration(extraction):>9}",
        f"  {money(hour)} an hour; S3 requests {money(requests)}",
        f"  the output has {size_text(output_bytes)}: "
        f"{money(prices.storage_month(output_bytes))} a month in S3",
    ]
    if settings.scaling.enabled:
        lines.append(f"  managed scaling: figures are for the {nodes} it starts with")
    lines += [f"  limit: {limit}" for limit in [*limits, *slow]]
    return Estimate(seconds, photos_per_second, dollars, lines, limits, slow)


def _rate(settings: Settings, rate: float | None) -> tuple[float, str]:
    """Return photos a second of a core, and where that is from."""
    job = settings.job
    own_rate = rate if rate is not None else job.photos_per_second or None
    if own_rate is not None:
        if not 0 < own_rate < math.inf:
            raise BadCall(f"rate {own_rate}: give the photos per second of one core, above 0")
        return own_rate, "yours"
    views = int(job.views or 1)
    source = "measured on other nodes, assumed for these"
    if job.model not in CORE_RATES:
        source = f"assumed, as {_OTHER}"
    elif job.precision or job.input_size or job.decode:
        source += ", in fp32 at the network's own size"
    source += f", by {views} views" if views > 1 else ""
    measured = CORE_RATES.get(job.model, CORE_RATES[_OTHER])
    return measured / views, f"{source}: measure yours"


def _cores(settings: Settings) -> int:
    """Return the vCPUs of core and task nodes, a task each.

    Errors: BadCall if there are none, or of a type whose vCPUs are not known.
    """
    cores = 0
    for group in (settings.core, settings.task):
        node = node_of(group.type)
        if group.count and node is None:
            raise BadCall(f"{group.type}: its vCPUs are unknown, so no time can be estimated")
        cores += group.count * node.cpus if node is not None else 0
    if cores < 1:
        raise BadCall("no core or task nodes: set [core] count, because only these nodes run tasks")
    return cores


def _limits(photos: int, settings: Settings) -> list[str]:
    primary = node_of(settings.primary.type)
    if primary is None:
        return []
    room, needed = _DRIVER_SHARE * (primary.memory_mb << 20), photos * _DRIVER_BYTES
    if needed <= room:
        return []
    return [
        f"the plan takes {size_text(needed)} in the driver, where {size_text(room)} may be free: a "
        "larger primary node, or several runs into several outputs"
    ]


def _slow(photos_per_second: float) -> list[str]:
    requests_per_second = _READS * photos_per_second
    if requests_per_second <= _PREFIX_GETS:
        return []
    return [
        f"{requests_per_second:,.0f} requests a second for photos, where S3 gives a prefix "
        f"{_PREFIX_GETS:,} at first: slower (503, tried again) until it has split the prefix; "
        "spread photos over many folders"
    ]
