"""kill -9 anywhere: what was there stays, and the same command goes on to exactly the same end."""

from __future__ import annotations

import random
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from .gate import Call
from .kills import calls_of, kill_after, kill_at_calls, stop_at_call
from .outputs import Scenario


def a_few(calls: Sequence[Call], number: int) -> list[int]:
    """Places among the calls: one of each stretch, not always the same of a stretch."""
    chance = random.Random(len(calls))
    return [
        chance.randrange(len(calls) * turn // number, len(calls) * (turn + 1) // number)
        for turn in range(number)
    ]


def test_killed_at_a_few_calls(scenario: Scenario, out: Path) -> None:
    calls, _ = calls_of(scenario, out)
    for index in a_few(calls, 4):
        assert kill_at_calls(scenario, out, [index]).call == calls[index].name


def test_killed_where_the_version_appears(scenario: Scenario, out: Path) -> None:
    """Before the call that makes the manifest there is the old version, after it the new one."""
    calls, _ = calls_of(scenario, out)
    shows = next(at for at, call in enumerate(calls) if "/manifest-" in call.paths[-1])
    assert kill_at_calls(scenario, out, [shows]).version != "wanted"
    assert kill_at_calls(scenario, out, [shows + 1]).version == "wanted"


def test_killed_again_and_again(scenarios: dict[str, Scenario], out: Path) -> None:
    scenario = scenarios["change"]
    calls, _ = calls_of(scenario, out)
    kill_at_calls(scenario, out, a_few(calls, 4))


@pytest.mark.parametrize("name", ["fresh", "grow"])
def test_killed_at_a_few_times(name: str, many: dict[str, Scenario], out: Path) -> None:
    kill_at_times(many[name], out, 4)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("number", [1, pytest.param(None, marks=pytest.mark.faults)])
@pytest.mark.parametrize("name", ["fresh", "change"])
def test_stopped(
    name: str,
    number: int | None,
    sent: signal.Signals,
    scenarios: dict[str, Scenario],
    out: Path,
) -> None:
    """Ctrl-C and SIGTERM: exit 130 and 143, or the whole version."""
    calls, _ = calls_of(scenarios[name], out)
    for index in range(len(calls)) if number is None else a_few(calls, number):
        stop_at_call(scenarios[name], out, index, sent)


@pytest.mark.faults
def test_killed_at_every_call(scenario: Scenario, out: Path) -> None:
    calls, _ = calls_of(scenario, out)
    for index in range(len(calls)):
        kill_at_calls(scenario, out, [index])


@pytest.mark.faults
def test_killed_twice(scenario: Scenario, out: Path) -> None:
    calls, _ = calls_of(scenario, out)
    chance = random.Random(1)
    for index in range(len(calls)):
        kill_at_calls(scenario, out, [index, chance.randrange(len(calls))])


@pytest.mark.faults
@pytest.mark.parametrize("name", ["fresh", "grow"])
def test_killed_at_many_times(name: str, many: dict[str, Scenario], out: Path) -> None:
    kill_at_times(many[name], out, 100)


def kill_at_times(scenario: Scenario, out: Path, kills: int) -> None:
    """Kills so many runs, each at a time that may be any."""
    _, lasts = calls_of(scenario, out)
    times = random.Random(kills)
    killed = 0
    for _ in range(3 * kills):
        if kill_after(scenario, out, lasts * times.random()) is not None:
            killed += 1
        else:  # it had ended: this machine may be less busy than it was
            _, lasts = calls_of(scenario, out)
        if killed == kills:
            return
    pytest.fail(f"only {killed} of {3 * kills} runs were still there to be killed")
