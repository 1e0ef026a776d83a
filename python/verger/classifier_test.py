"""A classifier fitted to moments, what it answers, what it is taught."""

from __future__ import annotations

import pickle
from pathlib import Path

import pyarrow as pa
import pytest

from verger.class_moments import class_moments_of
from verger.class_moments_test import read_safetensors, rows
from verger.classifier import Classifier
from verger.errors import BadCall, BadInput, BadModel, Damaged, StorageError
from verger.runs.manifest import FileEntry, Manifest, ModelIdentity, PartEntry

MODEL = ModelIdentity("m", "aa", "keras", "keras:224x224", 5)


def manifest(model: ModelIdentity = MODEL, part: str = "00" * 32) -> bytes:
    name = "Preprocessing/part-00000.parquet"
    parts = [PartEntry(FileEntry(name, 1, part), 90, 0, "a/1.jpg", "b/9.jpg")]
    moments = FileEntry("_verger/moments-00001.bin", 1, "11" * 32)
    return Manifest("photos", 3, model, parts, moments).to_json()


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    moments = class_moments_of(rows(100), "none")
    assert moments is not None
    return Classifier.fit(moments, manifest(), "none", 0.1)


def test_it_tells_what_it_is(classifier: Classifier) -> None:
    description = classifier.describe()
    assert description["settings"]["method"] == "relative"
    assert description["settings"]["shrinkage"] == 0.1
    assert description["network"]["sha256"] == "aa"
    assert (description["photos"], description["held_out"]["photos"]) == (90, 0)
    assert classifier.labels == ["Label 0", "Label 1", "Label 2"]
    assert repr(classifier) == "Classifier(3 labels, 90 photos)"


def test_it_answers_row_by_row(classifier: Classifier) -> None:
    table = rows(100)
    answers = classifier.classify(table, top=2)
    assert answers.schema.names == [
        *("label", "probability", "unknown", "set", "top", "top_probabilities", "novelty")
    ]
    right = 0
    for row, answer in zip(table.to_pylist(), answers.to_pylist(), strict=True):
        if row["features"] is None:
            assert set(answer.values()) == {None}
            continue
        right += answer["label"] == row["label"]
        assert answer["label"] == answer["top"][0]
        assert answer["probability"] == answer["top_probabilities"][0]
        assert len(answer["top"]) == 2
        assert not answer["unknown"]  # nothing was held out
    assert right > 60
    assert classifier.classify(table[:0]).schema == answers.schema


def test_it_comes_back_bit_for_bit(classifier: Classifier, tmp_path: Path) -> None:
    data = classifier.save()
    (tmp_path / "c.safetensors").write_bytes(data)
    for again in (
        Classifier.load(data),
        Classifier.load(tmp_path / "c.safetensors"),
        Classifier.load(str(tmp_path / "c.safetensors")),
        pickle.loads(pickle.dumps(classifier)),
    ):
        assert again.save() == data
    with pytest.raises(BadInput, match="classifier"):
        Classifier.load(data[:-8])
    with pytest.raises(StorageError, match="none.safetensors"):
        Classifier.load(tmp_path / "none.safetensors")


def test_what_is_taught_is_as_if_it_had_been_trained(classifier: Classifier) -> None:
    table = rows(100)
    some = table.filter(pa.array([name == "Label 2" for name in table["label"].to_pylist()]))
    others = table.filter(pa.array([name != "Label 2" for name in table["label"].to_pylist()]))
    moments = class_moments_of(others, "none")
    assert moments is not None
    two = Classifier.fit(moments, manifest(), "none", 0.1)
    taught = two.teach("Label 2", some)
    assert taught.labels == classifier.labels
    assert two.labels == ["Label 0", "Label 1"]
    expected, got = (read_safetensors(one.save())["weights"] for one in (classifier, taught))
    assert got == pytest.approx(expected, rel=1e-9, abs=1e-9)
    rest = taught.unteach("Label 2")
    expected, got = (read_safetensors(one.save())["weights"] for one in (two, rest))
    assert got == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_it_knows_the_output_it_is_of(classifier: Classifier) -> None:
    assert classifier.note_beside(manifest()) == ""
    assert "train again" in classifier.note_beside(manifest(part="22" * 32))
    with pytest.raises(BadModel, match="another|those of"):
        classifier.note_beside(manifest(ModelIdentity("n", "bb", "keras", "keras:1x1", 5)))


def test_wrong_calls_are_named(classifier: Classifier) -> None:
    moments = class_moments_of(rows(100))
    one = class_moments_of(pa.table({"label": ["a"] * 2, "features": [[1.0] * 5, [2.0] * 5]}))
    assert moments is not None
    assert one is not None
    with pytest.raises(BadCall, match="from 0 to 1"):
        Classifier.fit(moments, manifest(), "root", 1.5)
    with pytest.raises(BadCall, match="'root' or 'none'"):
        Classifier.fit(moments, manifest(), "log")
    with pytest.raises(BadInput, match="two labels"):
        Classifier.fit(one, manifest())
    with pytest.raises(Damaged):
        Classifier.fit(moments, "{}")
    for top in (0, 1001, "3"):
        with pytest.raises(BadCall, match="from 1 to 1000"):
            classifier.classify(rows(3), top)  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        classifier.classify(pa.table({"features": [[1.0] * 4]}))
    with pytest.raises(BadCall):
        classifier.teach("", rows(3))
    with pytest.raises(BadCall, match="give photos"):
        classifier.teach("Pearl", rows(3)[:0])
    with pytest.raises(BadCall, match="no taught photos"):
        classifier.unteach("Label 0")
