"""The table of docs/scale.md: time and price by photos and machines, as Markdown.

    python bench/scale/table.py

By verger.cloud.sizing, from figures of bench/scale/run.py and the prices in the package; nothing is
measured here. †: more than the driver bears; ‡: more requests than S3 gives a prefix at first.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from machine import BUILD, ROOT

sys.path.insert(0, str(ROOT / "python"))
os.environ.setdefault("VERGER_LIBRARY", str(BUILD / "lib" / "libverger.so"))
from verger.cloud.settings import Group, Settings
from verger.cloud.sizing import CORE_RATES, Estimate, estimate, of_duration, of_money

PHOTOS = (10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000)
WORKERS = (3, 25, 250)
CORES = 2  # of the one machine: what was measured


def cluster_of(workers: int, network: str) -> Settings:
    """The mission's cluster with so many workers, one of them a core node."""
    settings = Settings()
    task = Group(name="PCA", count=workers - 1)
    return replace(settings, task=task, job=replace(settings.job, model=network))


def cell(run: Estimate) -> str:
    """Time, price and marks of one run."""
    marks = ("†" if run.limits else "") + ("‡" if run.slow else "")
    return f"{of_duration(run.seconds)}, {of_money(run.dollars)} {marks}".rstrip()


def lines() -> Iterator[str]:
    """Of the table, its head first."""
    heads = [f"one machine, {CORES} cores"] + [f"{count} workers" for count in WORKERS]
    yield f"| network | photos | {' | '.join(heads)} |"
    yield "|---" * (2 + len(heads)) + "|"
    for network, rate in CORE_RATES.items():
        for photos in PHOTOS:
            runs = [estimate(photos, cluster_of(workers, network)) for workers in WORKERS]
            cells = [of_duration(photos / (CORES * rate)), *map(cell, runs)]
            yield f"| {network} | {photos:,} | {' | '.join(cells)} |"


if __name__ == "__main__":
    print("\n".join(lines()))
