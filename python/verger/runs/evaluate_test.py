"""Evaluation: the program and the package say the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import verger
from verger.errors import BadCall, BadInput
from verger.runs.interop_test import options, photos, pytestmark
from verger.runs.interop_test import verger as program

__all__ = ["options", "photos", "pytestmark"]


@pytest.fixture(scope="module")
def out(photos: Path, options: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Not to be changed."""
    folder = tmp_path_factory.mktemp("evaluate")
    program("run", photos, folder / "out", *options, "--components", "3")
    return folder / "out"


def by_program(*arguments: str | Path) -> dict[str, object]:
    return dict(json.loads(program("evaluate", *arguments, "--json", "--threads", "1")))


def test_it_is_what_the_program_says(out: Path) -> None:
    ours = verger.evaluate(out, transform="root", shrinkage=0.2, threads=1)
    assert ours == by_program(out, "--transform", "root", "--shrinkage", "0.2")
    assert ours["honest"]["naive"] == ours["random"]["accuracy"]
    assert ours["background"]["photos"] > 0


def test_another_output_and_no_background(out: Path, tmp_path: Path) -> None:
    other = shutil.copytree(out, tmp_path / "other")
    ours = verger.evaluate(out, test=other, shrinkage=0.2, background=False, threads=1)
    assert ours == by_program(out, "--test", other, "--shrinkage", "0.2", "--no-background")
    assert "background" not in ours
    assert ours["test"]["photos_alike"] == ours["photos"]


def test_photos_that_are_elsewhere(out: Path, tmp_path: Path) -> None:
    ours = verger.evaluate(out, photos=tmp_path, shrinkage=0.2)
    assert ours["background"]["photos"] == 0
    assert "no photo was found" in ours["background"]["reason"]


def test_what_is_wrong_is_said(out: Path, tmp_path: Path) -> None:
    with pytest.raises(BadCall, match=r"does not fit"):
        verger.evaluate(out, groups="tray([0-9]+)", background=False)
    with pytest.raises(BadCall, match="choose relative, lda or logistic"):
        verger.evaluate(out, method="forest", background=False)
    with pytest.raises(BadCall, match="label level 5: .* has fewer folders"):
        verger.evaluate(out, label_level=5, background=False)
    with pytest.raises(BadInput, match="no output"):
        verger.evaluate(tmp_path / "nowhere")
