"""Runs that are killed, or whose system calls fail, and the next run that sees them through."""

from __future__ import annotations

import errno
import json
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .gate import KILL, Call, Gated, Kill, run_gated
from .outputs import Scenario, assert_exact, assert_readable, published, rows, staged, temporaries

PART = 512  # rows of a part
# Photos that may be under way besides, read but in no part: each of 2 workers has 2 batches of 16.
IN_FLIGHT = 64
THREADS = ("--threads", "2")  # of runs that are killed at a time; more have more under way
# How calls that change an output may fail.
FAILURES = {
    "mkdir": (errno.ENOSPC,),
    "openat": (errno.ENOSPC, errno.EMFILE),
    "write": (errno.ENOSPC, errno.EIO, errno.EDQUOT),
    "fsync": (errno.EIO, errno.ENOSPC),
    "rename": (errno.EIO, errno.ENOSPC),
    "renameat2": (errno.EIO, errno.ENOSPC),
    "link": (errno.EIO, errno.ENOSPC),
    "unlink": (errno.EIO,),
}
Fate = Callable[[int, Call], int | Kill | None]
Started = Callable[[subprocess.Popen[bytes]], None]


def pass_all(index: int, call: Call) -> None:
    """The fate of a run that nothing disturbs."""


def one_call(index: int, fate: int | Kill) -> Fate:
    """The fate of a run that something befalls at its index-th call."""
    return lambda at, call: fate if at == index else None


class Watch:
    """Sees a run go by: its calls to its output, and which photos it opens.

    reads: whether the calls it has a fate for are those that change nothing, not those that do.
    """

    def __init__(
        self, scenario: Scenario, out: Path, fate: Fate = pass_all, *, reads: bool = False
    ) -> None:
        self.calls: list[Call] = []
        self.opened: set[str] = set()
        self._scenario, self._out, self._fate, self._reads = scenario, out, fate, reads

    def __call__(self, call: Call) -> int | Kill | None:
        if call.name == "openat" and call.paths[0].endswith(".jpg"):
            self.opened.add(str(Path(call.paths[0]).relative_to(self._scenario.photos)))
        if call.name in self._scenario.lacks:
            return errno.EINVAL
        if call.changes is self._reads or not call.touches(self._out):
            return None
        self.calls.append(call)
        return self._fate(len(self.calls) - 1, call)

    def run(self, started: Started = lambda process: None) -> Gated:
        """Runs the scenario behind the gate."""
        return run_gated(
            self._scenario.command(self._out),
            self,
            reads=self._reads,
            opens_gate=self._scenario.python,
            started=started,
        )


@dataclass(frozen=True)
class Outcome:
    """What a fault did."""

    call: str  # the system call at which it happened, or what it was
    version: str  # that was there after it: none, before, wanted
    opened: int = 0  # photos that the run had begun
    redone: int = 0  # those of them that the next run had to do again
    staged: int = 0  # parts that the run left staged; the next one removes them
    went_on: bool = False  # whether it wrote on after a failed fsync


def calls_of(scenario: Scenario, out: Path, *, reads: bool = False) -> tuple[list[Call], float]:
    """The calls of an undisturbed run to its output, in their order, and its seconds."""
    watch = Watch(scenario, scenario.begin(out), reads=reads)
    begin = time.monotonic()
    done = watch.run()
    seconds = time.monotonic() - begin
    assert done.returncode == 0, done.stderr
    assert_exact(scenario, out)
    shutil.rmtree(out)
    return watch.calls, seconds


def kill_at_calls(scenario: Scenario, out: Path, indexes: Sequence[int]) -> Outcome:
    """Kills a run before the call of that index among those that change its output, the run after
    it at the next index, if it comes so far, and so on; then sees it through."""
    scenario.begin(out)
    for turn, index in enumerate(indexes):
        watch = Watch(scenario, out, one_call(index, KILL))
        done = watch.run()
        killed = done.returncode == -signal.SIGKILL
        assert killed or (turn > 0 and done.returncode == 0), done
        assert_readable(scenario, out)
    return see_through(scenario, out, watch, watch.calls[-1].name if watch.calls else "none")


def stop_at_call(scenario: Scenario, out: Path, index: int, sent: signal.Signals) -> Outcome:
    """Sends a signal that a run may handle, at that call; then sees the run through."""
    processes: list[subprocess.Popen[bytes]] = []

    def send(at: int, call: Call) -> None:
        if at == index:
            processes[0].send_signal(sent)

    watch = Watch(scenario, scenario.begin(out), send)
    done = watch.run(processes.append)
    # What is done by then may be all: the version is there, and the run ends as if undisturbed.
    assert done.returncode in (0, 128 + sent), done
    if done.returncode != 0:
        assert "run the same command again" in done.stderr
        assert temporaries(out) == []
    return see_through(scenario, out, watch, watch.calls[index].name)


def kill_after(scenario: Scenario, out: Path, seconds: float) -> Outcome | None:
    """Kills a run after some time and sees it through; None if it had ended before."""
    watch = Watch(scenario, scenario.begin(out))
    timers: list[threading.Timer] = []

    def begin(process: subprocess.Popen[bytes]) -> None:
        timers.append(threading.Timer(seconds, process.kill))
        timers[0].start()

    done = watch.run(begin)
    timers[0].cancel()
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    outcome = see_through(scenario, out, watch, "time")
    return outcome if done.returncode else None


def fail_at_call(
    scenario: Scenario, out: Path, index: int, error: int, *, reads: bool = False
) -> Outcome:
    """Lets a call of a run fail; the run must say so, clear up, and leave what was there.

    reads: as of Watch; some of what fails to be read the program can do without.
    """
    scenario.begin(out)
    watch = Watch(scenario, out, one_call(index, error), reads=reads)
    done = watch.run()
    call = watch.calls[index]
    assert done.returncode == 5 or (reads and done.returncode == 0), (done, call)
    assert done.returncode == 0 or str(out) in done.stderr, "the place is not named"
    assert temporaries(out) == []
    later = [later_call.name for later_call in watch.calls[index + 1 :] if not reads]
    went_on = call.name == "fsync" and set(later) - {"unlink"} != set()
    return replace(see_through(scenario, out, watch, call.name), went_on=went_on)


def see_through(scenario: Scenario, out: Path, run: Watch, call: str) -> Outcome:
    """After a fault: what was there is there, and the same command ends it, exactly, with no more
    work than what no part had yet. Removes the output."""
    version = assert_readable(scenario, out)
    there, left = published(out), staged(out)
    expected = rows(scenario.expected)
    missing = {path for path, row in expected.items() if row[1] not in there.get(path, ())}
    again = Watch(scenario, out)
    done = again.run()
    assert done.returncode == 0, done.stderr
    if not scenario.python:
        assert again.opened == missing, "it does not do just what is in no part"
        assert json.loads(done.stdout)["extracted"] == len(missing)
    assert_exact(scenario, out)
    redone = run.opened & missing
    assert len(redone) <= PART + IN_FLIGHT
    shutil.rmtree(out)
    return Outcome(call, version, len(run.opened), len(redone), len(left))
