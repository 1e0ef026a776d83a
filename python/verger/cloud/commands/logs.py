"""Print the log of a step, or the URLs of all logs. EMR copies them into the bucket every 5
minutes."""

from __future__ import annotations

import argparse

from verger.cloud.commands import options
from verger.cloud.context import Context
from verger.errors import BadCall, StorageError

_LINES = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --cluster, --step, --stdout, --bootstrap and --list."""
    options.cluster(parser)
    parser.add_argument("--step", metavar="ID", help="s-...; the latest by default")
    parser.add_argument(
        "--stdout", action="store_true", help="print what the job printed: rows, sums"
    )
    parser.add_argument(
        "--bootstrap", action="store_true", help="print what bootstrap.sh wrote, on each node"
    )
    parser.add_argument("--list", action="store_true", help="print the URLs of all logs")


def run(context: Context) -> int:
    """Print the last 100 lines of each log."""
    args, settings, bucket = context.args, context.settings, context.bucket
    bucket.check_regions(settings.logs)
    clusters = context.clusters
    id_ = clusters.resolve(args.cluster, or_ended=True)
    below = f"{settings.logs}{id_}/"
    if args.list:
        urls = list(bucket.names(below))
        context.show("\n".join(urls) or f"no logs below {below} yet", {"logs": urls})
        return 0
    if args.bootstrap:
        urls = [url for url in bucket.names(f"{below}node/") if "/bootstrap-actions/" in url]
    else:
        step = args.step or _latest(context, id_)
        name = "stdout" if args.stdout else "stderr"
        urls = [url for url in bucket.names(f"{below}steps/{step}/") if f"/{name}" in url]
    if not urls:
        raise StorageError(
            f"no such log below {below} yet: EMR copies them every 5 minutes: try again, or see "
            "--list"
        )
    texts = {url: bucket.read(url).decode("utf-8", "replace") for url in urls}
    context.show(
        "\n".join(f"== {url}\n" + _last_lines(text) for url, text in texts.items()),
        {"logs": texts},
    )
    return 0


def _latest(context: Context, id_: str) -> str:
    steps = context.clusters.steps(id_)
    if not steps:
        raise BadCall(f"{id_} has no step yet: start one by 'verger cloud submit'")
    return str(steps[0]["Id"])


def _last_lines(text: str) -> str:
    return "\n".join(text.splitlines()[-_LINES:])
