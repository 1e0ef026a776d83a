"""Do it all: start a cluster, run the job, watch it, stop it, show the first rows and the bill.

Ctrl-C asks whether to stop the cluster; without an answer it is stopped. It also ends by itself
soon after its job, should this computer be gone by then.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from typing import Any

from verger.cloud import costs
from verger.cloud.bucket import places, sums_of, uploads
from verger.cloud.checks import check
from verger.cloud.commands import options
from verger.cloud.commands.resized import with_counts
from verger.cloud.context import Context, say, warn
from verger.cloud.first_rows import first_rows
from verger.cloud.plane import Plane
from verger.cloud.starting import signals_raise
from verger.cloud.watch import Watch
from verger.cloud.whole_run import WholeRun
from verger.errors import VergerError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """PHOTOS OUT."""
    options.photos_and_out(parser, needed=True)
    options.serverless(parser)
    options.nodes(parser)
    options.prices(parser)
    options.every(parser)


def run(context: Context) -> int:
    """Runs the job. Whatever happens, the cluster is stopped, or it is said how to."""
    args = context.args
    context.settings = settings = with_counts(context.settings, args)
    warn(check(settings, context.today, args.serverless))
    files = uploads(settings, args.serverless)
    context.sums = "" if args.serverless else sums_of(files)
    bucket, photos, out = context.bucket, context.photos, context.out
    bucket.check_regions(*places(settings, photos, out, files))
    for url in bucket.put_what_changed(files):
        say(f"uploaded {url}")
    plane: Plane = context.serverless if args.serverless else context.clusters
    price = "" if args.serverless else f", {costs.hour_text(context)}"

    def announce(id_: str) -> None:
        say(f"{id_} is starting{price}; Ctrl-C stops it; {plane.left_alone()}")

    watch = Watch(plane, lambda: bucket.progress(out), say, time.sleep, args.every)
    whole = WholeRun(plane, watch, _ask, say, time.sleep, announce)
    with signals_raise():
        try:
            whole.run(secrets.token_hex(8), photos, out)
        except (VergerError, KeyboardInterrupt):
            _say_bill(context, whole)
            raise
    rows = _rows(context, out)
    bill = _bill(context, whole)
    found: dict[str, Any] = {"id": whole.id, "out": out, "rows": rows, "bill": bill}
    text = [rows] if rows else []
    context.show("\n".join([*text, f"{whole.id}: {costs.bill_text(bill)}" if bill else ""]), found)
    return 0


def _rows(context: Context, out: str) -> str:
    try:
        return first_rows(context, out)
    except VergerError as error:  # the job is done all the same
        say(f"verger cloud: the first rows could not be read: {error}")
        return ""


def _bill(context: Context, whole: WholeRun) -> dict[str, Any]:
    seen = whole.wait_for_end()
    if seen is None or whole.id is None:
        return {}
    try:
        used = context.serverless.hours(whole.id) if context.args.serverless else None
        return costs.bill(context, seen, used)
    except VergerError as error:
        say(f"verger cloud: the bill could not be made: {error}")
        return {}


def _say_bill(context: Context, whole: WholeRun) -> None:
    """Of a run that failed, as far as it can be told without waiting."""
    if whole.id is None:
        return
    try:
        seen = whole.plane.look(whole.id)
        if not context.args.serverless:
            say(f"{whole.id}: {costs.bill_text(costs.bill(context, seen))}")
    except (VergerError, KeyboardInterrupt):
        return


def _ask(question: str) -> bool:
    """Whether the answer is not no; nobody there is a yes."""
    if not sys.stdin.isatty():
        return True
    print(f"\n{question}", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() not in ("n", "no")
