"""Disks that are full, read-only, or somebody else's."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from .disks import LIKE_ANYBODY, cannot_mount, run_on, sizes
from .gate import run_gated
from .kills import Watch, see_through
from .outputs import Scenario, temporaries

NAMES = ["fresh", "grow", "change"]
FOLDERS = ["Preprocessing", "Results", "Model", "_verger", "_verger/staged"]


@pytest.fixture
def _may_mount() -> None:
    if why := cannot_mount():
        pytest.skip(f"NOT TESTED: disks of their own: {why}")


@pytest.fixture
def anybody() -> tuple[str, ...]:
    """What makes a run subject to permissions."""
    if os.geteuid() != 0:
        return ()
    if shutil.which(LIKE_ANYBODY[0]) is None:
        pytest.skip("NOT TESTED: permissions, for root without setpriv has them all")
    return LIKE_ANYBODY


@pytest.mark.usefixtures("_may_mount")
@pytest.mark.parametrize("name", NAMES)
def test_read_only_disk(name: str, scenarios: dict[str, Scenario], tmp_path: Path) -> None:
    assert run_on(scenarios[name], tmp_path / "disk", "ro")


@pytest.mark.usefixtures("_may_mount")
@pytest.mark.parametrize(
    ("name", "kilobytes"), [("fresh", 8), ("fresh", 20), ("grow", 76), ("change", 92)]
)
def test_full_disk(
    name: str, kilobytes: int, scenarios: dict[str, Scenario], tmp_path: Path
) -> None:
    assert run_on(scenarios[name], tmp_path / "disk", f"size={kilobytes}k")


@pytest.mark.usefixtures("_may_mount")
def test_no_more_files(scenarios: dict[str, Scenario], tmp_path: Path) -> None:
    assert run_on(scenarios["fresh"], tmp_path / "disk", "nr_inodes=9")


@pytest.mark.usefixtures("_may_mount")
@pytest.mark.faults
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("option", ["size", "nr_inodes"])
def test_disk_of_every_size(
    name: str, option: str, scenarios: dict[str, Scenario], tmp_path: Path
) -> None:
    """Up to where all fits."""
    tried = sizes(scenarios[name], option)
    for failed, size in enumerate(tried):
        if run_on(scenarios[name], tmp_path / "disk", size) is None:
            assert failed > 2
            return
    pytest.fail(f"it does not even run with {tried[-1]}")


@pytest.mark.parametrize("name", ["grow", "change"])
@pytest.mark.parametrize("closed", FOLDERS)
def test_folder_of_somebody_else(
    name: str, closed: str, anybody: tuple[str, ...], scenarios: dict[str, Scenario], out: Path
) -> None:
    run_without_right_to(scenarios[name], out, closed, anybody)


@pytest.mark.parametrize("closed", FOLDERS)
def test_somebody_else_is_told_before_any_work(
    closed: str, anybody: tuple[str, ...], scenarios: dict[str, Scenario], out: Path
) -> None:
    assert run_without_right_to(scenarios["grow"], out, closed, anybody) == 0


def run_without_right_to(
    scenario: Scenario, out: Path, closed: str, anybody: tuple[str, ...]
) -> int:
    """Runs into an output with one folder that may not be written, and then one that may be.

    Returns how many photos were opened before the error was reported.
    """
    watch = Watch(scenario, scenario.begin(out))
    (out / closed).chmod(0o500)
    try:
        done = run_gated(scenario.command(out), watch, prefix=anybody)
    finally:
        (out / closed).chmod(0o700)
    assert done.returncode == 5, done
    assert f"{out}/{closed}" in done.stderr
    assert "Permission denied" in done.stderr
    assert temporaries(out) == []
    see_through(scenario, out, watch, "chmod")
    return len(watch.opened)
