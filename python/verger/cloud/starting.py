"""A start whose outcome is always told, also where its answer was lost or Ctrl-C came."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from verger.cloud.aws import Unanswered
from verger.cloud.plane import Plane
from verger.cloud.request import LAUNCH_TAG
from verger.cloud.watch import Pause, Say
from verger.errors import VergerError

_FIND_TRIES = 3
_FIND_PAUSE = 10.0  # seconds: a new cluster is not listed at once


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP came: there is nobody to ask."""

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


def start_surely(
    plane: Plane, launch: str, start: Callable[[], str], say: Say, pause: Pause
) -> str:
    """The id that `start`, with `launch`, gave, or that was found where its answer was lost.

    What runs goes on, and is announced. Errors: those of `start`; it was then said what may run.
    """
    with signals_raise():
        try:
            id_ = start()
            say(f"{id_}: starting")
            return id_
        except BaseException as error:
            if refused(error):
                raise
            ids = find_started(plane, launch, say, pause)
            for id_ in ids:
                say(f"{id_} was started and runs; to stop it: {plane.by_hand(id_)}")
            if len(ids) != 1 or not isinstance(error, Unanswered):
                raise
            return ids[0]


def refused(error: BaseException) -> bool:
    """Whether a start that raised this started nothing. Of all but AWS's word we cannot be sure."""
    return isinstance(error, VergerError) and not isinstance(error, Unanswered)


def find_started(plane: Plane, launch: str, say: Say, pause: Pause) -> list[str]:
    """The ids of what `launch` started although no id was told; says so if that is not known.

    Raises nothing: not even Ctrl-C may hide what runs. It only cuts the waits short; then what was
    not found may still come.
    """
    cut: BaseException | None = None
    failure: BaseException | None = None
    for attempt in range(_FIND_TRIES):
        try:
            if attempt:
                say(f"looking again in {_FIND_PAUSE:.0f} s: new ones are not listed at once")
                pause(_FIND_PAUSE)
            else:
                say(f"looking whether a {plane.what} was started")
        except BaseException as error:
            cut = error
        try:
            if ids := plane.find(launch):
                return ids
            failure = None
        except BaseException as error:
            failure = error
    tagged = f"tagged {LAUNCH_TAG}={launch}"
    if failure is not None or cut is not None:
        why = f"could not be looked for ({word_of(failure)})"
        if failure is None:
            why = f"was not waited for long enough ({word_of(cut)})"
        say(
            f"WARNING: a {plane.what} may run, {tagged}, and {why}: look for it "
            f"{plane.to_look_for()}; {plane.left_alone()}"
        )
    else:
        say(
            f"no {plane.what} {tagged} was found: none was started, as far as AWS tells; to look "
            f"again: {plane.to_look_for()}"
        )
    return []


def word_of(error: BaseException | None) -> str:
    """What an error says; its name where it says nothing, as Ctrl-C."""
    return str(error) or type(error).__name__
