#!/usr/bin/env python3
"""Measures what runs survive on a disk: every kill point, failing calls, full disks, crowds.

    python tests/faults/measure.py
    python tests/faults/measure.py --every 5 --random 50 --json faults.json
    python tests/faults/measure.py --seconds 600 --seed 7

With --seconds cases are taken by lot, which the seed decides, until the time is over. Prints a row
for each fault and system call: how many cases, after how many all was exact (the output before it
readable; then the same command ends with exactly the rows wanted, to the bit, and no file more),
and how many photos, begun before, had to be done again. Runs are the program's, and versions that
the Python shell makes; `forget` is both. What was seen until Ctrl-C is printed as well.
"""

from __future__ import annotations

import argparse
import errno
import json
import math
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.crowd import run_at_once  # noqa: E402
from faults.disks import cannot_mount, run_on, sizes  # noqa: E402
from faults.erasures import SHELLS, disturb, make_erasure  # noqa: E402
from faults.gate import KILL, Kill  # noqa: E402
from faults.kills import (  # noqa: E402
    FAILURES,
    PART,
    THREADS,
    Outcome,
    calls_of,
    fail_at_call,
    kill_after,
    kill_at_calls,
    stop_at_call,
)
from faults.outputs import Scenario, in_python, make_scenarios, own_home  # noqa: E402

GROWING = ("fresh", "grow")  # runs that are killed at random times


@dataclass
class Row:
    """What was seen of one fault at one system call."""

    fault: str
    run: str
    call: str
    cases: int = 0
    exact: int = 0
    redone_most: int = 0
    redone_sum: int = 0
    before: int = 0  # cases after which the version before was there, or none
    over_a_part: int = 0  # cases after which more than the photos of one part were done again
    staged: int = 0  # cases that left staged parts behind
    went_on: int = 0  # cases that wrote on after a failed fsync
    problems: list[str] = field(default_factory=list)


class Figures:
    """Gathers rows, and goes on after what was not exact."""

    def __init__(self, folder: Path) -> None:
        self.out = folder / "out"
        self.rows: dict[tuple[str, str, str], Row] = {}
        self.todo: list[Callable[[], object]] = []

    def plan(self, fault: str, run: Scenario, call: str, what: Callable[[], Outcome]) -> None:
        """Puts a case on the list of what is to do."""
        self.todo.append(partial(self.case, fault, run, call, what))

    def do(self, seed: int, seconds: float | None) -> None:
        """Does what is on the list: all in its order, or what `seconds` are enough for, by lot."""
        end = time.monotonic() + seconds if seconds is not None else math.inf
        if seconds is not None:
            random.Random(seed).shuffle(self.todo)
        for number, what in enumerate(self.todo):
            if time.monotonic() > end:
                print(f"time is over: {number} of {len(self.todo)} were done", file=sys.stderr)
                return
            what()

    def case(
        self, fault: str, scenario: Scenario, call: str, what: Callable[[], Outcome | None]
    ) -> bool:
        """Counts one case; False if the fault did not come in time."""
        row = self.rows.setdefault((fault, scenario.name, call), Row(fault, scenario.name, call))
        try:
            outcome = what()
        except Exception:
            row.problems.append(traceback.format_exc(limit=4))
            shutil.rmtree(self.out, ignore_errors=True)
            outcome = Outcome(call, "?")
            row.exact -= 1
        if outcome is None:
            return False
        row.cases += 1
        row.exact += 1
        row.redone_most = max(row.redone_most, outcome.redone)
        row.redone_sum += outcome.redone
        row.before += outcome.version != "wanted"
        row.over_a_part += outcome.redone > PART
        row.staged += outcome.staged > 0
        row.went_on += outcome.went_on
        return True


def plan_kills(figures: Figures, scenarios: list[Scenario], every: int, seed: int) -> None:
    """At every call, and at every call with a second kill in the run after it."""
    chance = random.Random(seed)
    for run in scenarios:
        calls, _ = calls_of(run, figures.out)
        for index, call in list(enumerate(calls))[::every]:
            then = chance.randrange(len(calls))
            for fault, indexes in (("kill", [index]), ("kill, then another", [index, then])):
                what = partial(kill_at_calls, run, figures.out, indexes)
                figures.plan(fault, run, call.name, what)
            for sent in (signal.SIGINT, signal.SIGTERM) if not (run.python or run.lacks) else ():
                what = partial(stop_at_call, run, figures.out, index, sent)
                figures.plan(sent.name, run, call.name, what)


