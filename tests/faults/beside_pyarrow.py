#!/usr/bin/env python3
"""Kills runs of Verger, and scripts that write the same rows by pyarrow, at the same kind of times.

    python tests/faults/beside_pyarrow.py --kills 200

Prints how many outputs were, right after kill -9: the version before (or nothing, where there was
none), the new one, both at once or parts of them, or unreadable. Some minutes.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.gate import KILL, Call, Gated, Kill, run_gated  # noqa: E402
from faults.kills import THREADS, Fate, Started, Watch, one_call, pass_all  # noqa: E402
from faults.outputs import Scenario, assert_readable, make_scenarios, own_home  # noqa: E402

WRITER = Path(__file__).with_name("arrow_writer.py")
WAYS = ("file", "dataset")
OUTCOMES = ("before", "wanted", "partial", "unreadable")
RUNS = ("fresh", "grow")


def paths_of(out: Path) -> list[str] | None:
    """The photos whose rows are there, as a reader sees them; None if it cannot read them."""
    if not any(out.glob("*.parquet")):
        return []
    try:
        table = ds.dataset(out, format="parquet").to_table(columns=["path"])
    except (pa.ArrowException, OSError):
        return None
    return sorted(table["path"].to_pylist())


class Peer:
    """A script that writes the output of a scenario by pyarrow."""

    def __init__(self, way: str, scenario: Scenario, folder: Path) -> None:
        self.readers = (f"pyarrow, {way}",)
        self.out = folder / self.readers[0]
        self._way = way
        self._before_rows, self._rows = folder / "before.arrow", folder / "rows.arrow"
        save_rows(scenario.expected, self._rows)
        self._grows = scenario.before is not None
        if scenario.before is not None:
            save_rows(scenario.before, self._before_rows)
        self._expected = paths_of(scenario.expected / "Results")
        self._origin = folder / f"{self.readers[0]}, before"
        if self._grows:
            shutil.rmtree(self.out, ignore_errors=True)
            done = self._run(self._before_rows, pass_all, ignore)
            assert done.returncode == 0, done.stderr
            shutil.move(self.out, self._origin)
        self.begin()
        self._before = paths_of(self.out)

    def begin(self) -> None:
        """Puts the output there that the script finds."""
        shutil.rmtree(self.out, ignore_errors=True)
        if self._grows:
            shutil.copytree(self._origin, self.out)

    def run(self, fate: Fate, started: Started) -> Gated:
        return self._run(self._rows, fate, started)

    def outcomes(self) -> tuple[str, ...]:
        """What each of `readers` sees."""
        return (which(paths_of(self.out), self._before, self._expected),)

    def _run(self, source: Path, fate: Fate, started: Started) -> Gated:
        command: list[str | Path] = [sys.executable, WRITER, self._way, source, self.out]
        return run_gated(command, changes_of(self.out, fate), opens_gate=True, started=started)


class Ours:
    """The program, in the same scenario; also as those see it who read Results without the
    manifest."""

    readers = ("Verger", "Verger, no manifest read")

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self.out = folder / "out"
        self._scenario = scenario
        self._expected = paths_of(scenario.expected / "Results")
        self._before = paths_of(scenario.before / "Results") if scenario.before else []

    def begin(self) -> None:
        shutil.rmtree(self.out, ignore_errors=True)
        self._scenario.begin(self.out)

    def run(self, fate: Fate, started: Started) -> Gated:
        return Watch(self._scenario, self.out, fate).run(started)

    def outcomes(self) -> tuple[str, ...]:
        version = assert_readable(self._scenario, self.out)
        plain = which(paths_of(self.out / "Results"), self._before, self._expected)
        return ("before" if version == "none" else version, plain)


def save_rows(out: Path, file: Path) -> None:
    """Writes the Results of an output as an Arrow file."""
    table = pq.read_table(out / "Results")
    with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def changes_of(out: Path, fate: Fate) -> Callable[[Call], int | Kill | None]:
    """Asks `fate` about the calls that change `out`, counted from 0."""
    numbers = itertools.count()

    def decide(call: Call) -> int | Kill | None:
        return fate(next(numbers), call) if call.changes and call.touches(out) else None

    return decide


def ignore(process: subprocess.Popen[bytes]) -> None:
    """Does nothing when a run has started."""


def which(paths: list[str] | None, before: list[str] | None, expected: list[str] | None) -> str:
    if paths is None:
        return "unreadable"
    if paths == expected:
        return "wanted"
    return "before" if paths == before else "partial"


Writer = Peer | Ours


def seconds_of(writer: Writer) -> float:
    """How long an undisturbed run takes from the moment that the gate is up to its last change."""
    times: list[float] = []

    def note(index: int, call: Call) -> None:
        times.append(time.monotonic())

    writer.begin()
    done = writer.run(note, lambda process: times.append(time.monotonic()))
    assert done.returncode == 0, done.stderr
    assert set(writer.outcomes()) == {"wanted"}
    return times[-1] - times[0]


def kill_after(writer: Writer, seconds: float) -> tuple[str, ...] | None:
    """What is there after a kill; None if the run had ended before."""
    writer.begin()
    timers: list[threading.Timer] = []

    def begin(process: subprocess.Popen[bytes]) -> None:
        timers.append(threading.Timer(seconds, process.kill))
        timers[0].start()

    done = writer.run(pass_all, begin)
    timers[0].cancel()
    return writer.outcomes() if done.returncode else None


def at_random_times(writer: Writer, kills: int, chance: random.Random) -> list[tuple[str, ...]]:
    """Until so many runs were killed in time, or three times as many were tried."""
    lasts = seconds_of(writer)
    outcomes: list[tuple[str, ...]] = []
    for _ in range(3 * kills):
        if len(outcomes) == kills:
            break
        if (outcome := kill_after(writer, lasts * chance.random())) is not None:
            outcomes.append(outcome)
    return outcomes


def at_each_call(writer: Writer) -> list[tuple[str, ...]]:
    """Before each call that changes the output."""
    outcomes: list[tuple[str, ...]] = []
    while True:
        writer.begin()
        if writer.run(one_call(len(outcomes), KILL), ignore).returncode != -signal.SIGKILL:
            return outcomes
        outcomes.append(writer.outcomes())


def count_outcomes(
    writer: Writer, run: str, when: str, outcomes: list[tuple[str, ...]]
) -> list[dict[str, Any]]:
    """Prints and returns a line for each reader."""
    lines = []
    for number, reader in enumerate(writer.readers):
        count = Counter(outcome[number] for outcome in outcomes)
        counts = "".join(f"{count[name]:>12}" for name in OUTCOMES)
        print(f"{reader:<26}{run:<8}{when:<16}{len(outcomes):>8}{counts}", flush=True)
        lines.append({"reader": reader, "run": run, "when": when, "outcomes": dict(count)})
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--photos", type=int, default=2400)
    parser.add_argument("--kills", type=int, default=100, help="at random times, of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args()
    lines: list[dict[str, Any]] = []
    print(f"pyarrow {pa.__version__}; {options.photos} photos; right after kill -9")
    print(
        f"{'':<26}{'run':<8}{'killed at':<16}{'kills':>8}" + "".join(f"{o:>12}" for o in OUTCOMES)
    )
    with own_home() as folder:
        runs = make_scenarios(folder / "runs", options.photos, THREADS, only=RUNS)
        for name, scenario in runs.items():
            chance = random.Random(f"{name} {options.seed}")
            peers = [Peer(way, scenario, folder) for way in WAYS]
            writers: list[Writer] = [Ours(scenario, folder), *peers]
            for writer in writers:
                for when, outcomes in (
                    ("random time", at_random_times(writer, options.kills, chance)),
                    ("each call", at_each_call(writer)),
                ):
                    lines += count_outcomes(writer, name, when, outcomes)
    if options.json is not None:
        options.json.write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")
    ours = [line["outcomes"] for line in lines if line["reader"] == Ours.readers[0]]
    return int(any(counts.get(name) for counts in ours for name in ("partial", "unreadable")))


if __name__ == "__main__":
    sys.exit(main())
