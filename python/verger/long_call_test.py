"""A long call ends by its step, by an error of the step, and by Ctrl-C."""

from __future__ import annotations

import signal
import threading

import pytest

from verger._long_call import LongCall, Step
from verger.errors import Stopped

pytestmark = pytest.mark.usefixtures("python_handler")


def run_until_stopped(step: Step | None) -> None:
    """Call as the library does: through C, until the progress says to stop."""
    call = LongCall(step)
    with call.running():
        for done in range(1000):
            if call.progress.step(None, done, 1000):
                raise Stopped("stopped")


def interrupt(done: int, total: int) -> bool:
    if done == 2:
        signal.raise_signal(signal.SIGINT)
    return False


def test_a_step_stops_it() -> None:
    steps: list[tuple[int, int]] = []

    def step(done: int, total: int) -> bool:
        steps.append((done, total))
        return done == 2

    with pytest.raises(Stopped):
        run_until_stopped(step)
    assert steps == [(0, 1000), (1, 1000), (2, 1000)]
    run_until_stopped(None)


def test_an_error_of_the_step_is_raised() -> None:
    def step(done: int, total: int) -> bool:
        raise ValueError(f"{done} of {total}")

    with pytest.raises(ValueError, match="0 of 1000"):
        run_until_stopped(step)


def test_ctrl_c_stops_it_and_later_calls_are_not_deferred() -> None:
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        run_until_stopped(interrupt)
    assert signal.getsignal(signal.SIGINT) is handler
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_the_callers_own_handler_decides() -> None:
    signals: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: signals.append(number))
    try:
        with pytest.raises(Stopped):
            run_until_stopped(interrupt)
    finally:
        signal.signal(signal.SIGINT, before)
    assert signals == [signal.SIGINT]


def test_other_threads_have_no_signals() -> None:
    errors: list[BaseException] = []

    def run() -> None:
        try:
            run_until_stopped(lambda done, total: done == 2)
        except Stopped as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert [type(error) for error in errors] == [Stopped]
