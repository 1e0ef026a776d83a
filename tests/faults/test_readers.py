"""Readers that a run overtakes: they began with one version, and it goes while they read."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from program import VERGER

from .gate import Call, run_gated
from .outputs import Scenario, assert_exact


def read_while_a_run_ends(command: str, scenario: Scenario, out: Path) -> tuple[int, str]:
    """Holds a reader before it opens its first part until a whole run has gone by."""
    scenario.begin(out)
    runs: list[int] = []

    def hold(call: Call) -> None:
        if not runs and call.name == "openat" and call.paths[0].endswith(".parquet"):
            run = subprocess.run(scenario.command(out), capture_output=True, timeout=300)
            runs.append(run.returncode)

    read = run_gated([VERGER, command, out], hold)
    assert runs == [0], "it opens no part, or the run failed"
    assert_exact(scenario, out)
    return read.returncode, read.stderr


@pytest.mark.parametrize("command", ["show", "verify"])
@pytest.mark.parametrize("name", ["grow", "change"])
def test_reader_turns_to_the_new_version(
    name: str, command: str, scenarios: dict[str, Scenario], out: Path
) -> None:
    returncode, output = read_while_a_run_ends(command, scenarios[name], out)
    assert returncode == 0, output
