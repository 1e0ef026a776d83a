"""Stop the cluster and wait until it has ended. If none runs, do nothing and succeed.

Stops only clusters that `up` and `run` started under the name, by their tag; others need --force.
"""

from __future__ import annotations

import argparse
import time

from verger.cloud.cluster import Clusters
from verger.cloud.commands import options
from verger.cloud.context import Context, say
from verger.cloud.watch import Watch
from verger.errors import BadCall, Failed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --cluster, --every, --all, --force and --no-wait."""
    options.cluster(parser)
    options.every(parser)
    parser.add_argument(
        "--all", action="store_true", help="stop all clusters that run under the name"
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="stop --cluster also if it was not started under the name",
    )
    parser.add_argument(
        "--no-wait", action="store_true", help="do not wait until the cluster has ended"
    )


def run(context: Context) -> int:
    """Stop one cluster, or with --all several."""
    args, clusters = context.args, context.clusters
    others = False
    if args.cluster is not None:
        ids = [_checked(clusters, args.cluster, args.force)]
    else:
        ids, others = _of_name(clusters)
    if not ids:
        runs = "runs that we started" if others else "runs"
        context.show(
            f"no cluster named {context.settings.name} {runs}: nothing to stop", {"stopped": []}
        )
        return 0
    if len(ids) > 1 and not args.all:
        raise BadCall(f"{len(ids)} clusters run: give --all or --cluster: {', '.join(ids)}")
    failures: list[str] = []
    stopping = _stop(clusters, ids, failures)
    if not args.no_wait:  # all are stopping before we wait for the first
        _wait(context, clusters, stopping, failures)
    if failures:
        raise Failed("; ".join(failures))
    word = "stopping" if args.no_wait else "stopped"
    context.show_done("\n".join(f"{id_}: {word}" for id_ in ids), {word: ids})
    return 0


def _checked(clusters: Clusters, id_: str, force: bool) -> str:
    """Return the id. Errors, without `force`: BadCall if another user may have started the cluster,
    Failed if that is unknown.
    """
    if force:
        return id_
    remedy = "--force stops it anyway"
    try:
        why = clusters.why_not_ours(id_)
    except Failed as error:
        raise Failed(
            f"{id_}: not stopped, because it may be another user's: {error}: {remedy}"
        ) from error
    if why:
        raise BadCall(
            f"{id_}: not stopped, because it may be another user's: {why}: {remedy}; --name "
            "names yours"
        )
    return id_


def _of_name(clusters: Clusters) -> tuple[list[str], bool]:
    """Return the ids that we started under the name, and whether others have it; report those.

    Errors: Failed if none is ours, and we may not describe some.
    """
    ids, others, unknown = [], [], []
    for id_ in (str(one["Id"]) for one in clusters.active()):
        try:
            why = clusters.why_not_ours(id_)
        except Failed as error:
            why = str(error)
            unknown.append(id_)
        if why:
            say(f"{id_}: not stopped, because it may be another user's: {why}")
            others.append(id_)
        else:
            ids.append(id_)
    if unknown and not ids:
        raise Failed(
            f"nothing was stopped: {', '.join(unknown)} could not be checked: --cluster ID "
            "--force stops it anyway"
        )
    return ids, bool(others)


def _stop(clusters: Clusters, ids: list[str], failures: list[str]) -> list[str]:
    """Return the ids that are stopping; add to `failures` why others are not."""
    stopping = []
    for number, id_ in enumerate(ids):
        try:
            if _stop_one(clusters, id_):
                stopping.append(id_)
        except Failed as error:  # the others are stopped all the same
            failures.append(f"{error}: by hand: {clusters.aws_stop_command(id_)}")
        except KeyboardInterrupt:
            for left in ids[number:]:
                say(f"{left}: may still run: to stop it: {clusters.aws_stop_command(left)}")
            raise
    return stopping


def _stop_one(clusters: Clusters, id_: str) -> bool:
    """Return whether the cluster is stopping now; not if it had ended before."""
    try:
        status = clusters.status(id_)
    except Failed as error:  # no reason not to stop it
        say(f"{error}; stopping it anyway")
    else:
        if status.ended:
            return False
        if status.state == "TERMINATING":
            return True
    clusters.stop(id_)
    return True


def _wait(context: Context, clusters: Clusters, ids: list[str], failures: list[str]) -> None:
    """Wait until the clusters have ended; add to `failures` which have not."""
    watch = Watch(clusters, lambda: None, say, time.sleep, context.args.every)
    for id_ in ids:
        try:
            if watch.until_stopped(id_) is None:
                raise Failed(
                    f"{id_} is stopping, but has not ended yet: 'verger cloud status' shows it"
                )
        except Failed as error:
            failures.append(f"{error}: by hand: {clusters.aws_stop_command(id_)}")
