"""Give the job to the cluster that runs: pca.py PHOTOS OUT.

The same job again goes on where it stopped, and does only what is new.
"""

from __future__ import annotations

import argparse
import secrets
import time
from pathlib import Path

from verger.cloud.bucket import places, uploads
from verger.cloud.checks import check
from verger.cloud.commands import options
from verger.cloud.context import Context, say, warn
from verger.cloud.starting import start_surely
from verger.cloud.wheels import risky_wheels


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where photos and output are, and which cluster."""
    options.photos_and_out(parser)
    options.cluster(parser)
    options.serverless(parser)


def run(context: Context) -> int:
    """Submits it; does not wait."""
    args, settings, photos, out = context.args, context.settings, context.photos, context.out
    warn(check(settings, context.today, args.serverless, photos, out))
    bucket = context.bucket
    if args.serverless:
        files = uploads(settings, serverless=True)
        warn([*risky_wheels(Path(settings.bootstrap.folder))])
        bucket.check_regions(*places(settings, photos, out, files))
        for url in bucket.put_what_changed(files):
            say(f"uploaded {url}")
        plane, launch = context.serverless, secrets.token_hex(8)
        job = start_surely(plane, launch, lambda: plane.start(launch, photos, out), say, time.sleep)
        context.show_done(
            f"{job} is submitted; {plane.left_alone()}\n"
            f"  to watch it:  verger cloud status --serverless --cluster {job} --watch\n"
            f"  to stop it:   verger cloud down --serverless --cluster {job}\n"
            f"  its results:  {out}",
            {"job": job, "photos": photos, "out": out},
        )
        return 0
    bucket.check_regions(*places(settings, photos, out))
    clusters = context.clusters
    cluster = clusters.resolve(args.cluster)
    step = clusters.submit(cluster, photos, out)
    say(f"{cluster}: step {step} is submitted")
    context.show_done(
        f"{cluster}: step {step} is submitted\n"
        f"  to watch it:  verger cloud status --cluster {cluster} --step {step} --watch\n"
        f"  its results:  {out}",
        {"cluster": cluster, "step": step, "photos": photos, "out": out},
    )
    return 0
