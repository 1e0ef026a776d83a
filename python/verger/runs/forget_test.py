"""That an output is written without them; which photos are meant, core/runs/forget_test.cc has."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import verger
from verger.errors import BadCall, BadInput, Failed
from verger.runs.interop_test import extracted, options, photos, pytestmark
from verger.runs.interop_test import verger as program
from verger.runs.output import Output
from verger.runs.storage import open_place

__all__ = ["extracted", "options", "photos", "pytestmark"]


@pytest.fixture
def out(extracted: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(extracted, tmp_path / "out"))


def paths_of(out: Path) -> list[str]:
    table = pq.read_table(out / "Preprocessing", columns=["path"])
    return sorted(table["path"].to_pylist())


@pytest.mark.parametrize("name", ["Label 0", "Label 1/empty.jpg", "Label 0/🍑 pêche.jpg"])
def test_it_is_what_the_program_does(extracted: Path, out: Path, tmp_path: Path, name: str) -> None:
    theirs = Path(shutil.copytree(extracted, tmp_path / "theirs"))
    told = json.loads(program("forget", theirs, name, "--json"))
    gone = [path for path in paths_of(out) if path == name or path.startswith(f"{name}/")]
    assert dataclasses.asdict(verger.forget(out, name)) == told
    assert paths_of(out) == paths_of(theirs)
    assert verger.verify(out) == []
    mine, wanted = (Output.open(open_place(place)).extracted() for place in (out, theirs))
    assert (mine.labels, mine.rejects, mine.inputs) == (
        wanted.labels,
        wanted.rejects,
        wanted.inputs,
    )
    assert mine.moments.sha256 == wanted.moments.sha256
    assert mine.reduction is not None
    assert wanted.reduction is not None
    assert mine.reduction.pca.sha256 == wanted.reduction.pca.sha256
    for file in filter(Path.is_file, out.rglob("*")):
        assert not [path for path in gone if path.encode() in file.read_bytes()], file


def test_what_was_forgotten_before_is_only_proved(out: Path) -> None:
    verger.forget(out, ["Label 0"])
    before = Output.open(open_place(out)).manifest
    done = verger.forget(out, ["Label 0"])
    assert (done.rows, done.rejects, done.parts) == (0, 0, 0)
    assert done.files_read > 5
    assert Output.open(open_place(out)).manifest == before


def test_what_is_still_there_is_named(out: Path) -> None:
    (out / "_verger" / "notes.txt").write_text("remember Label 1/empty.jpg")
    with pytest.raises(Failed, match=r"_verger/notes\.txt: still holds Label 1/empty\.jpg"):
        verger.forget(out, "Label 1/empty.jpg")
    assert verger.verify(out) == []


@pytest.mark.parametrize(
    ("names", "error", "told"),
    [
        (["Label 0", "Label 77"], BadInput, "'Label 77': no photo"),
        ("Orchard", BadInput, "no features would be left"),
        ("/", BadCall, "no name of a photo"),
        ([], BadCall, "no names"),
    ],
)
def test_nothing_is_done_for_wrong_names(
    out: Path, names: str | list[str], error: type[Exception], told: str
) -> None:
    before = sorted(file.name for file in out.rglob("*"))
    if names == "Orchard":
        names = [f"Label {number}" for number in range(10)]
        names = [name for name in names if any(path.startswith(name) for path in paths_of(out))]
    with pytest.raises(error, match=told):
        verger.forget(out, names)
    assert sorted(file.name for file in out.rglob("*")) == before


def test_parts_of_a_killed_run_go_as_well(extracted: Path, out: Path) -> None:
    part = next((extracted / "Preprocessing").glob("part-*"))
    shutil.copy(part, out / "Preprocessing" / "part-00007.parquet")
    verger.forget(out, "Label 0")
    assert not (out / "Preprocessing" / "part-00007.parquet").exists()
    assert not [path for path in paths_of(out) if path.startswith("Label 0/")]
