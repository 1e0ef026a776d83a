"""Start the cluster: upload what its nodes need, and print its price and how to stop it.

It ends by itself after the idle time of the settings.
"""

from __future__ import annotations

import argparse
import secrets
import time
from pathlib import Path

from verger.cloud import costs
from verger.cloud.bucket import sums_of, uploads
from verger.cloud.checks import check
from verger.cloud.cluster import Clusters
from verger.cloud.commands import options
from verger.cloud.commands.resized import with_counts
from verger.cloud.context import Context, say, warn
from verger.cloud.starting import start_or_find
from verger.cloud.wheels import risky_wheels
from verger.errors import Failed, InUse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --core, --task, --prices and --another."""
    options.nodes(parser)
    options.prices(parser)
    parser.add_argument(
        "--another", action="store_true", help="start another even if one runs under the name"
    )


def run(context: Context) -> int:
    """Start a cluster without a job."""
    context.settings = settings = with_counts(context.settings, context.args)
    warn([*check(settings, context.today), *context.prices.risks(settings, context.today)])
    files = uploads(settings)
    warn([*risky_wheels(Path(settings.bootstrap.folder))])
    context.sums = sums_of(files)
    price = costs.hour_text(context)
    clusters, bucket = context.clusters, context.bucket
    bucket.check_regions(*(file.url for file in files), settings.logs)
    running = [str(cluster["Id"]) for cluster in clusters.active()]
    if running and not context.args.another:
        raise InUse("; ".join(_in_use(clusters, id_, settings.name) for id_ in running))
    for url in bucket.put_what_changed(files):
        say(f"uploaded {url}")
    launch = secrets.token_hex(8)
    id_ = start_or_find(clusters, launch, say, time.sleep)
    context.show_done(
        f"{id_} is starting, {price}; {clusters.lifetime()}{costs.idle_text(context)}\n"
        f"  to watch it:  verger cloud status --cluster {id_}\n"
        f"  to feed it:   verger cloud submit --cluster {id_}\n"
        f"  to stop it:   verger cloud down --cluster {id_}",
        {"cluster": id_, "price": price, "idle_seconds": settings.idle_seconds},
    )
    return 0


def _in_use(clusters: Clusters, id_: str, name: str) -> str:
    """Return the error that a cluster runs under the name: `down` stops it only if it is ours."""
    runs = f"{id_} runs under the name {name}"
    try:
        why = clusters.why_not_ours(id_)
    except Failed as error:
        why = str(error)
    if why:
        return f"{runs}, and may be another user's: {why}: give another --name, or --another"
    return f"{runs}: use it, stop it by 'verger cloud down --cluster {id_}', or give --another"
