"""Stop the cluster, and see it end. Again, or with none running, it does nothing and is content.

It stops what `up`, `run` and `submit` started under the name, as the tag says: any other only by
--force.
"""

from __future__ import annotations

import argparse
import time

from verger.cloud.cluster import Clusters
from verger.cloud.commands import options
from verger.cloud.context import Context, say
from verger.cloud.plane import Plane
from verger.cloud.watch import Watch
from verger.errors import BadCall, Failed


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
    args = context.args
    plane: Plane
    others = False
    if args.serverless:
        plane = context.serverless
        ids = [_checked(plane, options.job_of(args), args.force)]
    else:
        plane = clusters = context.clusters
        if args.cluster is not None:
            ids = [_checked(plane, args.cluster, args.force)]
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
    stopping = _stop(plane, ids, failures)
    if not args.no_wait:  # all are stopped before the first is waited for
        _wait(context, plane, stopping, failures)
    if failures:
        raise Failed("; ".join(failures))
    word = "stopping" if args.no_wait else "stopped"
    context.show_done("\n".join(f"{id_}: {word}" for id_ in ids), {word: ids})
    return 0


def _checked(plane: Plane, id_: str, force: bool) -> str:
    """The id. Errors, without `force`: BadCall if we did not start it, Failed if we cannot see."""
    if force:
        return id_
    all_the_same = "--force stops it all the same"
    try:
        why = plane.why_not_ours(id_)
    except Failed as error:
        raise Failed(
            f"{id_}: not stopped, for it may be someone else's: {error}: {all_the_same}"
        ) from error
    if why:
        raise BadCall(
            f"{id_}: not stopped, for it may be someone else's: {why}: {all_the_same}; --name "
            "names yours"
        )
    return id_


def _of_name(clusters: Clusters) -> tuple[list[str], bool]:
    """Those that we started, and whether others have the name; says which.

    Errors: Failed if there are none, but some that could not be looked at.
    """
    ids, others, unseen = [], [], []
    for id_ in (str(one["Id"]) for one in clusters.active()):
        try:
            why = clusters.why_not_ours(id_)
        except Failed as error:
            why = str(error)
            unseen.append(id_)
        if why:
            say(f"{id_}: not stopped, for it may be someone else's: {why}")
            others.append(id_)
        else:
            ids.append(id_)
    if unseen and not ids:
        raise Failed(
            f"nothing was stopped: {', '.join(unseen)} could not be looked at: --cluster ID "
            "--force stops it all the same"
        )
    return ids, bool(others)


def _stop(plane: Plane, ids: list[str], failures: list[str]) -> list[str]:
    """Those that are stopping, or could not be seen to; adds why others are not."""
    stopping = []
    for number, id_ in enumerate(ids):
        try:
            if _stop_one(plane, id_):
                stopping.append(id_)
        except Failed as error:  # the others are stopped all the same
            failures.append(f"{error}: by hand: {plane.by_hand(id_)}")
        except KeyboardInterrupt:
            for left in ids[number:]:
                say(f"{left}: may still run: to stop it: {plane.by_hand(left)}")
            raise
    return stopping


def _stop_one(plane: Plane, id_: str) -> bool:
    """Whether it is now stopping; not if it had ended before."""
    try:
        look = plane.look(id_)
    except Failed as error:  # no reason not to stop it
        say(f"{error}; it is stopped all the same")
    else:
        if look.ended:
            return False
        if look.state in ("TERMINATING", "CANCELLING"):
            return True
    plane.stop(id_)
    return True


def _wait(context: Context, plane: Plane, ids: list[str], failures: list[str]) -> None:
    """Until they have ended; adds which have not."""
    watch = Watch(plane, lambda: None, say, time.sleep, context.args.every)
    for id_ in ids:
        try:
            if watch.until_stopped(id_) is None:
                raise Failed(
                    f"{id_} is stopping, but has not ended yet: 'verger cloud status' shows it"
                )
        except Failed as error:
            failures.append(f"{error}: by hand: {plane.by_hand(id_)}")
