"""Stop the cluster, and see it end. Again, or with none running, it does nothing and is content.

It stops what `up` and `run` started under the name, as the tag says: any other only by --force.
"""

from __future__ import annotations

import argparse
import time

from verger.cloud.cluster import Clusters, named
from verger.cloud.commands import options
from verger.cloud.context import Context, say
from verger.cloud.plane import Plane
from verger.cloud.watch import Watch
from verger.errors import BadCall, Failed

_LOOKS = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which."""
    options.cluster(parser)
    options.serverless(parser)
    options.every(parser)
    parser.add_argument("--all", action="store_true", help="all that run under the name")
    parser.add_argument(
        "--force", action="store_true", help="even if --cluster was not started under the name"
    )
    parser.add_argument("--no-wait", action="store_true", help="do not wait until it has ended")


def run(context: Context) -> int:
    """Stops it."""
    args, name = context.args, context.settings.name
    plane: Plane
    if args.serverless:
        plane, ids = context.serverless, [options.job_of(args)]
    else:
        plane = clusters = context.clusters
        ids = _of_cluster(clusters, args) if args.cluster is not None else _of_name(clusters)
    if not ids:
        context.show(f"no cluster named {name} runs: nothing to stop", {"stopped": []})
        return 0
    if len(ids) > 1 and not args.all:
        raise BadCall(f"{len(ids)} clusters run: give --all or --cluster: {', '.join(ids)}")
    failures = []
    for id_ in ids:
        try:
            _stop(context, plane, id_)
        except Failed as error:  # the others are stopped all the same
            failures.append(f"{error}: by hand: {plane.by_hand(id_)}")
    if failures:
        raise Failed("; ".join(failures))
    word = "stopping" if args.no_wait else "stopped"
    context.show_done("\n".join(f"{id_}: {word}" for id_ in ids), {word: ids})
    return 0


def _of_cluster(clusters: Clusters, args: argparse.Namespace) -> list[str]:
    """The one that was asked for. Errors: BadCall if we did not start it, without --force."""
    id_ = named(args.cluster)
    if not args.force and (why := clusters.why_not_ours(clusters.describe(id_))):
        raise BadCall(
            f"{id_}: not stopped, for it may be someone else's: {why}: --force stops it all the "
            "same; --name names yours"
        )
    return [id_]


def _of_name(clusters: Clusters) -> list[str]:
    """Those that we started; says which others have the name."""
    ids = []
    for id_ in (str(one["Id"]) for one in clusters.active()):
        try:
            why = clusters.why_not_ours(clusters.describe(id_))
        except Failed as error:  # it has our name; `_stop` says what else cannot be done
            say(f"{error}")
            why = ""
        if why:
            say(f"{id_}: not stopped, for it may be someone else's: {why}")
        else:
            ids.append(id_)
    return ids


def _stop(context: Context, plane: Plane, id_: str) -> None:
    try:
        seen = plane.look(id_)
    except Failed as error:  # no reason not to stop it
        say(f"{error}; it is stopped all the same")
        plane.stop(id_)
    else:
        if seen.ended:
            return
        if seen.state not in ("TERMINATING", "CANCELLING"):
            plane.stop(id_)
    if context.args.no_wait:
        return
    watch = Watch(plane, lambda: None, say, time.sleep, context.args.every)
    if watch.until_stopped(id_, _LOOKS) is None:
        raise Failed(f"{id_} is stopping, but has not ended yet: 'verger cloud status' shows it")
