"""Give the job to the cluster that runs: pca.py PHOTOS OUT.

The same job again goes on where it stopped, and does only what is new.
"""

from __future__ import annotations

import argparse
import secrets

from verger.cloud.bucket import uploads
from verger.cloud.checks import check
from verger.cloud.commands import options
from verger.cloud.context import Context, say, warn


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where photos and output are, and which cluster."""
    options.photos_and_out(parser)
    options.cluster(parser)
    options.serverless(parser)


def run(context: Context) -> int:
    """Submits it; does not wait."""
    args, settings, photos, out = context.args, context.settings, context.photos, context.out
    warn(check(settings, context.today, args.serverless))
    bucket = context.bucket
    if args.serverless:
        files = uploads(settings, serverless=True)
        bucket.check_regions(settings.script, photos, out)
        for url in bucket.put_what_changed(files):
            say(f"uploaded {url}")
        job = context.serverless.start(secrets.token_hex(8), photos, out)
        context.show(
            f"{job} is submitted: verger cloud status --serverless --cluster {job}", {"job": job}
        )
        return 0
    bucket.check_regions(settings.script, photos, out)
    clusters = context.clusters
    cluster = clusters.chosen(args.cluster)
    step = clusters.submit(cluster, photos, out)
    context.show(
        f"{cluster}: step {step} is submitted\n"
        f"  to watch it:  verger cloud status --cluster {cluster} --step {step} --watch\n"
        f"  its results:  {out}",
        {"cluster": cluster, "step": step, "photos": photos, "out": out},
    )
    return 0
