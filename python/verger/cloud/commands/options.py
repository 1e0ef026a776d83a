"""Options that commands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from verger.cloud.prices import load
from verger.errors import BadInput

_MAX_SECONDS = 3600
_MAX_PHOTOS = 10**12
_MAX_RATE = 1e6  # photos/s of one core


def cluster(parser: argparse.ArgumentParser) -> None:
    """Add --cluster."""
    parser.add_argument(
        "--cluster", metavar="ID", help="j-...; by default the cluster that runs under the name"
    )


def prices(parser: argparse.ArgumentParser) -> None:
    """Add --prices, whose file must be valid."""
    parser.add_argument(
        "--prices", metavar="FILE", type=_prices, help="price file to use instead of the package's"
    )


def photos_and_out(parser: argparse.ArgumentParser, needed: bool = False) -> None:
    """Add PHOTOS and OUT."""
    number = None if needed else "?"
    parser.add_argument("photos", metavar="PHOTOS", nargs=number, help="s3://bucket/prefix")
    parser.add_argument("out", metavar="OUT", nargs=number, help="s3://bucket/prefix")


def nodes(parser: argparse.ArgumentParser) -> None:
    """Add --core and --task."""
    for name in ("core", "task"):
        parser.add_argument(f"--{name}", metavar="N", type=int, help=f"{name} nodes")


def sample(parser: argparse.ArgumentParser, photos: int) -> None:
    """Add --count, by default `photos`, and --rate."""
    parser.add_argument(
        "--count", metavar="N", type=_count, help=f"photos, for time and price ({photos:,} assumed)"
    )
    parser.add_argument(
        "--rate",
        metavar="R",
        type=_rate,
        help="photos/s of one core, as 'verger extract --threads 1 --json' reports",
    )


def every(parser: argparse.ArgumentParser) -> None:
    """Add --every."""
    parser.add_argument(
        "--every",
        metavar="S",
        type=_seconds,
        default=15.0,
        help="check every S seconds (%(default)g)",
    )


def _prices(file: str) -> str:
    """Return the name of a valid price file; errors come before anything is sent."""
    try:
        load(Path(file))
    except BadInput as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return file


def _count(text: str) -> int:
    count = int(text)
    if not 1 <= count <= _MAX_PHOTOS:
        raise argparse.ArgumentTypeError(f"give 1 to {_MAX_PHOTOS:,} photos")
    return count


def _rate(text: str) -> float:
    rate = float(text)
    if not 0 < rate <= _MAX_RATE:
        raise argparse.ArgumentTypeError(f"{text}: give more than 0, at most {_MAX_RATE:,.0f}")
    return rate


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= _MAX_SECONDS:
        raise argparse.ArgumentTypeError(f"{text}: give more than 0, at most {_MAX_SECONDS} s")
    return seconds
