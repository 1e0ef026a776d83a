#!/usr/bin/env python3
"""Runs every fuzz target in turn, and sums their executions: make fuzz MINUTES=...

    python fuzz/run_targets.py --minutes 30 [--only jpeg,png] [--build build-fuzz]
    python fuzz/run_targets.py --runs 20000 [...]

With --runs, each target has so many executions, from an empty corpus and one seed of the generator:
nearly the same inputs at each call. The fuzzer also learns from addresses, which differ.

One process at a time, with bounded memory and time an input. The corpus of a target grows in
BUILD/corpus/TARGET, so that the next run begins where this one ended; inputs that are findings lie
in BUILD/findings. A target that ends early is started again, so that one finding does not end its
share. Exit status 1 where there is a finding.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Targets that share a dictionary; others have their own name's, or none.
DICTIONARIES = {
    "manifest": "json",
    "pca": "json",
    "keras_config": "json",
    "classifier": "json",
    "s3_error": "xml",
    "s3_listing": "xml",
    "aws_file": "ini",
    "aws_credentials": "ini",
    "http_request": "http",
    "response_headers": "http",
}
# Libraries that end the process, or leak, on damaged files: docs/fuzzing.md. Counted apart.
OUTSIDE = {"keras_h5": "libhdf5"}
LONGEST_INPUT = 16384  # bytes: longer ones find the same, and take their time
MEMORY_MB = 2048
SECONDS_AN_INPUT = 5
SECONDS_A_TARGET = 600  # at most, with --runs
LEAST_SECONDS = 2  # of a start: less goes by with reading the corpus


@dataclass
class Outcome:
    """What one target did."""

    target: str
    executions: int = 0
    seconds: float = 0
    edges: int = 0
    findings: int = 0
    outside: int = 0  # findings in a library of OUTSIDE


def dictionary_of(target: str) -> Path | None:
    """The dictionary of a target, if it has one."""
    path = HERE / "dictionaries" / f"{DICTIONARIES.get(target, target)}.dict"
    return path if path.exists() else None


def arguments(target: str, build: Path, corpus: Path, bounds: Iterable[str]) -> list[str]:
    """The command line of a target. `bounds`: of its time or its executions."""
    corpus.mkdir(parents=True, exist_ok=True)
    (build / "findings").mkdir(exist_ok=True)
    command = [
        str(build / "fuzz" / f"fuzz_{target}"),
        *bounds,
        f"-max_len={LONGEST_INPUT}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-timeout={SECONDS_AN_INPUT}",
        "-print_final_stats=1",
        "-verbosity=1",
        f"-artifact_prefix={build / 'findings' / target}-",
    ]
    if target in OUTSIDE:
        command.append("-detect_leaks=0")
    if dictionary := dictionary_of(target):
        command.append(f"-dict={dictionary}")
    command.append(str(corpus))
    for folder in (build / "seeds" / target, HERE / "regressions" / target):
        if folder.is_dir():
            command.append(str(folder))
    return command


def last_number(pattern: str, log: str) -> int:
    """The number in the last match; 0 for none."""
    matches = re.findall(pattern, log)
    return int(matches[-1]) if matches else 0


def is_outside(target: str, log: str) -> bool:
    """Whether a finding's innermost frames, behind the sanitizer's own, are another library's."""
    frames = re.findall(r"(?m)^ +#\d+ 0x\w+ .*", log[log.rfind("ERROR:") :])
    if "libFuzzer: timeout" in log:  # the alarm's own, and then libc's that calls it
        alarm = next((at for at, frame in enumerate(frames) if "libc.so" in frame), -1)
        frames = frames[alarm + 1 :]
    return target in OUTSIDE and any(OUTSIDE[target] in frame for frame in frames[:3])


