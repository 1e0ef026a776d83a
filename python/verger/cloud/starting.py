"""A start whose outcome is always reported, even after a lost answer or Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from verger.cloud.aws import Unanswered
from verger.cloud.cluster import Clusters
from verger.cloud.request import LAUNCH_TAG
from verger.cloud.watch import Pause, Say
from verger.errors import VergerError

_FIND_TRIES = 3
_FIND_PAUSE = 10.0  # seconds: a new cluster is not listed at once
_LOOK = "by 'verger cloud status', and stop it by 'verger cloud down'"


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP: nobody can answer a question."""

    def __init__(self, number: int = signal.SIGTERM) -> None:
        super().__init__()
        self.exit = 128 + number  # as shells have it


@contextmanager
def signals_raise() -> Iterator[None]:
    """SIGTERM and SIGHUP raise Terminated; one that is ignored, as under nohup, stays so."""

    def raise_it(number: int, _: object) -> None:
        raise Terminated(number)

    signals = [
        one
        for one in (signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(one) is not signal.SIG_IGN
    ]
    before = {one: signal.signal(one, raise_it) for one in signals}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def start_or_find(clusters: Clusters, launch: str, say: Say, pause: Pause) -> str:
    """Start a cluster without a job; after a lost answer, look for it. Return its id.

    A cluster that started goes on and is reported. Errors: those of Clusters.start, after a report
    of what may run.
    """
    with signals_raise():
        try:
            id_ = clusters.start(launch)
            say(f"{id_}: starting")
            return id_
        except BaseException as error:
            if refused(error):
                raise
            ids = find_started(clusters, launch, say, pause)
            for id_ in ids:
                say(f"{id_} was started and runs; to stop it: {clusters.aws_stop_command(id_)}")
            if len(ids) != 1 or not isinstance(error, Unanswered):
                raise
            return ids[0]


def refused(error: BaseException) -> bool:
    """Return whether a start with this error started nothing: only a refusal by AWS is certain."""
    return isinstance(error, VergerError) and not isinstance(error, Unanswered)


def find_started(clusters: Clusters, launch: str, say: Say, pause: Pause) -> list[str]:
    """Return the ids of clusters that `launch` started without an answer; report any doubt.

    Raises nothing: not even Ctrl-C may hide a running cluster. It only cuts the waits short; a
    cluster may then still appear.
    """
    cut: BaseException | None = None
    failure: BaseException | None = None
    for attempt in range(_FIND_TRIES):
        try:
            if attempt:
                say(f"looking again in {_FIND_PAUSE:.0f} s: AWS lists new clusters with a delay")
                pause(_FIND_PAUSE)
            else:
                say("looking whether a cluster was started")
        except BaseException as error:
            cut = error
        try:
            if ids := clusters.find(launch):
                return ids
            failure = None
        except BaseException as error:
            failure = error
    tagged = f"tagged {LAUNCH_TAG}={launch}"
    if failure is not None or cut is not None:
        why = f"the search failed ({message_of(failure)})"
        if failure is None:
            why = f"the search was cut short ({message_of(cut)})"
        say(
            f"WARNING: a cluster may run, {tagged}, and {why}: look for it {_LOOK}; "
            f"{clusters.lifetime()}"
        )
    else:
        say(f"no cluster {tagged} was found: AWS shows no started cluster; to look again: {_LOOK}")
    return []


def message_of(error: BaseException | None) -> str:
    """Return an error's message; its type's name where it has none, as Ctrl-C."""
    return str(error) or type(error).__name__
