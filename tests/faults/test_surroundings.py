"""The same bytes in every language, every time zone, at every time, and while the clock jumps."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from program import run_python
from running import Server
from small_photos import jpeg

from .gate import Call, run_gated
from .memory import Tree, make_mixed_run, tree
from .memory_served import make_served, options_for
from .outputs import Scenario, in_python
from .surroundings import (
    CLOCKS,
    FAKE_CLOCKS,
    LOCALES,
    ZONES,
    cannot_make_locales,
    clock,
    jumping_clock,
    language,
    set_clock,
)


def first_and_others(values: Sequence[str]) -> list[Any]:
    """The first in every run of the tests, the others in `make faults`."""
    return [values[0], *(pytest.param(value, marks=pytest.mark.faults) for value in values[1:])]


@pytest.fixture(scope="module")
def mixed(place: Path) -> Scenario:
    return make_mixed_run(place / "surrounded")


@pytest.fixture(scope="module")
def locales(place: Path) -> Path:
    if why := cannot_make_locales():
        pytest.skip(f"NOT TESTED: languages: {why}")
    return place / "locales"


@pytest.fixture(scope="module")
def _clocks() -> None:
    if not FAKE_CLOCKS.is_file():
        pytest.skip(f"NOT TESTED: clocks: no {FAKE_CLOCKS}: install Debian's libfaketime")


@pytest.fixture(scope="module")
def expected(mixed: Scenario, place: Path) -> tuple[str, Tree, Tree]:
    """What the program prints, what it leaves, and what Python leaves."""
    out, of_python = place / "out", place / "of python"
    printed = run(mixed, out, dict(os.environ))
    run(in_python(mixed), of_python, dict(os.environ))
    try:
        return printed, tree(out), tree(of_python)
    finally:
        shutil.rmtree(out)
        shutil.rmtree(of_python)


def run(scenario: Scenario, out: Path, environment: dict[str, str]) -> str:
    command = scenario.command(scenario.begin(out))
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done
    return done.stdout


def assert_same(
    environment: dict[str, str], mixed: Scenario, expected: tuple[str, Tree, Tree], place: Path
) -> None:
    """The program and Python leave the bytes expected. The page is not compared, nor are times."""
    out = place / "out"  # the same one, for its name is in what is printed
    try:
        assert facts(run(mixed, out, environment)) == facts(expected[0])
        assert tree(out) == expected[1]
        shutil.rmtree(out)
        run(in_python(mixed), out, environment)
        assert tree(out) == expected[2]
    finally:
        shutil.rmtree(out, ignore_errors=True)


def facts(summary: str) -> dict[str, Any]:
    """What a run printed, but for how long it took."""
    times = ("seconds", "photos_per_second")
    return {name: value for name, value in json.loads(summary).items() if name not in times}


@pytest.mark.parametrize("name", first_and_others(LOCALES))
def test_language(
    name: str, locales: Path, mixed: Scenario, expected: tuple[str, Tree, Tree], place: Path
) -> None:
    assert_same(language(name, locales), mixed, expected, place)


CHAIN = """
import locale, sys, verger
locale.setlocale(locale.LC_ALL, "")  # as notebooks and desktops do
photos, network, out = sys.argv[1:]
table = verger.extract(photos, model=network, preset="torchvision", threads=1)
verger.save(verger.project(table, verger.fit(table, components=3)), out)
verger.train(out)
print(locale.localeconv()["decimal_point"])
"""


@pytest.mark.parametrize("name", first_and_others(LOCALES))
def test_language_of_a_notebook(name: str, locales: Path, mixed: Scenario, tmp_path: Path) -> None:
    """The library is called where the C library reads and writes numbers in another way."""
    printed = []
    for out, environment in (
        (tmp_path / "plain", {**os.environ, "LC_ALL": "C.UTF-8"}),
        (tmp_path / "local", language(name, locales)),
    ):
        arguments = [str(mixed.photos), str(mixed.options[1]), str(out)]
        done = run_python(CHAIN, *arguments, env=environment, timeout=300)
        assert done.returncode == 0, done
        printed.append(done.stdout)
    assert tree(tmp_path / "plain") == tree(tmp_path / "local")
    assert printed == [".\n", ".\n" if name == "hi_IN" else ",\n"]


@pytest.mark.parametrize("zone", first_and_others(ZONES))
def test_time_zone(
    zone: str, mixed: Scenario, expected: tuple[str, Tree, Tree], place: Path
) -> None:
    assert_same({**os.environ, "TZ": zone}, mixed, expected, place)


@pytest.mark.usefixtures("_clocks")
@pytest.mark.parametrize("time", first_and_others(CLOCKS))
def test_time(time: str, mixed: Scenario, expected: tuple[str, Tree, Tree], place: Path) -> None:
    assert_same(clock(time), mixed, expected, place)


@pytest.mark.usefixtures("_clocks", "_gate")
def test_clock_that_jumps(
    mixed: Scenario,
    expected: tuple[str, Tree, Tree],
    place: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At each call that changes the output the clock is set forth or back by years."""
    file = tmp_path / "clock"
    set_clock(file, "+0")
    jumps = 0

    def jump(called: Call) -> None:
        nonlocal jumps
        if called.changes and called.touches(place / "out"):
            jumps += 1
            set_clock(file, "+30y" if jumps % 2 else "-30y")

    for name, value in jumping_clock(file).items():
        monkeypatch.setenv(name, value)
    done = run_gated(mixed.command(mixed.begin(place / "out")), jump)
    try:
        assert done.returncode == 0, done
        assert jumps > 20
        assert tree(place / "out") == expected[1]
    finally:
        shutil.rmtree(place / "out")


@pytest.mark.usefixtures("_clocks")
def test_clock_that_jumps_under_a_server(place: Path, tmp_path: Path) -> None:
    """No deadline is missed, and none lasts for years: they are of the monotonic clock."""
    file = tmp_path / "clock"
    set_clock(file, "+0")
    out = make_served(place / "jumping")
    log = tmp_path / "log"
    server = Server(out, log, *options_for(out), environment=jumping_clock(file))
    try:
        answers = []
        for time in ("+0", "+30y", "-30y", "+1d"):
            set_clock(file, time)
            answers.append(server.classify(jpeg(7)))
        assert {answer.status for answer in answers} == {200}
        assert len({answer.body for answer in answers}) == 1
        assert len({answer.headers["date"][-17:-13] for answer in answers}) == 3, "no clock jumped"
        server.stop()
    finally:
        server.kill()


@pytest.mark.parametrize("seconds", [-86_400 * 365, 0, 4_000_000_000])
def test_times_of_photos(
    seconds: int, mixed: Scenario, expected: tuple[str, Tree, Tree], tmp_path: Path
) -> None:
    """Cameras without a battery write 1970, and others years to come: the same features, once."""
    photos = Path(shutil.copytree(mixed.photos, tmp_path / "photos"))
    for photo in photos.rglob("*.*"):
        os.utime(photo, (seconds, seconds))
    command = [str(it).replace(str(mixed.photos), str(photos)) for it in mixed.command(tmp_path)]
    command[command.index(str(tmp_path))] = str(tmp_path / "out")
    first = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert first.returncode == 0, first
    again = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert '"extracted": 0' in again.stdout, again