def plan_random_kills(figures: Figures, scenarios: list[Scenario], kills: int, seed: int) -> None:
    """At times spread evenly over a run; runs that had ended before are not counted."""
    times = random.Random(seed)

    def one_kill(run: Scenario, lasts: float) -> None:
        for _ in range(10):
            what = partial(kill_after, run, figures.out, lasts * times.random())
            if figures.case("kill at a random time", run, "any", what):
                return

    for run in scenarios:
        lasts = calls_of(run, figures.out)[1]
        figures.todo += [partial(one_kill, run, lasts)] * (kills // len(scenarios))


def plan_failures(figures: Figures, scenarios: list[Scenario], every: int) -> None:
    """Every call that changes something fails in several ways, every one that reads in one."""
    for run in scenarios:
        for reads in (False, True):
            calls, _ = calls_of(run, figures.out, reads=reads)
            for index, call in list(enumerate(calls))[::every]:
                for error in (errno.EIO,) if reads else FAILURES[call.name]:
                    fault = os.strerror(error) + (", reading" if reads else "")
                    what = partial(fail_at_call, run, figures.out, index, error, reads=reads)
                    figures.plan(fault, run, call.name, what)


def plan_erasures(figures: Figures, scenario: Scenario, every: int) -> None:
    """`forget` by each shell: killed at every call that changes it, and each of them failing."""
    for shell in SHELLS:
        erasure, calls = make_erasure(shell, scenario, figures.out)
        run = replace(scenario, name=f"forget, {shell}")
        for index, call in list(enumerate(calls))[::every]:
            fates: list[int | Kill] = [KILL, *FAILURES[call.name]]
            for fate in fates:
                fault = os.strerror(fate) if isinstance(fate, int) else "kill"
                what = partial(disturb, erasure, figures.out, index, fate)
                figures.plan(fault, run, call.name, what)


def plan_disks(figures: Figures, scenarios: list[Scenario]) -> None:
    """Disks of every size up to that at which a run succeeds; and read-only."""
    place = figures.out.with_name("disk")

    def every_size(fault: str, run: Scenario, option: str) -> None:
        for size in sizes(run, option):
            if not figures.case(fault, run, "any", partial(run_on, run, place, size)):
                break

    for run in scenarios:
        figures.todo.append(
            partial(figures.case, "read-only disk", run, "any", partial(run_on, run, place, "ro"))
        )
        for fault, option in (("full disk", "size"), ("no more files", "nr_inodes")):
            figures.todo.append(partial(every_size, fault, run, option))


def plan_crowds(figures: Figures, scenarios: list[Scenario], times: int) -> None:
    """8 runs at once; the output is made from scratch each time."""

    def crowd(run: Scenario, of_python: int) -> Outcome:
        run_at_once(run, figures.out, 8, of_python=of_python)
        shutil.rmtree(figures.out)
        return Outcome("flock", "wanted")

    for run in scenarios:
        for _ in range(times):
            figures.plan("8 runs at once", run, "flock", partial(crowd, run, 0))
            figures.plan("4 runs and 4 of Python", run, "flock", partial(crowd, run, 4))


def plan_all(figures: Figures, options: argparse.Namespace) -> None:
    few = make_scenarios(figures.out.with_name("few"), options.photos, ("--threads", "1"))
    if options.only in (None, "program"):
        plan_program(figures, few, options)
    if options.only in (None, "Python"):
        plan_python(figures, few, options)
    if options.only in (None, "forget"):
        plan_erasures(figures, few["fresh"], options.every)


def plan_program(figures: Figures, few: dict[str, Scenario], options: argparse.Namespace) -> None:
    many = make_scenarios(figures.out.with_name("many"), options.many, THREADS, only=GROWING)
    plain = [run for run in few.values() if not run.lacks]
    plan_kills(figures, list(few.values()), options.every, options.seed)
    plan_random_kills(figures, list(many.values()), options.random, options.seed)
    plan_failures(figures, plain, options.every)
    if why := cannot_mount():
        print(f"NOT MEASURED: full and read-only disks: {why}", file=sys.stderr)
    else:
        plan_disks(figures, plain)
    plan_crowds(figures, plain, options.crowds)


def plan_python(figures: Figures, few: dict[str, Scenario], options: argparse.Namespace) -> None:
    runs = {name: in_python(run) for name, run in few.items()}
    plan_kills(figures, list(runs.values()), options.every, options.seed)
    plan_failures(figures, [run for run in runs.values() if not run.lacks], options.every)


def show(rows: list[Row]) -> None:
    line = "{:<34} {:<13} {:<10} {:>6} {:>6} {:>12} {:>9} {:>7} {:>8}"
    heads = ("cases", "exact", "redone, most", "over 512", "staged", "went on")
    print(line.format("fault", "run", "call", *heads))
    for row in rows:
        counts = (row.cases, row.exact, row.redone_most, row.over_a_part, row.staged, row.went_on)
        print(line.format(row.fault, row.run, row.call, *counts))
    for row in rows:
        for problem in row.problems:
            print(f"\n{row.fault}, {row.run}, {row.call}:\n{problem}", file=sys.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--photos", type=int, default=200, help="of a run that is killed at calls")
    parser.add_argument("--many", type=int, default=2400, help="of one killed at random times")
    parser.add_argument("--every", type=int, default=1, help="disturb only each so many-th call")
    parser.add_argument("--only", choices=("program", "Python", "forget"), help="a part of it")
    parser.add_argument("--random", type=int, default=200, help="how many random kills")
    parser.add_argument("--crowds", type=int, default=10, help="how often 8 runs start at once")
    parser.add_argument("--seed", type=int, default=1, help="of what is left to chance")
    parser.add_argument("--seconds", type=float, help="most time, but for the photos' and the plan")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args()
    with own_home() as folder:
        figures = Figures(folder)
        try:
            plan_all(figures, options)
            figures.do(options.seed, options.seconds)
        except KeyboardInterrupt:
            print("STOPPED: not all was measured", file=sys.stderr)
    rows = list(figures.rows.values())
    show(rows)
    if options.json is not None:
        results: dict[str, Any] = {"photos": options.photos, "photos_of_random_kills": options.many}
        results["rows"] = [vars(row) for row in rows]
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0 if all(row.exact == row.cases for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
