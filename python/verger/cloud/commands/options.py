"""Options that commands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from verger.cloud.prices import load
from verger.errors import BadCall, BadInput

_MOST_SECONDS = 3600
_MOST_PHOTOS = 10**12
_MOST_RATE = 1e6  # photos/s of one core


def cluster(parser: argparse.ArgumentParser) -> None:
    """Which cluster."""
    parser.add_argument(
        "--cluster", metavar="ID", help="j-...; by default the one that runs under the name"
    )


def prices(parser: argparse.ArgumentParser) -> None:
    """At which prices."""
    parser.add_argument(
        "--prices", metavar="FILE", type=_prices, help="prices of yours instead of ours"
    )


def photos_and_out(parser: argparse.ArgumentParser, needed: bool = False) -> None:
    """PHOTOS and OUT."""
    number = None if needed else "?"
    parser.add_argument("photos", metavar="PHOTOS", nargs=number, help="s3://bucket/prefix")
    parser.add_argument("out", metavar="OUT", nargs=number, help="s3://bucket/prefix")


def serverless(parser: argparse.ArgumentParser) -> None:
    """Where the job runs."""
    parser.add_argument(
        "--serverless", action="store_true", help="on EMR Serverless, without a cluster"
    )


def job_of(args: argparse.Namespace) -> str:
    """The job of EMR Serverless that --cluster names. Errors: BadCall where it names none."""
    application, _, job = (args.cluster or "").partition("/")
    if not application or not job:
        raise BadCall("--serverless: give --cluster APPLICATION/JOB, as submit said it")
    return str(args.cluster)


def nodes(parser: argparse.ArgumentParser) -> None:
    """How many nodes."""
    for name in ("core", "task"):
        parser.add_argument(f"--{name}", metavar="N", type=int, help=f"{name} nodes")


def sample(parser: argparse.ArgumentParser, photos: int) -> None:
    """How many photos, `photos` where nobody says, and how fast."""
    parser.add_argument(
        "--count", metavar="N", type=_count, help=f"photos, for time and price ({photos:,} assumed)"
    )
    parser.add_argument(
        "--rate",
        metavar="R",
        type=_rate,
        help="photos/s of one core, as 'verger extract --threads 1 --json' says",
    )


def every(parser: argparse.ArgumentParser) -> None:
    """How often to look."""
    parser.add_argument(
        "--every",
        metavar="S",
        type=_seconds,
        default=15.0,
        help="look every S seconds (%(default)g)",
    )


def _prices(file: str) -> str:
    """A file that can be read as prices, or the call is wrong before anything is sent."""
    try:
        load(Path(file))
    except BadInput as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return file


def _count(text: str) -> int:
    count = int(text)
    if not 1 <= count <= _MOST_PHOTOS:
        raise argparse.ArgumentTypeError(f"give 1 to {_MOST_PHOTOS:,} photos")
    return count


def _rate(text: str) -> float:
    rate = float(text)
    if not 0 < rate <= _MOST_RATE:
        raise argparse.ArgumentTypeError(f"{text}: give more than 0, at most {_MOST_RATE:,.0f}")
    return rate


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= _MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"{text}: give more than 0, at most {_MOST_SECONDS} s")
    return seconds
