"""The lines of BENCHMARKS.md that growth has."""

from collections.abc import Callable, Iterator
from typing import Any

from figures import Row, row, spread

Figures = dict[str, Any]


def _growth(figures: Figures) -> Iterator[Row]:
    what = f"a run over 1 % new photos, of the full run before it ({figures['model']})"
    shares = spread(one["ratio"] for one in figures["rounds"])
    yield row(what, shares, "share", at_most=figures["asked"], readme=True)


def _memory(figures: Figures) -> Iterator[Row]:
    for step, more in figures["growth"].items():
        fewest, most = figures["peak_bytes"]
        what = f"peak memory of `{step}` ({figures['model']}): from {fewest:,} to {most:,} photos"
        yield row(f"{what}, grown by", more, "share")


def _linear(figures: Figures) -> Iterator[Row]:
    for step, slopes in figures["slopes"].items():
        what = f"slope of seconds by photos, in logarithms: `{step}` ({figures['model']})"
        yield row(what, slopes["wall"], "share")


def _s3(figures: Figures) -> Iterator[Row]:
    what = f"photos per second from S3 on the loopback, of those from disk ({figures['model']})"
    yield row(what, spread(one["ratio"]["s3"] for one in figures["rounds"]), "share")


TITLES = {
    "growth": "Growth: 1 % more photos into an output",
    "memory": "Growth: memory by the number of photos",
    "linear": "Growth: seconds by the number of photos",
    "s3": "Photos from an S3 server beside photos on disk",
}
ROWS: dict[str, Callable[[Figures], Iterator[Row]]] = {
    "growth": _growth,
    "memory": _memory,
    "linear": _linear,
    "s3": _s3,
}


def rows(question: str, results: list[Figures]) -> list[Row]:
    """Of every network that a question was measured with."""
    return [line for figures in results for line in ROWS[question](figures)]
