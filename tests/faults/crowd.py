"""Many runs into one output at the same moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .gate import Call, Gated, run_gated
from .outputs import Scenario, assert_exact, in_python

PATIENCE = 240.0  # seconds for all to come so far


class Meeting:
    """Where runs meet: none may take the lock before all are at it, and who has got it does
    nothing more to the output until all others have ended. So no timing decides."""

    def __init__(self, runs: int) -> None:
        self.at_the_lock = threading.Barrier(runs)
        self._others = runs - 1
        self._ended = threading.Condition()

    def one_has_ended(self) -> None:
        with self._ended:
            self._others -= 1
            self._ended.notify_all()

    def wait_for_the_others(self) -> None:
        with self._ended:
            in_time = self._ended.wait_for(lambda: self._others <= 0, PATIENCE)
        assert in_time, "more than one run goes on"


class Member:
    """Holds one run where the meeting wants it."""

    def __init__(self, meeting: Meeting, out: Path) -> None:
        self._meeting, self._out = meeting, out
        self._has_met = False

    def __call__(self, call: Call) -> None:
        if call.name == "flock" and call.paths == (str(self._out / "_verger" / "lock"),):
            self._has_met = True
            self._meeting.at_the_lock.wait(PATIENCE)
        elif self._has_met and call.changes and call.touches(self._out):
            self._meeting.wait_for_the_others()


def run_at_once(scenario: Scenario, out: Path, runs: int, *, of_python: int = 0) -> list[Gated]:
    """Starts runs into one output, which all try to take its lock together; the output is then
    the one wanted, to the bit. `of_python` of them are Python's. Returns what became of them."""
    scenario.begin(out)
    meeting = Meeting(runs)

    def one(number: int) -> Gated:
        run = in_python(scenario) if number < of_python else scenario
        done = run_gated(run.command(out), Member(meeting, out), opens_gate=run.python)
        meeting.one_has_ended()
        return done

    with ThreadPoolExecutor(runs) as pool:
        ended = list(pool.map(one, range(runs)))
    codes = sorted(run.returncode for run in ended)
    assert codes == [0] + [6] * (runs - 1), ended
    for run in ended:
        assert run.returncode == 0 or (str(out) in run.stderr and run.stdout == ""), run
    assert_exact(scenario, out)
    return ended
