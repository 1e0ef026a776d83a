"""What does planning cost: a listing compared with an output of as many rows?

    python bench/scale/plan.py [--sizes 100000,1000000,10000000] [--rounds 3]
        [--before CHECKOUT] [--before-python PYTHON] [--scratch FOLDER]

Listing and output are generated: real Parquet and a real manifest, but features of 8 numbers, for
a plan does not read them. With nothing new, and with 1 % new photos spread over all.
In the program (plan_bench) and in Python as Spark's driver plans (driver.py), each in a process of
its own: seconds, CPU seconds and peak memory of the whole process. Each plan is checked.

CHECKOUT is a build of commit 5292b75 or before, whose plan had all photos in memory; before.cmake
builds its plan_before. The two are timed in turns, at --paired photos with the 1,280 features of
the embedded network, for the old one reads and hashes all of them; each on an output of its own
format. Its Python is run by PYTHON.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from machine import BUILD, ROOT, save

DRIVER = Path(__file__).resolve().parent / "driver.py"
SMALL, REAL = 8, 1280  # numbers of a feature vector
FEW = 512  # rows of a part, at least; of every part before
NEW = {"nothing new": 0, "1 % new": 100}  # one new photo behind so many
LINEAR = 12.0  # of ten times the photos, at most so many times the seconds
MOST_BYTES = 300e6
FASTER = 3.0


# Of each way, photos, dimension and listing: what each round measured.
Rounds = dict[tuple[str, int, int, str], list[dict[str, float]]]


class Way(NamedTuple):
    """A program that plans, and the output that it plans against."""

    name: str
    command: list[str]
    environment: dict[str, str]
    before: bool


def ways(before: Path | None, python: str) -> list[Way]:
    """All that are timed."""

    def driver(root: Path, build: Path) -> dict[str, str]:
        library = str(build / "lib" / "libverger.so")
        return {"PYTHONPATH": str(root / "python"), "VERGER_LIBRARY": library}

    now = [
        Way("program", [str(BUILD / "bench/plan_bench"), "plan"], {}, False),
        Way("driver", [sys.executable, str(DRIVER)], driver(ROOT, BUILD), False),
    ]
    if before is None:
        return now
    build = before / "build"
    return [
        *now,
        Way("program before", [str(build / "bench/plan_before"), "plan"], {}, True),
        Way("driver before", [python, str(DRIVER)], driver(before, build), True),
    ]


def run(command: list[str], environment: dict[str, str]) -> tuple[str, float]:
    """What it printed, and its CPU seconds."""
    begin = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=900
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout, end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime


class Outputs:
    """Outputs below a scratch folder, each made once."""

    def __init__(self, scratch: Path, before: Path | None) -> None:
        self._scratch, self._before = scratch, before

    def rows_a_part(self, count: int, before: bool) -> int:
        """As runs cut their parts: verger_part_rows, with features few enough not to count."""
        return FEW if before else max(FEW, -(-count // 1024))

    def folder(self, count: int, dimension: int, before: bool) -> str:
        folder = self._scratch / f"{'before' if before else 'now'}-{dimension}-{count}"
        if not folder.exists():
            make = BUILD / "bench/plan_bench"
            if before and self._before is not None:
                make = self._before / "build/bench/plan_before"
            rows = self.rows_a_part(count, before)
            run([str(make), "make", str(folder), *map(str, (count, dimension, rows))], {})
        return str(folder)


def measure(
    way: Way, outputs: Outputs, count: int, dimension: int, one_in: int
) -> dict[str, float]:
    """One plan. Exits unless it says what is right."""
    folder = outputs.folder(count, dimension, way.before)
    arguments = map(str, (folder, count, dimension, one_in))
    printed, cpu = run([*way.command, *arguments], way.environment)
    figures: dict[str, Any] = json.loads(printed)
    right = {
        "kept": -(-count // outputs.rows_a_part(count, way.before)),
        "replaced": 0,
        "todo": -(-count // one_in) if one_in else 0,
    }
    wrong = {key: figures[key] for key in right if figures[key] != right[key]}
    if wrong:
        sys.exit(f"{way.name}, {count} photos: {wrong} where {right} is right")
    return {"seconds": figures["seconds"], "cpu": cpu, "peak_bytes": figures["peak_bytes"]}


def spread(values: list[float]) -> dict[str, float]:
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="100000,1000000,10000000")
    parser.add_argument("--paired", type=int, default=1_000_000, help="size for the build before")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--before-python", default=sys.executable)
    parser.add_argument("--scratch", type=Path, help="folder for outputs, kept; some GB")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    scratch = options.scratch or Path(tempfile.mkdtemp(prefix="verger-plan-"))
    outputs = Outputs(scratch, options.before)
    all_ways = ways(options.before, options.before_python)
    cases = [
        (way, count, SMALL, share)
        for share in NEW
        for count in sizes
        for way in all_ways
        if not way.before
    ]
    if options.before:
        cases += [(way, options.paired, REAL, share) for share in NEW for way in all_ways]
    for way, count, dimension, _ in cases:
        outputs.folder(count, dimension, way.before)  # none is made between two that are timed
    rounds: Rounds = {}
    try:
        for number in range(options.rounds):
            for way, count, dimension, share in cases if number % 2 == 0 else reversed(cases):
                figures = measure(way, outputs, count, dimension, NEW[share])
                rounds.setdefault((way.name, count, dimension, share), []).append(figures)
    finally:
        if options.scratch is None:
            shutil.rmtree(scratch)
    save("scale-plan", result(rounds, sizes, options.paired, options.rounds))


def result(rounds: Rounds, sizes: list[int], paired: int, count: int) -> dict[str, Any]:
    """What was measured, and whether it is within the bounds."""

    def of(name: str, size: int, share: str, what: str, dimension: int = SMALL) -> list[float]:
        return [one[what] for one in rounds[name, size, dimension, share]]

    plans, answers = [], []
    for (name, size, dimension, share), each in rounds.items():
        kinds = {what: spread([one[what] for one in each]) for what in each[0]}
        keys = {"way": name, "photos": size, "dimension": dimension, "listing": share}
        plans.append({**keys, **kinds})
    for name in ("program", "driver"):
        for share in NEW:
            answer: dict[str, Any] = {"way": name, "listing": share}
            peak = max(of(name, sizes[-1], share, "peak_bytes"))
            answer["peak_bytes"] = {"photos": sizes[-1], "max": peak, "ok": peak <= MOST_BYTES}
            if len(sizes) > 1:
                less, most = (of(name, size, share, "seconds") for size in sizes[-2:])
                more = [b / a for a, b in zip(less, most, strict=True)]
                bound = LINEAR * sizes[-1] / sizes[-2] / 10
                answer["seconds_of_more"] = {**spread(more), "ok": statistics.median(more) <= bound}
            if (f"{name} before", paired, REAL, share) in rounds:
                for what in ("seconds", "cpu"):
                    now = of(name, paired, share, what, REAL)
                    before = of(f"{name} before", paired, share, what, REAL)
                    faster = [a / b for a, b in zip(before, now, strict=True)]
                    ok = statistics.median(faster) >= FASTER
                    answer[f"times_faster_{what}"] = {**spread(faster), "ok": ok}
            answers.append(answer)
    return {"rounds": count, "plans": plans, "answers": answers}


if __name__ == "__main__":
    main()
