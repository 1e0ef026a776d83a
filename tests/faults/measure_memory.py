#!/usr/bin/env python3
"""Measures what becomes of runs and of a server when allocations fail.

    python tests/faults/measure_memory.py                       # every site of our code
    python tests/faults/measure_memory.py --seconds 600 --seed 7
    python tests/faults/measure_memory.py --owners engine       # of OpenVINO, TBB and hwloc

Of a run each site (memory.py says what that is) fails once alone, and once with all that come after
it; of each request to a server each allocation, in both ways. Prints a row for each way: how many,
exit codes or answers, and how many were not clean. With --seconds sites are taken by lot until the
time is over; of the requests, which come first, all.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.memory import (  # noqa: E402
    ARROW,
    ENGINE,
    OURS,
    FailingMemory,
    make_mixed_run,
    run_without_memory,
)
from faults.memory_served import REQUESTS, make_served, start_served  # noqa: E402
from faults.outputs import own_home  # noqa: E402

OWNERS = {"ours": OURS, "arrow": ARROW, "engine": ENGINE}
WAYS = {"one fails": False, "all from there on": True}


class Row:
    """What was seen of one kind of failure."""

    def __init__(self) -> None:
        self.cases = 0
        self.endings: Counter[str] = Counter()
        self.problems: list[str] = []


def measure_server(rows: dict[str, Row], folder: Path, owners: str, end: float, every: int) -> None:
    served = start_served(make_served(folder / "served"), folder / "server", owners)
    try:
        for (method, target), (way, for_good) in itertools.product(REQUESTS, WAYS.items()):
            row = rows.setdefault(f"{target}, {way}", Row())
            passing = 0
            while time.monotonic() < end:
                try:
                    outcome = served.disturb(method, target, passing, for_good=for_good)
                except AssertionError as error:
                    row.problems.append(f"allocation {passing}: {error}")
                    outcome = "not clean"
                    if served.server.process.poll() is not None:
                        served.start_again()
                if outcome is None:
                    break
                row.cases += 1
                row.endings[outcome] += 1
                passing += every
        served.assert_idle()
        served.server.stop()
    except AssertionError as error:
        rows.setdefault("the end", Row()).problems.append(str(error))
    finally:
        served.server.kill()


def measure_runs(
    rows: dict[str, Row], folder: Path, owners: str, end: float, chance: random.Random
) -> None:
    run = make_mixed_run(folder / "mixed")
    memory = FailingMemory(folder / "memory", owners)
    sites = memory.sites(run.command(run.begin(folder / "listed")))
    cases = [(site, way) for site in sites for way in WAYS]
    chance.shuffle(cases)
    print(f"a run allocates at {len(sites)} sites", file=sys.stderr)
    out = folder / "out"
    for number, (site, way) in enumerate(cases):
        if time.monotonic() > end:
            print(f"time is over: {number} of {len(cases)} were done", file=sys.stderr)
            return
        row = rows.setdefault(f"run, {way}", Row())
        row.cases += 1
        try:
            ending = run_without_memory(run, out, memory, site, for_good=WAYS[way])
            row.endings[f"exit {ending.returncode}" if ending.failed else "not reached"] += 1
        except AssertionError as error:
            row.endings["not clean"] += 1
            row.problems.append(f"{site:016x} {sites[site]}\n    {error}")
        finally:
            memory.stop()
            shutil.rmtree(out, ignore_errors=True)


def show(rows: dict[str, Row]) -> None:
    for name, row in rows.items():
        endings = ", ".join(f"{ending}: {count}" for ending, count in row.endings.most_common())
        print(f"{name:<36} {row.cases:>6}   {endings}")
    for name, row in rows.items():
        for problem in row.problems:
            print(f"\n{name}: {problem}", file=sys.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seed", type=int, default=1, help="of the order of sites")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="most time")
    parser.add_argument("--every", type=int, default=1, help="only each so many-th of a request")
    parser.add_argument("--owners", choices=OWNERS, default="ours", help="whose allocations fail")
    parser.add_argument("--only", choices=("run", "serve"), help="a part of it")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args()
    end = time.monotonic() + options.seconds
    rows: dict[str, Row] = {}
    with own_home() as folder:
        try:
            if options.only != "run":
                measure_server(rows, folder, OWNERS[options.owners], end, options.every)
            if options.only != "serve":
                chance = random.Random(options.seed)
                measure_runs(rows, folder, OWNERS[options.owners], end, chance)
        except KeyboardInterrupt:
            print("STOPPED: not all was measured", file=sys.stderr)
    show(rows)
    if options.json is not None:
        results = {name: vars(row) for name, row in rows.items()}
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return int(any(row.problems for row in rows.values()))


if __name__ == "__main__":
    sys.exit(main())
