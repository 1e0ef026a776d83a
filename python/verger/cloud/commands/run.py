"""Start a cluster, run the job, watch it, stop the cluster, show the first rows and the bill.

Ctrl-C asks whether to stop the cluster: answer n to keep it; any other answer, none within 30 s, or
another Ctrl-C stops it. The cluster also ends by itself soon after its job, even if this computer
is off by then.
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
from verger.cloud.cluster import Status
from verger.cloud.commands import options
from verger.cloud.commands.resized import with_counts
from verger.cloud.context import Context, say, warn
from verger.cloud.first_rows import first_rows
from verger.cloud.starting import signals_raise
from verger.cloud.watch import Watch
from verger.cloud.wheels import risky_wheels
from verger.cloud.whole_run import WholeRun, down_command
from verger.errors import BadInput, Failed, VergerError

_ANSWER_SECONDS = 30
_LISTED = 100  # objects: there are few folder objects, which are no photos


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add PHOTOS, OUT, --core, --task, --prices and --every."""
    options.photos_and_out(parser, needed=True)
    options.nodes(parser)
    options.prices(parser)
    options.every(parser)


def run(context: Context) -> int:
    """Run the job. In the end the cluster is stopped, or the user knows how to stop it."""
    args, photos, out = context.args, context.photos, context.out
    context.settings = settings = with_counts(context.settings, args)
    warn(check(settings, context.today, photos, out))
    warn(context.prices.risks(settings, context.today))
    files = uploads(settings)
    warn([*risky_wheels(Path(settings.bootstrap.folder))])
    context.sums = sums_of(files)
    bucket = context.bucket
    bucket.check_regions(*places(settings, photos, out, files))
    _require_photos(context, photos)
    for url in bucket.put_what_changed(files):
        say(f"uploaded {url}")
    clusters, price = context.clusters, costs.hour_text(context)

    def announce(id_: str) -> None:
        say(f"{id_} is starting, {price}; Ctrl-C stops it; {clusters.lifetime()}")

    watch = Watch(clusters, lambda: bucket.progress(out), say, time.sleep, args.every)
    whole = WholeRun(clusters, watch, _ask, say, time.sleep, announce)
    with signals_raise():
        try:
            whole.run(secrets.token_hex(8), photos, out)
        except (VergerError, KeyboardInterrupt):
            if not whole.keep_running:
                _say_bill(context, whole)
            raise
    rows = _rows(context, out)
    status = whole.wait_for_end()
    bill = _bill(context, whole, status)
    summary: dict[str, Any] = {"id": whole.id, "out": out, "rows": rows, "bill": bill}
    text = [rows] if rows else [f"{out}: done"]
    text += [f"{whole.id}: {costs.bill_text(bill)}"] if bill else []
    context.show_done("\n".join(text), summary)
    if status is None and whole.id is not None:
        raise Failed(
            f"the job is done, but {whole.id} may still run: to stop it: {down_command(whole.id)}, "
            f"or {clusters.aws_stop_command(whole.id)}"
        )
    return 0


def _require_photos(context: Context, photos: str) -> None:
    """Errors: BadInput if nothing is below PHOTOS. A denied listing is no error."""
    bucket, key = split(photos)
    prefix = key.rstrip("/")
    try:
        with aws_errors(f"list {photos}"):
            answer = context.aws.client("s3").list_objects_v2(
                Bucket=bucket, Prefix=prefix, MaxKeys=_LISTED
            )
    except NotSeen:
        return
    names = [str(one["Key"]) for one in answer.get("Contents", [])]
    below = f"{prefix}/" if prefix else ""
    if answer.get("IsTruncated") or any(
        name == prefix or (name.startswith(below) and not name.endswith("/")) for name in names
    ):
        return
    raise BadInput(
        f"{photos} has no photos, nothing was started: upload photos, or correct the URL"
    )


def _rows(context: Context, out: str) -> str:
    try:
        return first_rows(context, out)
    except VergerError as error:  # the job is done all the same
        say(f"verger cloud: the first rows could not be read: {error}")
        return ""


def _bill(context: Context, whole: WholeRun, status: Status | None) -> dict[str, Any]:
    if status is None or whole.id is None:
        return {}
    try:
        return costs.bill(context, status, whole.id)
    except VergerError as error:
        say(f"verger cloud: the bill could not be made: {error}")
        return {}


def _say_bill(context: Context, whole: WholeRun) -> None:
    """Report the bill of a cluster whose run failed, as far as it is known without waiting."""
    if whole.id is None:
        return
    try:
        status = whole.clusters.status(whole.id)
        say(f"{whole.id}: {costs.bill_text(costs.bill(context, status, whole.id))}")
    except (VergerError, KeyboardInterrupt):
        return


def _ask(question: str) -> bool:
    """Return False for an answer that begins with n; no terminal or no answer is a yes."""
    if not sys.stdin.isatty():
        return True
    say(f"\nAnswer n to keep it; any other answer, or none within {_ANSWER_SECONDS} s, stops it.")
    print(question, end="", file=sys.stderr, flush=True)
    if not select.select([sys.stdin], [], [], _ANSWER_SECONDS)[0]:
        return True
    return not sys.stdin.readline().strip().lower().startswith("n")
