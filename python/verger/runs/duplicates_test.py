"""That all tables are read; what is a duplicate, core/runs/duplicates_test.cc has."""

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
    """Of photos of which some are there twice; not to be changed."""
    folder = tmp_path_factory.mktemp("twice")
    twice = Path(shutil.copytree(photos, folder / "photos"))
    for number, photo in enumerate(sorted(photos.glob("Label */frame*"))[:3]):
        shutil.copy(photo, twice / "Label 1" / f"again {number}.jpg")
    program("run", twice, folder / "out", *options, "--components", "3")
    return folder / "out"


@pytest.mark.parametrize("within", [None, 0.0, 0.5, 1.5])
@pytest.mark.parametrize("across", [False, True])
def test_it_is_what_the_program_finds(out: Path, within: float | None, across: bool) -> None:
    arguments = ["--json"]
    if within is not None:
        arguments += ["--within", str(within), "--most", "7"]
    if across:
        arguments.append("--across-labels")
    duplicates = verger.duplicates(out, within, most=7, across_labels=across)
    assert duplicates == json.loads(program("duplicates", out, *arguments))
    assert duplicates["equal"]
    assert (within == 1.5) <= bool(duplicates.get("near_pairs"))


def test_wrong_calls(out: Path, tmp_path: Path) -> None:
    with pytest.raises(BadCall, match="negative"):
        verger.duplicates(out, within=-1)
    with pytest.raises(BadInput, match="has no output"):
        verger.duplicates(tmp_path)