def start(outcome: Outcome, build: Path, corpus: Path, bounds: Iterable[str]) -> None:
    """Runs a target once, and adds what it did."""
    target = outcome.target
    begin = time.monotonic()
    logs = build / "logs"
    logs.mkdir(exist_ok=True)
    result = subprocess.run(
        arguments(target, build, corpus, bounds),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | {"UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"},
        errors="replace",
        check=False,
    )
    outcome.seconds += time.monotonic() - begin
    log = result.stderr
    outcome.edges = max(outcome.edges, last_number(r"cov: (\d+)", log))
    # After a finding there are no final figures, but the last lines count.
    executed = last_number(r"stat::number_of_executed_units: (\d+)", log)
    outcome.executions += executed or last_number(r"(?m)^#(\d+)\s", log)
    if result.returncode != 0 and is_outside(target, log):
        outcome.outside += 1
    elif result.returncode != 0:
        outcome.findings += 1
        (logs / f"{target}-{outcome.findings}.txt").write_text(log)
        print(f"fuzz: {target}: a finding, see {logs}/{target}-{outcome.findings}.txt")


def run_for(target: str, build: Path, seconds: float) -> Outcome:
    """Runs a target for its share of the time."""
    outcome = Outcome(target)
    while outcome.seconds == 0 or seconds - outcome.seconds >= LEAST_SECONDS:
        left = max(round(seconds - outcome.seconds), 1)
        start(outcome, build, build / "corpus" / target, [f"-max_total_time={left}"])
    return outcome


def run_times(target: str, build: Path, executions: int) -> Outcome:
    """Runs a target on nearly the same inputs at each call.

    Fewer executions than asked for are a finding: what a target does must not take so long.
    """
    outcome = Outcome(target)
    with tempfile.TemporaryDirectory() as corpus:
        bounds = ["-seed=1", f"-runs={executions}", f"-max_total_time={SECONDS_A_TARGET}"]
        start(outcome, build, Path(corpus), bounds)
    if outcome.executions < executions and outcome.findings == 0:
        outcome.findings += 1
        print(f"fuzz: {target}: {outcome.executions} executions in {outcome.seconds:.0f} s")
    return outcome


def table(outcomes: Iterable[Outcome]) -> str:
    """The figures of each target, and their sums."""
    rows = list(outcomes)
    lines = [
        f"{'target':18}{'executions':>14}{'a second':>10}{'edges':>8}{'findings':>10}{'outside':>9}"
    ]
    for row in rows:
        rate = row.executions / row.seconds if row.seconds else 0
        lines.append(
            f"{row.target:18}{row.executions:14,}{rate:10,.0f}{row.edges:8,}{row.findings:10}"
            f"{row.outside:9}"
        )
    total = sum(row.executions for row in rows)
    findings = sum(row.findings for row in rows)
    lines.append(f"{'in all':18}{total:14,}{'':18}{findings:10}{sum(r.outside for r in rows):9}")
    return "\n".join(lines)


def main() -> int:
    """Runs the targets that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10, help="of all targets together")
    parser.add_argument("--runs", type=int, help="executions of each target, in place of --minutes")
    parser.add_argument("--only", default="", help="targets, separated by commas")
    parser.add_argument("--build", type=Path, default=Path("build-fuzz"))
    parser.add_argument("--dictionary", help="print the dictionary of this target, and end")
    options = parser.parse_args()
    if options.dictionary:
        print(dictionary_of(options.dictionary) or "")
        return 0
    build = options.build.resolve()
    there = sorted(
        path.name.removeprefix("fuzz_")
        for path in (build / "fuzz").glob("fuzz_*")
        if path.is_file() and path.name != "fuzz_seeds"
    )
    targets = options.only.split(",") if options.only else there
    if not targets or not set(targets) <= set(there):
        print(
            f"fuzz: no such target in {build}/fuzz; there are: {', '.join(there)}", file=sys.stderr
        )
        return 2
    share = options.minutes * 60 / len(targets)
    outcomes = []
    for target in targets:
        outcomes.append(
            run_times(target, build, options.runs)
            if options.runs
            else run_for(target, build, share)
        )
        print(table(outcomes[-1:]).splitlines()[1], flush=True)
    print(table(outcomes))
    return 1 if any(outcome.findings for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
