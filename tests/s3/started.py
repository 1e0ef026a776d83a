"""Processes that leave nothing behind: each leads a session, and the whole session ends with it.

A process group would not do: Spark's Python daemon makes one of its own. None leaves its session.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

# Should the tests themselves be killed, the kernel kills what they started.
DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL")


class Started:
    """A running command. stdout and stderr go to `logs`/NAME.out.log and NAME.err.log."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        cwd: Path,
        logs: Path,
    ) -> None:
        self.name = name
        self.out, self.err = logs / f"{name}.out.log", logs / f"{name}.err.log"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self._popen = subprocess.Popen(
                [*DIES_WITH_US, *command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=dict(env),
                cwd=cwd,
                start_new_session=True,
            )
        self.pid = self._popen.pid

    def __enter__(self) -> Started:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def running(self) -> bool:
        return self._popen.poll() is None

    def wait(self, timeout: float) -> subprocess.CompletedProcess[str]:
        """What it said, when it has ended. AssertionError if that takes more than `timeout` s."""
        try:
            code = self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            late = f"{self.name} ran for more than {timeout} s"
            raise AssertionError(f"{late}{self.tail()}") from None
        return subprocess.CompletedProcess(
            self._popen.args, code, self.out.read_text("utf-8"), self.err.read_text("utf-8")
        )

    def tail(self, characters: int = 6000) -> str:
        """The end of what it wrote, for a message."""
        out = self.out.read_text("utf-8", "replace")[-characters:]
        err = self.err.read_text("utf-8", "replace")[-characters:]
        return f"\n--- stdout of {self.name}\n{out}\n--- stderr of {self.name}\n{err}"

    def kill(self) -> None:
        """Ends the command and all that it started."""
        # The number of a session is given to no other process as long as one is left in it.
        deadline = time.monotonic() + 10
        while (pids := session(self.pid)) and time.monotonic() < deadline:
            for pid in pids:
                kill(pid)
            time.sleep(0.02)
        self._popen.wait(10)


def kill(pid: int) -> None:
    """SIGKILL; a process that is gone already is fine."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def session(leader: int) -> list[int]:
    """The processes of a session that still run."""
    matches = []
    for folder in Path("/proc").glob("[0-9]*"):
        fields = _stat(int(folder.name))
        if fields and fields[0] not in "ZX" and int(fields[3]) == leader:
            matches.append(int(folder.name))
    return matches


def parent(pid: int) -> int:
    """The parent of a process; 0 if the process is gone."""
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be buried does not."""
    fields = _stat(pid)
    return bool(fields) and fields[0] not in "ZX"


def command_line(pid: int) -> str:
    """The command of a process, its words parted by spaces; empty if the process is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace").replace("\0", " ")
    except OSError:
        return ""


def _stat(pid: int) -> list[str]:
    """State, parent, group, session ... of a process (proc(5)); nothing if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return []


def wait_until(true: Callable[[], object], timeout: float, what: str) -> None:
    """Waits for a condition. AssertionError, with `what`, if that takes more than `timeout` s."""
    deadline = time.monotonic() + timeout
    while not true():
        assert time.monotonic() < deadline, f"not within {timeout} s: {what}"
        time.sleep(0.05)
