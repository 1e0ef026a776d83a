"""Every network in every precision: beside bare inference, beside fp32, and how near to it."""

import shutil
import statistics
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cosine import cosines, same_bytes
from end_to_end.run import some_of
from figures import Row, Spread, ratios, row, spread
from precision.bare import Bare
from precision.cases import HELD, Case, has_vnni
from whole_runs import Program

Figures = dict[str, Any]
QUICK_BARE_SECONDS, BARE_SECONDS = 2.0, 8.0  # that a measurement of bare inference takes, about


def measure(
    case: Case,
    precisions: list[str],
    photos: Path,
    scratch: Path,
    rounds: int,
    quick: bool,
    variables: Mapping[str, str],
) -> Figures:
    """Rounds in which each precision has its turn: bare inference, a whole run, bare inference.

    `variables`: environment variables that bound the engine's kernels, for both.
    """
    program = Program(scratch, variables)
    bares = {name: _bare(case, name, photos, quick, variables) for name in precisions}
    out = {name: scratch / f"out-{name}" for name in precisions}
    rounds_by_precision: dict[str, list[Figures]] = {name: [] for name in precisions}
    for turn in range(rounds):
        for name in precisions if turn % 2 == 0 else reversed(precisions):
            shutil.rmtree(out[name], ignore_errors=True)
            before = bares[name].rate()
            done = program.run("run", photos, out[name], *case.options, "--precision", name)
            beside = statistics.mean([before, bares[name].rate()])
            extracting = done.summary["photos_per_second"]
            rounds_by_precision[name].append(
                {
                    "bare": beside,
                    "rate": done.rate,
                    "extracting": extracting,
                    "of_bare": done.rate / beside,
                    "extracting_of_bare": extracting / beside,
                    "peak_mb": done.peak_mb,
                }
            )
    near = {
        name: cosines(out["fp32"] / "Preprocessing", out[name] / "Preprocessing")
        for name in precisions
        if name != "fp32"
    }
    for folder in out.values():
        shutil.rmtree(folder)
    streams = {name: bares[name].streams for name in precisions}
    count = sum(1 for _ in photos.rglob("*.jpg"))
    result = {"rounds": rounds_by_precision, "cosine": near, "streams": streams}
    return {"photos": count, "held": dict(variables), **result}


def _bare(
    case: Case, precision: str, photos: Path, quick: bool, variables: Mapping[str, str]
) -> Bare:
    """Bare inference of so many images that they take about as long as is asked."""
    first = Bare(case, precision, photos, 64, variables)
    images = int(first.rate() * (QUICK_BARE_SECONDS if quick else BARE_SECONDS))
    return Bare(case, precision, photos, images, variables)


def same_when_held(case: Case, photos: Path, few: int, scratch: Path) -> bool:
    """Whether int8 gives the same features, to the bit, with kernels held to AVX2 and with all.

    Both continue one output of a few photos, and so have its calibration.
    """
    begun = scratch / "begun"
    first = some_of(photos, few, scratch / "few")
    Program(scratch).run("extract", first, begun, *case.options, "--precision", "int8")
    outs = []
    for name, variables in (("free", {}), ("held", HELD)):
        out = scratch / name
        shutil.copytree(begun, out)
        Program(scratch, variables).run("extract", photos, out, *case.options)
        outs.append(out / "Preprocessing")
    same = same_bytes(*outs)
    if not same:
        print(f"bench/precision: {case.name}: held: {cosines(*outs)}", file=sys.stderr)
    shutil.rmtree(scratch)
    return same


def rows(case: Case, figures: Figures) -> Iterator[Row]:
    """Lines of BENCHMARKS.md."""
    rounds, avx2_only = figures["rounds"], bool(figures["held"])
    isa = ", kernels held to AVX2" if avx2_only else ""
    of = f"{case.name} at {case.side}, {figures['photos']:,} photos{isa}"
    for name in rounds:
        if name != "fp32":
            faster = ratios(_each(rounds, name, "rate"), _each(rounds, "fp32", "rate"))
            least = _least_over_fp32(case, avx2_only) if name == "int8" else None
            what = f"`verger run --precision {name}` beside fp32: {of}"
            yield row(what, faster, at_least=least, readme=name == "int8" and not avx2_only)
            bare = ratios(_each(rounds, name, "bare"), _each(rounds, "fp32", "bare"))
            yield row(f"... and bare inference in {name} beside fp32", bare)
    for name in rounds:
        least = case.of_bare_int8 if name == "int8" and case.of_bare_int8 else case.of_bare
        yield row(
            f"photos per second of `verger run --precision {name}`, of bare inference in it: {of}",
            spread(_each(rounds, name, "of_bare")),
            "share",
            at_least=None if avx2_only else least,
            readme=name == "fp32" and least is not None and not avx2_only,
        )
        while_it = spread(_each(rounds, name, "extracting_of_bare"))
        yield row("... while it extracts", while_it, "share")
    if not avx2_only:
        yield from _near_rows(case, figures, of)


def _near_rows(case: Case, figures: Figures, of: str) -> Iterator[Row]:
    rounds = figures["rounds"]
    for name, near in figures["cosine"].items():
        least = case.least_cosine if name == "int8" else None
        value: Spread = {"median": near["mean"], "min": near["min"]}
        yield row(f"features in {name} to those in fp32, mean and least: {of}", value, "cosine",
                  at_least=least)  # fmt: skip
        memory = ratios(_each(rounds, name, "peak_mb"), _each(rounds, "fp32", "peak_mb"))
        most = 1.0 if name == "int8" else None
        yield row(f"peak memory in {name}, of that in fp32: {of}", memory, "share", at_most=most)


def _least_over_fp32(case: Case, avx2_only: bool) -> float | None:
    return case.int8_over_fp32 if has_vnni() and not avx2_only else case.held_int8_over_fp32


def _each(rounds: dict[str, list[Figures]], precision: str, name: str) -> list[float]:
    return [one[name] for one in rounds[precision]]
