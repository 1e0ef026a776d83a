"""The checks after a fault fail where they should."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from program import manifest

from .outputs import Scenario, assert_exact, assert_readable


def remove_manifest(out: Path) -> None:
    next((out / "_verger").glob("manifest-*.json")).unlink()


def cut_part(out: Path) -> None:
    part = out / manifest(out)["preprocessing"][0]["name"]
    part.write_bytes(part.read_bytes()[:-1])


def change_results(out: Path) -> None:
    part = out / manifest(out)["reduction"]["results"][0]["name"]
    pq.write_table(pq.read_table(part).slice(1), part)


@pytest.mark.parametrize("harm", [remove_manifest, cut_part, change_results])
def test_what_is_not_readable(
    harm: Callable[[Path], None], scenarios: dict[str, Scenario], out: Path
) -> None:
    scenario = scenarios["grow"]
    assert assert_readable(scenario, scenario.begin(out)) == "before"
    harm(out)
    with pytest.raises(AssertionError):
        assert_readable(scenario, out)


@pytest.mark.parametrize("left", ["Results/part-99999.parquet", "_verger/.verger-tmp-0"])
def test_what_is_left_over(left: str, scenarios: dict[str, Scenario], out: Path) -> None:
    shutil.copytree(scenarios["grow"].expected, out)
    assert_exact(scenarios["grow"], out)
    (out / left).touch()
    with pytest.raises(AssertionError):
        assert_exact(scenarios["grow"], out)


def test_rows_of_another_run(scenarios: dict[str, Scenario], out: Path) -> None:
    """The same paths, but some photos are others."""
    shutil.copytree(scenarios["change"].expected, out)
    with pytest.raises(AssertionError):
        assert_exact(scenarios["fresh"], out)
    with pytest.raises(AssertionError):
        assert_readable(scenarios["fresh"], out)
