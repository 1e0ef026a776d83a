"""The table and the picture of docs/scale.md, from the formulas, the prices and plays of the tasks.

python -m verger.cloud.simulate --table | --plot FILE
"""

from __future__ import annotations

import importlib
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from verger.cloud.prices import Prices, load
from verger.cloud.scaling import Costs, rows_a_part
from verger.cloud.settings import Group, Settings
from verger.cloud.simulate import mean_seconds
from verger.cloud.sizing import (
    CORE_RATES,
    SPARK_SHARE,
    Estimate,
    estimate,
    of_duration,
    of_money,
)

PHOTOS = (10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000)
WORKERS = (3, 25, 250)
NETWORKS = ("efficientnet-lite0", "resnet50")
_CORES = 4  # of an m5.xlarge
_ALONE = 2  # cores of the one machine: what was measured
_MOST_PLAYED = 20_000  # tasks; more take minutes to play
_PLAYS = 5
_STEPS = ("start", "list and plan", "extract", "project", "publish")


def cluster_of(workers: int, network: str) -> Settings:
    """The mission's cluster with so many workers, one of them a core node."""
    settings = Settings()
    return replace(
        settings,
        task=Group(name="PCA", count=workers - 1),
        job=replace(settings.job, model=network),
    )


def table(prices: Prices | None = None) -> str:
    """Time and price by photos and machines, as Markdown. †: beyond what the driver bears; ‡: more
    requests than S3 gives a prefix at first."""
    prices = prices or load()
    heads = [f"one machine, {_ALONE} cores"] + [f"{count} workers" for count in WORKERS]
    lines = [f"| network | photos | {' | '.join(heads)} |", "|---" * (2 + len(heads)) + "|"]
    for network in NETWORKS:
        for photos in PHOTOS:
            cells = [of_duration(photos / (_ALONE * CORE_RATES[network]))]
            for workers in WORKERS:
                found = estimate(photos, cluster_of(workers, network), prices=prices)
                cells.append(_cell(found))
            lines.append(f"| {network} | {photos:,} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(found: Estimate) -> str:
    marks = ("†" if found.limits else "") + ("‡" if found.slow else "")
    return f"{of_duration(found.seconds)}, {of_money(found.dollars)} {marks}".rstrip()


def draw(file: Path) -> int:
    """Draws the picture. Exit code: 1 if there is no matplotlib."""
    try:
        # By name: nothing else here knows it, and no user needs it.
        matplotlib = importlib.import_module("matplotlib")
    except ImportError:
        print("--plot needs matplotlib: pip install matplotlib")
        return 1
    matplotlib.use("agg")
    pyplot = importlib.import_module("matplotlib.pyplot")
    drawing, (times, shares) = pyplot.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
    _draw_times(times, NETWORKS[0])
    _draw_shares(shares, 25, NETWORKS[0])
    drawing.savefig(file, dpi=110, metadata={"Software": None})
    return 0


def _draw_times(axes: Any, network: str) -> None:
    alone = [photos / (_ALONE * CORE_RATES[network]) / 3600 for photos in PHOTOS]
    axes.loglog(PHOTOS, alone, color="0.5", label=f"one machine, {_ALONE} cores")
    for workers in WORKERS:
        settings = cluster_of(workers, network)
        hours = [estimate(photos, settings).seconds / 3600 for photos in PHOTOS]
        (line,) = axes.loglog(PHOTOS, hours, label=f"{workers} workers of {_CORES} vCPUs")
        dots = [
            (photos, played / 3600)
            for photos in PHOTOS
            if (played := _played(photos, workers, network)) is not None
        ]
        axes.loglog(*zip(*dots), "o", color=line.get_color())
    axes.set_xlabel("photos")
    axes.set_ylabel("hours")
    axes.set_title(f"{network}: by the formulas; dots: tasks played")
    axes.legend()


def _played(photos: int, workers: int, network: str) -> float | None:
    """Seconds of a run whose extraction is played; None where that would take too long."""
    rows = rows_a_part(photos, workers * _CORES)
    tasks = math.ceil(photos / rows)
    if tasks > _MOST_PLAYED:
        return None
    costs = Costs()
    usual = rows / (CORE_RATES[network] * SPARK_SHARE) + costs.task
    rest = sum(
        step.seconds
        for step in estimate(photos, cluster_of(workers, network)).steps
        if step.name != "extract"
    )
    return rest + costs.open + mean_seconds(tasks, workers, _CORES, usual, runs=_PLAYS)


def _draw_shares(axes: Any, workers: int, network: str) -> None:
    rows: list[list[float]] = []
    for photos in PHOTOS:
        found = estimate(photos, cluster_of(workers, network))
        by_name = {step.name: step.seconds / found.seconds for step in found.steps}
        known = [by_name[name] for name in _STEPS]
        rows.append([*known, 1 - sum(known)])
    axes.stackplot(PHOTOS, list(zip(*rows)), labels=[*_STEPS, "all else"])
    axes.set_xscale("log")
    axes.set_xlim(PHOTOS[0], PHOTOS[-1])
    axes.set_ylim(0, 1)
    axes.set_xlabel("photos")
    axes.set_ylabel("share of the time")
    axes.set_title(f"where the time of {workers} workers goes")
    axes.legend(loc="center left")
