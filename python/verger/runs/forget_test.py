"""That an output is written without them; which photos are meant, core/runs/forget_test.cc has."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import verger
from verger.class_moments_test import read_safetensors
from verger.errors import BadCall, BadInput, Failed, StorageError
from verger.runs.interop_test import extracted, options, photos, pytestmark
from verger.runs.interop_test import verger as program
from verger.runs.output import Output
from verger.runs.storage import open_place
from verger.runs.training import CLASSIFIER

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
    summary = json.loads(program("forget", theirs, name, "--json"))
    removed = [path for path in paths_of(out) if path == name or path.startswith(f"{name}/")]
    assert dataclasses.asdict(verger.forget(out, name)) == summary
    assert paths_of(out) == paths_of(theirs)
    assert verger.verify(out) == []
    mine, expected = (Output.open(open_place(place)).extracted() for place in (out, theirs))
    assert (mine.labels, mine.rejects, mine.inputs) == (
        expected.labels,
        expected.rejects,
        expected.inputs,
    )
    assert mine.moments.sha256 == expected.moments.sha256
    assert mine.reduction is not None
    assert expected.reduction is not None
    assert mine.reduction.pca.sha256 == expected.reduction.pca.sha256
    for file in filter(Path.is_file, out.rglob("*")):
        assert not [path for path in removed if path.encode() in file.read_bytes()], file


def test_what_was_forgotten_before_is_only_proved(out: Path) -> None:
    verger.forget(out, ["Label 0"])
    before = Output.open(open_place(out)).manifest
    done = verger.forget(out, ["Label 0"])
    assert (done.rows, done.rejects, done.parts) == (0, 0, 0)
    assert done.files_read > 5
    assert Output.open(open_place(out)).manifest == before


def test_what_is_still_there_is_named(out: Path) -> None:
    (out / "_verger" / "notes.txt").write_text("remember Label 1/empty.jpg")
    with pytest.raises(Failed, match=r"_verger/notes\.txt: still contains Label 1/empty\.jpg"):
        verger.forget(out, "Label 1/empty.jpg")
    assert verger.verify(out) == []


@pytest.mark.parametrize(
    ("names", "error", "message"),
    [
        (["Label 0", "Label 77"], BadInput, "'Label 77': no photo"),
        ("Orchard", BadInput, "no features would be left"),
        ("/", BadCall, "give the name of a photo"),
        ([], BadCall, "give the names"),
    ],
)
def test_nothing_is_done_for_wrong_names(
    out: Path, names: str | list[str], error: type[Exception], message: str
) -> None:
    before = sorted(file.name for file in out.rglob("*"))
    if names == "Orchard":
        names = [f"Label {number}" for number in range(10)]
        names = [name for name in names if any(path.startswith(name) for path in paths_of(out))]
    with pytest.raises(error, match=message):
        verger.forget(out, names)
    assert sorted(file.name for file in out.rglob("*")) == before


def test_parts_of_a_killed_run_go_as_well(extracted: Path, out: Path) -> None:
    part = next((extracted / "Preprocessing").glob("part-*"))
    shutil.copy(part, out / "Preprocessing" / "part-00007.parquet")
    verger.forget(out, "Label 0")
    assert not (out / "Preprocessing" / "part-00007.parquet").exists()
    assert not [path for path in paths_of(out) if path.startswith("Label 0/")]


def weights_of(out: Path) -> list[float]:
    arrays = read_safetensors((out / CLASSIFIER).read_bytes())
    weights: list[float] = arrays["weights"]
    return weights


def in_three_labels(out: Path, tmp_path: Path, photos: Path, options: list[str]) -> Path:
    """An output with one label more, and the folder of that label."""
    more = Path(shutil.copytree(photos, tmp_path / "more"))
    shutil.copytree(photos / "Label 1", more / "Label 2")
    (more / "Label 2" / "empty.jpg").unlink()
    from small_photos import jpeg

    for number, file in enumerate(sorted((more / "Label 2").iterdir())):
        file.write_bytes(jpeg(500 + number))
    program("run", more, out, *options)
    return more / "Label 2"


@pytest.mark.parametrize("shell", ["program", "Python"])
def test_a_label_that_is_taught_again(
    shell: str, out: Path, photos: Path, options: list[str], tmp_path: Path
) -> None:
    folder = in_three_labels(out, tmp_path, photos, options)
    verger.train(out, shrinkage=0.3)
    before = weights_of(out)
    summary = forget_by(shell, out, "Label 2")
    assert (summary["classifier"], summary["classifier_problem"]) == ("trained", "")
    assert verger.Classifier.load(out / CLASSIFIER).labels == ["Label 0", "Label 1"]
    assert b"Label 2" not in (out / CLASSIFIER).read_bytes()
    taught = verger.teach(out, "Label 2", folder, model=options[1])
    assert taught.labels == ["Label 0", "Label 1", "Label 2"]
    assert weights_of(out) == pytest.approx(before, rel=1e-9, abs=1e-9)

    # What was taught goes by its name as well, and all else that was taught stays.
    verger.teach(out, "Pearl", folder, model=options[1])
    summary = forget_by(shell, out, "Label 2")
    assert (summary["rows"], summary["classifier"]) == (0, "trained")
    assert verger.Classifier.load(out / CLASSIFIER).labels == ["Label 0", "Label 1", "Pearl"]
    assert b"Label 2" not in (out / CLASSIFIER).read_bytes()
    assert verger.verify(out) == []


@pytest.mark.parametrize("shell", ["program", "Python"])
def test_one_label_is_left(shell: str, out: Path) -> None:
    verger.train(out)
    summary = forget_by(shell, out, "Label 0")
    assert summary["classifier"] == "removed"
    assert "at least two labels" in summary["classifier_problem"]
    assert not (out / CLASSIFIER).exists()
    assert forget_by(shell, out, "Label 0")["classifier"] == "none"


@pytest.mark.parametrize("shell", ["program", "Python"])
def test_a_damaged_classifier_goes(shell: str, out: Path) -> None:
    (out / CLASSIFIER).write_bytes(b"who knows what it holds")
    summary = forget_by(shell, out, "Label 1/empty.jpg")
    assert summary["classifier"] == "removed"
    assert "classifier.safetensors" in summary["classifier_problem"]
    assert not (out / CLASSIFIER).exists()


def forget_by(shell: str, out: Path, name: str) -> dict[str, Any]:
    if shell == "program":
        return dict(json.loads(program("forget", out, name, "--json")))
    return dataclasses.asdict(verger.forget(out, name))


def test_both_train_the_same_again(out: Path, tmp_path: Path) -> None:
    verger.train(out)
    theirs = Path(shutil.copytree(out, tmp_path / "theirs"))
    program("forget", theirs, "Label 0/frame_0002.jpg")
    verger.forget(out, "Label 0/frame_0002.jpg")
    mine, expected = (read_safetensors((at / CLASSIFIER).read_bytes()) for at in (out, theirs))
    assert mine == expected
    assert sum(mine["counts"]) == 21


def test_no_version_without_them_has_the_classifier_that_holds_them(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a kill at the commit."""
    verger.train(out)

    def stop(*_: object) -> None:
        raise StorageError("stopped")

    with monkeypatch.context() as patch:
        patch.setattr(Output, "commit", stop)
        with pytest.raises(StorageError, match="stopped"):
            verger.forget(out, "Label 0/frame_0002.jpg")
    assert not (out / CLASSIFIER).exists()
    assert "Label 0/frame_0002.jpg" in paths_of(out)
    assert verger.forget(out, "Label 0/frame_0002.jpg").classifier == "none"
