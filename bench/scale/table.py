"""The table of docs/scale.md: time and price by photos and machines, as Markdown.

    python bench/scale/table.py

From verger.cloud.sizing and the prices in the package; nothing is measured here. †: more than the
driver bears; ‡: more requests than S3 gives a prefix at first.
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
from verger.cloud.sizing import CORE_RATES, Estimate, estimate
from verger.cloud.text import money, rough_duration

PHOTOS = (10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000)
WORKERS = (3, 25, 250)
CORES = 2  # of the one machine, as measured


def cluster_of(workers: int, network: str) -> Settings:
    """The default cluster with `workers` nodes, one of them a core node."""
    settings = Settings()
    task = Group(name="PCA", count=workers - 1)
    return replace(settings, task=task, job=replace(settings.job, model=network))


def cell(run: Estimate) -> str:
    """Time, price and marks of one run."""
    marks = ("†" if run.limits else "") + ("‡" if run.slow else "")
    return f"{rough_duration(run.seconds)}, {money(run.dollars)} {marks}".rstrip()


def lines() -> Iterator[str]:
    """Yield the lines of the table, its head first."""
    heads = [f"one machine, {CORES} cores"] + [f"{count} workers" for count in WORKERS]
    yield f"| network | photos | {' | '.join(heads)} |"
    yield "|---" * (2 + len(heads)) + "|"
    for network, rate in CORE_RATES.items():
        for photos in PHOTOS:
            runs = [estimate(photos, cluster_of(workers, network)) for workers in WORKERS]
            cells = [rough_duration(photos / (CORES * rate)), *map(cell, runs)]
            yield f"| {network} | {photos:,} | {' | '.join(cells)} |"


if __name__ == "__main__":
    print("\n".join(lines()))
