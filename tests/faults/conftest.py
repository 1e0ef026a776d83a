"""What the tests of faults share. `measure.py` does the same everywhere, and writes figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from program import VERGER

from .gate import run_gated
from .kills import THREADS
from .outputs import NAMES, Scenario, make_scenarios, own_home


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """A folder for outputs, and a home of the tests' own."""
    assert VERGER.is_file(), f"{VERGER} is not there: run 'make build', or set VERGER_BUILD"
    with own_home() as folder:
        yield folder


@pytest.fixture(scope="session")
def _gate() -> None:
    """The gate before system calls, where there may be one."""
    try:
        run_gated(["/bin/true"], lambda call: None)
    except OSError as error:
        pytest.skip(f"NOT TESTED: faults at system calls: {error}")


@pytest.fixture(scope="session")
def scenarios(place: Path, _gate: None) -> dict[str, Scenario]:
    """Runs of 200 photos, one thread: their system calls are always the same."""
    return make_scenarios(place / "few", 200, ("--threads", "1"))


@pytest.fixture(scope="session")
def many(place: Path, _gate: None) -> dict[str, Scenario]:
    """Runs of 2,400 photos: five parts."""
    return make_scenarios(place / "many", 2400, THREADS, only=["fresh", "grow"])


@pytest.fixture(params=NAMES)
def scenario(request: pytest.FixtureRequest, scenarios: dict[str, Scenario]) -> Scenario:
    """Each of those of 200 photos in turn."""
    return scenarios[request.param]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where the output shall be; nothing is there yet."""
    return tmp_path / "out"
