"""Run the `verger` program; return its summary and its cost."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from machine import BUILD, ROOT

MEASURE = ROOT / "tools" / "measure_cost.py"
LONGEST = 3 * 3600  # seconds, after which a run is killed
LOG_TAIL = 4000  # characters of a failed run's stderr to show


@dataclass(frozen=True)
class Cost:
    """Of one process from start to end."""

    wall: float  # seconds, as all but the last
    user: float
    system: float
    peak_bytes: int  # of resident memory

    @property
    def cpu(self) -> float:
        """Seconds of all its threads."""
        return self.user + self.system


@dataclass(frozen=True)
class ProgramRun:
    """The JSON summary of a command, and its cost."""

    summary: dict[str, Any]
    cost: Cost


def verger(*arguments: object, env: Mapping[str, str] | None = None) -> ProgramRun:
    """Runs a command of the program with --json; ends the benchmark should it fail."""
    command = [str(BUILD / "verger"), *map(str, arguments), "--quiet", "--json"]
    with tempfile.NamedTemporaryFile("r", suffix=".json") as cost:
        # What was written before must not be made durable on this command's time.
        os.sync()
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(MEASURE), cost.name, str(LONGEST), *command],
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
        )
        if done.returncode != 0:
            line = " ".join(command)
            sys.exit(f"bench/growth: {line}\nexit {done.returncode}\n{done.stderr[-LOG_TAIL:]}")
        return ProgramRun(json.loads(done.stdout), Cost(**json.load(cost)))
