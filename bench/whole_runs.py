"""Runs the `verger` program as a process of its own, and tells what that took."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from machine import BUILD, ROOT

LOG_TAIL = 4000  # characters of a failed run's log to show
METER = ROOT / "tools" / "measure_cost.py"
LONGEST_RUN = 7200  # seconds


@dataclass(frozen=True)
class Run:
    """What came of a run: its summary for machines, and what its process took."""

    summary: dict[str, Any]
    seconds: float
    peak_mb: float

    @property
    def rows(self) -> int:
        return int(self.summary["rows"])

    @property
    def rate(self) -> float:
        """Photos per second of the process, from start to end."""
        return self.rows / self.seconds


class Program:
    """A build of `verger`, with caches and models of its own below `scratch`."""

    def __init__(
        self,
        scratch: Path,
        variables: Mapping[str, str] | None = None,
        binary: Path = BUILD / "verger",
    ) -> None:
        """`variables`: of the environment, beside ours."""
        self._binary = binary
        self._scratch = scratch
        self._variables = dict(variables or {})
        self.forget()

    def forget(self) -> None:
        """From now on nothing is cached, as on a machine that never ran it."""
        home = Path(tempfile.mkdtemp(prefix="home-", dir=self._scratch))
        self._home = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CACHE", "DATA")}

    def run(self, *words: object) -> Run:
        """`verger WORDS --json`. Ends the benchmark if the program fails."""
        command = [str(self._binary), *map(str, words), "--quiet", "--json"]
        output, seconds, peak = timed(command, {**os.environ, **self._home, **self._variables})
        return Run(json.loads(output), seconds, peak)


def timed(command: list[str], environment: Mapping[str, str]) -> tuple[str, float, float]:
    """Standard output of a process, its seconds from start to end, and its peak memory in MB.

    Ends the benchmark with the tail of its log if the process fails.
    """
    with tempfile.TemporaryFile() as log, tempfile.NamedTemporaryFile() as cost:
        meter = [sys.executable, "-I", "-S", str(METER), cost.name, str(LONGEST_RUN)]
        done = subprocess.run(
            [*meter, *command],
            env=dict(environment),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            log.seek(max(0, log.seek(0, os.SEEK_END) - LOG_TAIL))
            log_text = log.read().decode(errors="replace")
            sys.exit(f"bench: {' '.join(command)}\nexit {done.returncode}\n{log_text}")
        figures = json.load(cost)
    return done.stdout, figures["wall"], figures["peak_bytes"] / 1024**2
