"""Submit the job pca.py PHOTOS OUT to the running cluster.

The same job, submitted again, continues where it stopped, and processes only new photos.
"""

from __future__ import annotations

import argparse

from verger.cloud.bucket import places
from verger.cloud.checks import check
from verger.cloud.commands import options
from verger.cloud.context import Context, say, warn


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add PHOTOS, OUT and --cluster."""
    options.photos_and_out(parser)
    options.cluster(parser)


def run(context: Context) -> int:
    """Submit the job without waiting for it."""
    settings, photos, out = context.settings, context.photos, context.out
    warn(check(settings, context.today, photos, out))
    context.bucket.check_regions(*places(settings, photos, out))
    cluster = context.clusters.resolve(context.args.cluster)
    step = context.clusters.submit(cluster, photos, out)
    say(f"{cluster}: step {step} is submitted")
    context.show_done(
        f"{cluster}: step {step} is submitted\n"
        f"  to watch it:  verger cloud status --cluster {cluster} --step {step} --watch\n"
        f"  its results:  {out}",
        {"cluster": cluster, "step": step, "photos": photos, "out": out},
    )
    return 0
