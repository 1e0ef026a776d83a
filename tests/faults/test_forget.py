"""`verger forget` that is disturbed: the version before or the one without, and then without."""

from __future__ import annotations

from pathlib import Path

import pytest

from .erasures import SHELLS, disturb, make_erasure
from .gate import KILL
from .kills import FAILURES
from .outputs import Scenario
from .test_kills import a_few


@pytest.mark.parametrize("number", [3, pytest.param(None, marks=pytest.mark.faults)])
@pytest.mark.parametrize("shell", SHELLS)
def test_killed_forget(
    shell: str, number: int | None, scenarios: dict[str, Scenario], out: Path
) -> None:
    erasure, calls = make_erasure(shell, scenarios["fresh"], out)
    indexes = range(len(calls)) if number is None else a_few(calls, number)
    versions = {disturb(erasure, out, index, KILL).version for index in indexes}
    assert versions == {"before", "wanted"}


@pytest.mark.parametrize("every", [23, pytest.param(1, marks=pytest.mark.faults)])
@pytest.mark.parametrize("shell", SHELLS)
def test_failing_forget(shell: str, every: int, scenarios: dict[str, Scenario], out: Path) -> None:
    erasure, calls = make_erasure(shell, scenarios["fresh"], out)
    cases = [(index, error) for index, call in enumerate(calls) for error in FAILURES[call.name]]
    for index, error in cases[::every]:
        disturb(erasure, out, index, error)
