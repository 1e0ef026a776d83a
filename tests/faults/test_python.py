"""Versions of the Python shell: it is killed or its calls fail, and it runs again."""

from __future__ import annotations

from pathlib import Path

import pytest

from .durability import found_undurable
from .gate import Call, run_gated
from .kills import FAILURES, Watch, calls_of, fail_at_call, kill_at_calls
from .outputs import Scenario, in_python
from .test_kills import a_few


@pytest.fixture
def python(scenario: Scenario) -> Scenario:
    """Each scenario of 200 photos in turn, in Python."""
    return in_python(scenario)


def test_killed_at_a_few_calls(python: Scenario, out: Path) -> None:
    calls, _ = calls_of(python, out)
    for index in a_few(calls, 2):
        kill_at_calls(python, out, [index])


def test_killed_where_the_version_appears(scenarios: dict[str, Scenario], out: Path) -> None:
    python = in_python(scenarios["grow"])
    shows = index_of_manifest(calls_of(python, out)[0])
    assert kill_at_calls(python, out, [shows]).version == "before"
    assert kill_at_calls(python, out, [shows + 1]).version == "wanted"


@pytest.mark.parametrize("call", ["write", "fsync", "link"])
def test_a_change_fails(call: str, scenarios: dict[str, Scenario], out: Path) -> None:
    """The last of its kind before the version appears, and the first after it."""
    python = in_python(scenarios["change"])
    calls, _ = calls_of(python, out)
    shows = index_of_manifest(calls)
    places = [index for index, system_call in enumerate(calls) if system_call.name == call]
    before = max(index for index in places if index <= shows)
    assert fail_at_call(python, out, before, FAILURES[call][0]).version == "before"
    for index in [index for index in places if index > shows][:1]:
        assert fail_at_call(python, out, index, FAILURES[call][-1]).version == "wanted"


@pytest.mark.parametrize("name", ["fresh", "change"])
def test_durable_before_visible(name: str, scenarios: dict[str, Scenario], out: Path) -> None:
    python = in_python(scenarios[name])
    watch = Watch(python, python.begin(out).parent)  # with the folder that holds it
    done = run_gated(python.command(out), watch, opens_gate=True)
    assert done.returncode == 0, done
    assert found_undurable(watch.calls) == []


@pytest.mark.faults
def test_killed_at_every_call(python: Scenario, out: Path) -> None:
    for index in range(len(calls_of(python, out)[0])):
        kill_at_calls(python, out, [index])


@pytest.mark.faults
@pytest.mark.parametrize("name", ["fresh", "grow", "change"])
def test_every_change_fails(name: str, scenarios: dict[str, Scenario], out: Path) -> None:
    python = in_python(scenarios[name])
    for index, call in enumerate(calls_of(python, out)[0]):
        for error in FAILURES[call.name]:
            fail_at_call(python, out, index, error)


@pytest.mark.faults
@pytest.mark.parametrize("name", ["fresh", "grow", "change"])
def test_every_read_fails(name: str, scenarios: dict[str, Scenario], out: Path) -> None:
    python = in_python(scenarios[name])
    calls, _ = calls_of(python, out, reads=True)
    for index in range(len(calls)):
        fail_at_call(python, out, index, FAILURES["fsync"][0], reads=True)


def index_of_manifest(calls: list[Call]) -> int:
    """The call at which the version appears."""
    return next(at for at, call in enumerate(calls) if "/manifest-" in call.paths[-1])
