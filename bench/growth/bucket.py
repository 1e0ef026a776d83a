"""Photos per second from an S3 server on the loopback, beside the same photos on disk."""

import shutil
import statistics
from pathlib import Path
from typing import Any

from growth.compared import Rows, features, features_apart
from growth.networks import options
from growth.processes import ProgramRun, verger
from s3.server import S3Server, running_s3_server

ASKED = 0.95  # of the photos per second from disk
PHOTOS = "photos"  # prefix in the bucket
FEATURES_APART = 1e-6  # of the largest feature
WAYS = ("disk", "s3", "s3_both")


def measure(network: str, photos: Path, scratch: Path, rounds: int) -> dict[str, Any]:
    """Rounds of `verger extract`, its ways in turn, every other round backwards.

    disk      from disk to disk
    s3        from the bucket to disk; `ratio` is its photos per second to disk's
    s3_both   from the bucket to the bucket

    The server runs on the same cores: what it needs, the program has not. Photos per second are of
    the process from start to end; `extracting` leaves out opening the network and listing.
    """
    model = options(network, scratch)
    with running_s3_server(scratch / "server") as server:
        bucket = server.new_bucket()
        server.put_folder(bucket, PHOTOS, photos)
        figures = []
        for number in range(rounds):
            order = WAYS if number % 2 == 0 else WAYS[::-1]
            out = f"out-{number}"
            figures.append(_round(server, bucket, photos, model, scratch / out, order))
    return {
        "model": network,
        "ratio": statistics.median(figure["ratio"]["s3"] for figure in figures),
        "ratio_both": statistics.median(figure["ratio"]["s3_both"] for figure in figures),
        "asked": ASKED,
        "rounds": figures,
    }


def _round(
    server: S3Server,
    bucket: str,
    photos: Path,
    model: list[str],
    out: Path,
    order: tuple[str, ...],
) -> dict[str, Any]:
    runs: dict[str, ProgramRun] = {}
    rows: dict[str, Rows] = {}
    for way in order:
        source = photos if way == "disk" else f"s3://{bucket}/{PHOTOS}"
        target = f"s3://{bucket}/{out.name}" if way == "s3_both" else out
        runs[way] = verger("extract", source, target, *model, env=server.environment())
        if way == "s3_both":
            rows[way] = features(f"{bucket}/{out.name}", server.filesystem())
        else:
            rows[way] = features(out)
            shutil.rmtree(out)
    apart = {way: features_apart(rows[way], rows["disk"]) for way in WAYS}
    assert max(apart.values()) <= FEATURES_APART, f"features differ: {apart}"
    count = len(rows["disk"][0])
    rate = {way: count / runs[way].cost.wall for way in WAYS}
    return {
        "photos": count,
        "photos_per_second": rate,
        "extracting": {way: runs[way].summary["photos_per_second"] for way in WAYS},
        "cpu_seconds": {way: runs[way].cost.cpu for way in WAYS},
        "requests": {way: runs[way].summary.get("s3") for way in WAYS},
        "ratio": {way: rate[way] / rate["disk"] for way in WAYS},
    }
