"""Classifiers of outputs: what the program makes of them, and says by them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pytest

import verger
from verger.class_moments_test import read_safetensors
from verger.classifier import Classifier
from verger.errors import BadCall, BadInput
from verger.runs.interop_test import extracted, options, photos, pytestmark
from verger.runs.interop_test import verger as program
from verger.runs.output import Output
from verger.runs.parts import good_rows
from verger.runs.storage import open_place
from verger.runs.training import CLASSIFIER, Training

__all__ = ["extracted", "options", "photos", "pytestmark"]


@pytest.fixture
def out(extracted: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(extracted, tmp_path / "out"))


def fitted(out: Path) -> Classifier:
    """By the moments of its rows."""
    output = Output.open(open_place(out))
    parts = [part.file for part in output.extracted().preprocessing]
    rows = [good_rows(output.read(file), file.name) for file in parts]
    moments = verger.class_moments_of(pa.Table.from_batches(rows), "none")
    assert moments is not None
    return Classifier.fit(moments, output.document, "none", 0.3)


@pytest.mark.parametrize(
    ("settings", "arguments"),
    [
        ({}, []),
        ({"method": "logistic", "penalty": 0.5}, ["--method", "logistic", "--penalty", "0.5"]),
        (
            {"transform": "none", "shrinkage": 0.3, "groups": r"(.)\.jpg$"},
            ["--transform", "none", "--shrinkage", "0.3", "--groups", r"(.)\.jpg$"],
        ),
        (
            {"labels": {"Label 0": "Fruit, round", "Label 1": "Other"}, "label_level": 0},
            ["--labels", "TABLE"],
        ),
        ({"features": "pca_features", "coverage": 0.8}, "--features pca_features --coverage 0.8"),
    ],
)
def test_it_is_what_the_program_writes(
    out: Path, settings: dict[str, object], arguments: list[str] | str
) -> None:
    if isinstance(arguments, str):
        arguments = arguments.split()
    table = out.parent / "coarse.csv"
    table.write_text('Label 0,"Fruit, round"\nLabel 1,Other\n')
    arguments = [str(table) if argument == "TABLE" else argument for argument in arguments]
    trained = verger.train(out, **settings)  # type: ignore[arg-type]
    mine = (out / CLASSIFIER).read_bytes()
    assert mine == trained.save()
    (out / CLASSIFIER).unlink()
    summary = json.loads(program("train", out, *arguments, "--json"))
    assert (out / CLASSIFIER).read_bytes() == mine
    assert {key: summary[key] for key in trained.describe()} == trained.describe()
    assert verger.verify(out) == []
    again = Training.of(Classifier.load(mine))
    assert (again.method, again.column) == (
        settings.get("method", "relative"),
        settings.get("features", "features"),
    )


def test_answers_are_the_program_s(out: Path, photos: Path, options: list[str]) -> None:
    # Labels of these photos are chance: what is not calibrated is surer of them.
    (out / CLASSIFIER).write_bytes(fitted(out).save())
    one = photos / "Label 0" / "frame_0000.jpg"
    table = verger.classify(out, [photos, one], top=2, model=options[1])
    assert table.num_rows == 25
    arguments = ["--top", "2", "--format", "jsonl", "--model", options[1]]
    stdout = program("classify", out, photos, one, *arguments, check=3)  # 2 of 25 are rejects
    lines = [json.loads(line) for line in stdout.splitlines()]
    for mine, theirs in zip(table.to_pylist(), lines, strict=True):
        there = {key: value for key, value in mine.items() if value is not None}
        assert there.keys() == theirs.keys()
        for key, value in there.items():
            if key in ("probability", "novelty", "top_probabilities"):
                assert value == pytest.approx(theirs[key], abs=1e-5), key
            else:
                assert value == theirs[key], key


def test_it_is_taught_a_label(out: Path, photos: Path, options: list[str], tmp_path: Path) -> None:
    verger.train(out, shrinkage=0.2)
    field = tmp_path / "Pearl"
    shutil.copytree(photos / "Label 1", field)
    with pytest.warns(UserWarning, match=r"empty\.jpg: "):
        taught = verger.teach(out, "Pearl", field, model=options[1])
    assert taught.labels == ["Label 0", "Label 1", "Pearl"]
    assert (out / CLASSIFIER).read_bytes() == taught.save()
    # What was taught outlives the next training, here and there.
    assert verger.train(out, shrinkage=0.2).labels == taught.labels
    assert "3 labels" in program("train", out, "--shrinkage", "0.2")
    assert verger.unteach(out, "Pearl").labels == ["Label 0", "Label 1"]


def test_a_damaged_classifier_is_made_again(out: Path) -> None:
    whole = verger.train(out).save()
    for wrong in (whole[:-1], b"", b"no classifier"):
        (out / CLASSIFIER).write_bytes(wrong)
        with pytest.warns(UserWarning, match="its taught labels are lost"):
            assert verger.train(out).save() == whole
        (out / CLASSIFIER).write_bytes(wrong)
        program("train", out)
        assert (out / CLASSIFIER).read_bytes() == whole


def test_in_a_bucket(out: Path, bucket: Path, photos: Path, options: list[str]) -> None:
    # Without the lock, which in a bucket would be another run's.
    shutil.copytree(out, bucket / "fruits" / "OUT", ignore=shutil.ignore_patterns("lock"))
    shutil.copytree(photos, bucket / "fruits" / "Data")
    trained = verger.train("s3://fruits/OUT")
    assert (bucket / "fruits" / "OUT" / CLASSIFIER).read_bytes() == trained.save()
    assert verger.train(out).save() == trained.save()
    one = "s3://fruits/Data/Label 0/frame_0000.jpg"
    table = verger.classify("s3://fruits/OUT", one, model=options[1])
    assert table.select(["path", "folder", "error"]).to_pylist() == [
        {"path": one, "folder": "Label 0", "error": None}
    ]


def test_wrong_calls_are_named(out: Path, photos: Path, options: list[str], tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="has no classifier"):
        verger.classify(out, photos)
    with pytest.raises(BadInput, match="has no classifier"):
        verger.teach(out, "Pearl", photos)
    for settings, message in (
        ({"method": "forest"}, "'relative', 'lda' or 'logistic'"),
        ({"transform": "log"}, "'auto', 'none' or 'root'"),
        ({"shrinkage": 0}, "'auto', or a number above 0 and up to 1"),
        ({"features": "sha256"}, "'features' or 'pca_features'"),
        ({"coverage": 2.0}, "coverage"),
        ({"penalty": "much"}, "penalty 'much'"),
        ({"threads": -1}, "threads -1"),
        ({"groups": "("}, r"\("),
    ):
        with pytest.raises(BadCall, match=message):
            verger.train(out, **settings)
    assert not (out / CLASSIFIER).exists()
    verger.train(out, features="pca_features")
    with pytest.raises(BadCall, match="pca_features cannot be taught"):
        verger.teach(out, "Pearl", photos, model=options[1])
    with pytest.raises(BadInput, match="does not exist"):
        verger.classify(out, tmp_path / "none.jpg", model=options[1])
    with pytest.raises(BadInput, match="another network"):
        verger.classify(out, photos, model="efficientnet-lite0")


def test_rows_that_changed_are_said(
    extracted: Path, out: Path, photos: Path, options: list[str], tmp_path: Path
) -> None:
    other = Path(shutil.copytree(extracted, tmp_path / "other"))
    verger.forget(other, "Label 0/frame_0000.jpg")
    verger.train(other)
    shutil.copy(other / CLASSIFIER, out / CLASSIFIER)
    with pytest.warns(UserWarning, match="rows have changed since the classifier was trained"):
        verger.classify(out, photos / "Label 0" / "frame_0000.jpg", model=options[1])


def test_threads_change_nothing(out: Path) -> None:
    assert verger.train(out, threads=1).save() == verger.train(out, threads=3).save()


def test_moments_are_enough(out: Path) -> None:
    trained = verger.train(out, transform="none", shrinkage=0.3)
    expected, got = (read_safetensors(one.save()) for one in (trained, fitted(out)))
    for name in ("weights", "bias", "places", "scatter"):
        assert got[name] == pytest.approx(expected[name], rel=1e-9, abs=1e-9), name
