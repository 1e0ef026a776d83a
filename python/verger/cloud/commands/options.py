"""Options that commands share."""

from __future__ import annotations

import argparse


def cluster(parser: argparse.ArgumentParser) -> None:
    """Which cluster."""
    parser.add_argument(
        "--cluster", metavar="ID", help="j-...; by default the one that runs under the name"
    )


def prices(parser: argparse.ArgumentParser) -> None:
    """At which prices."""
    parser.add_argument("--prices", metavar="FILE", help="prices of yours instead of ours")


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


def nodes(parser: argparse.ArgumentParser) -> None:
    """How many nodes."""
    for name in ("core", "task"):
        parser.add_argument(f"--{name}", metavar="N", type=int, help=f"{name} nodes")


def every(parser: argparse.ArgumentParser) -> None:
    """How often to look."""
    parser.add_argument(
        "--every", metavar="S", type=float, default=15.0, help="look every S seconds (%(default)g)"
    )
