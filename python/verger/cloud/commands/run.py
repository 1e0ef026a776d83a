"""Do it all: start a cluster, run the job, watch it, stop it, show the first rows and the bill.

Ctrl-C asks whether to stop the cluster: an answer that begins with n keeps it; any other, none
within 30 s, or another Ctrl-C stops it. It also ends by itself soon after its job, should this
computer be gone by then.
"""

from __future__ import annotations

import argparse
import secrets
import select
import sys
import time
from pathlib import Path
from typing import Any

from verger.cloud import costs
from verger.cloud.aws import NotSeen, aws_errors
from verger.cloud.bucket import places, split, sums_of, uploads
from verger.cloud.checks import check
from verger.cloud.commands import options
from verger.cloud.commands.resized import with_counts
from verger.cloud.context import Context, say, warn
from verger.cloud.first_rows import first_rows
from verger.cloud.plane import Look, Plane
from verger.cloud.starting import signals_raise
from verger.cloud.watch import Watch
from verger.cloud.wheels import risky_wheels
from verger.cloud.whole_run import WholeRun
from verger.errors import BadInput, Failed, VergerError

_ANSWER_SECONDS = 30
_LOOKED_AT = 100  # objects: folders' own, of which there are few, are no photos


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """PHOTOS OUT."""
    options.photos_and_out(parser, needed=True)
    options.serverless(parser)
    options.nodes(parser)
    options.prices(parser)
    options.every(parser)


def run(context: Context) -> int:
    """Runs the job. Whatever happens, the cluster is stopped, or it is said how to."""
    args, photos, out = context.args, context.photos, context.out
    context.settings = settings = with_counts(context.settings, args)
    warn(check(settings, context.today, args.serverless, photos, out))
    warn(context.prices.risks(settings, context.today))
    files = uploads(settings, args.serverless)
    warn([*risky_wheels(Path(settings.bootstrap.folder))])
    context.sums = "" if args.serverless else sums_of(files)
    bucket = context.bucket
    bucket.check_regions(*places(settings, photos, out, files))
    _need_photos(context, photos)
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
            if not whole.keep_running:
                _say_bill(context, whole)
            raise
    rows = _rows(context, out)
    look = whole.wait_for_end()
    bill = _bill(context, whole, look)
    summary: dict[str, Any] = {"id": whole.id, "out": out, "rows": rows, "bill": bill}
    text = [rows] if rows else [f"{out}: done"]
    text += [f"{whole.id}: {costs.bill_text(bill)}"] if bill else []
    context.show_done("\n".join(text), summary)
    if look is None and whole.id is not None:
        raise Failed(
            f"the job is done, but {whole.id} may still run: to stop it: {plane.by_us(whole.id)}, "
            f"or {plane.by_hand(whole.id)}"
        )
    return 0


def _need_photos(context: Context, photos: str) -> None:
    """Errors: BadInput if nothing is below PHOTOS, before anything costs. Denied is no answer."""
    bucket, key = split(photos)
    prefix = key.rstrip("/")
    try:
        with aws_errors(f"list {photos}"):
            answer = context.aws.client("s3").list_objects_v2(
                Bucket=bucket, Prefix=prefix, MaxKeys=_LOOKED_AT
            )
    except NotSeen:
        return
    names = [str(one["Key"]) for one in answer.get("Contents", [])]
    below = f"{prefix}/" if prefix else ""
    if answer.get("IsTruncated") or any(
        name == prefix or (name.startswith(below) and not name.endswith("/")) for name in names
    ):
        return
    raise BadInput(f"{photos}: no photos there, nothing was started: put some, or correct the URL")


def _rows(context: Context, out: str) -> str:
    try:
        return first_rows(context, out)
    except VergerError as error:  # the job is done all the same
        say(f"verger cloud: the first rows could not be read: {error}")
        return ""


def _bill(context: Context, whole: WholeRun, look: Look | None) -> dict[str, Any]:
    if look is None or whole.id is None:
        return {}
    try:
        if context.args.serverless:
            return costs.serverless_bill(context, look, context.serverless.hours(whole.id))
        return costs.bill(context, look, whole.id)
    except VergerError as error:
        say(f"verger cloud: the bill could not be made: {error}")
        return {}


def _say_bill(context: Context, whole: WholeRun) -> None:
    """Of a cluster whose run failed, as far as it can be told without waiting."""
    if whole.id is None or context.args.serverless:
        return
    try:
        look = whole.plane.look(whole.id)
        say(f"{whole.id}: {costs.bill_text(costs.bill(context, look, whole.id))}")
    except (VergerError, KeyboardInterrupt):
        return


def _ask(question: str) -> bool:
    """Whether the answer does not begin with n; nobody there, or none in time, is a yes."""
    if not sys.stdin.isatty():
        return True
    say(
        f"\nAn answer that begins with n keeps it; any other, or none within {_ANSWER_SECONDS} s, "
        "stops it."
    )
    print(question, end="", file=sys.stderr, flush=True)
    if not select.select([sys.stdin], [], [], _ANSWER_SECONDS)[0]:
        return True
    return not sys.stdin.readline().strip().lower().startswith("n")
