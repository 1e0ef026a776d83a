"""Figures of rounds, and the rows that bench/report.py makes tables of."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

Spread = dict[str, float]
Row = dict[str, Any]


def spread(values: Iterable[float]) -> Spread:
    """Least, median and largest of the values, and how many they are."""
    known = list(values)
    return {
        "min": min(known),
        "median": statistics.median(known),
        "max": max(known),
        "rounds": len(known),
    }


def ratios(above: Sequence[float], below: Sequence[float]) -> Spread:
    """Of two series measured in the same rounds: each divided by its neighbour in time."""
    return spread(a / b for a, b in zip(above, below, strict=True))


def row(
    what: str,
    value: float | Spread,
    unit: str = "x",
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    readme: bool = False,
) -> Row:
    """A line of BENCHMARKS.md, and of the README if it says so.

    `unit`: "x" how many times as fast, "share" of something, "cosine", "seconds", "photos/s",
    "MB", "ms", "points" or "count". `at_least`, `at_most`: what the median is wanted to be.
    """
    entry: Row = {"what": what, "unit": unit}
    entry |= value if isinstance(value, dict) else {"median": value}
    if at_least is not None:
        entry["at_least"] = at_least
    if at_most is not None:
        entry["at_most"] = at_most
    if readme:
        entry["readme"] = True
    return entry
