"""Eight runs into one output at once: one of them does it, seven say that it is in use."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .crowd import run_at_once
from .outputs import Scenario

RUNS = 8


@pytest.mark.parametrize("name", ["fresh", "grow"])
def test_one_wins(name: str, scenarios: dict[str, Scenario], out: Path) -> None:
    for run in run_at_once(scenarios[name], out, RUNS):
        assert run.returncode == 0 or "another run is writing to it" in run.stderr


@pytest.mark.parametrize("name", ["fresh", "grow"])
def test_one_wins_of_program_and_python(
    name: str, scenarios: dict[str, Scenario], out: Path
) -> None:
    for run in run_at_once(scenarios[name], out, 4, of_python=2):
        assert run.returncode == 0 or "another run is writing to it" in run.stderr


@pytest.mark.faults
@pytest.mark.parametrize("name", ["fresh", "grow", "change"])
def test_one_wins_every_time(name: str, scenarios: dict[str, Scenario], out: Path) -> None:
    for _ in range(10):
        run_at_once(scenarios[name], out, RUNS)
        shutil.rmtree(out)
