"""verger train, classify and teach: from an output to answers."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from program import VERGER, summary, verger

COLOURS = {"Blueberry": (40, 60, 150), "Cherry": (170, 20, 40), "Lime": (120, 190, 40)}
CLASSIFIER = Path("Model") / "classifier.safetensors"


def berries(folder: Path, label: str, colour: tuple[int, int, int], first: int, count: int) -> None:
    """Photos of round things of about one colour, each in light of its own."""
    (folder / label).mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        rng = np.random.default_rng(number)
        y, x = np.mgrid[0:24, 0:24] / 23 - 0.5
        inside = (x * x + y * y < rng.uniform(0.1, 0.2))[..., None]
        skin = np.array(colour) * rng.uniform(0.8, 1.2) + rng.normal(0, 5, (24, 24, 3))
        pixels = np.where(inside, skin, 255).clip(0, 255).astype(np.uint8)
        # Names that are no series: each photo is a group of its own.
        Image.fromarray(pixels).save(folder / label / f"{number}.png")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, tiny: list[str]) -> Path:
    """A folder with photos, an output that is trained, and photos to be classified."""
    folder = tmp_path_factory.mktemp("trained")
    for at, (label, colour) in enumerate(COLOURS.items()):
        berries(folder / "photos", label, colour, 1000 * at, 40)
        berries(folder / "new", label, colour, 1000 * at + 500, 8)
    berries(folder / "orange", "Orange", (250, 150, 20), 9000, 12)
    verger("run", folder / "photos", folder / "out", *tiny)
    verger("train", folder / "out")
    return folder


@pytest.fixture
def out(trained: Path, tmp_path: Path) -> Path:
    """The trained output, as a test's own."""
    return Path(shutil.copytree(trained / "out", tmp_path / "out"))


@pytest.fixture
def network(tiny: list[str]) -> list[str]:
    return tiny[:2]


def answers(out: Path, photos: Path, *options: str | Path) -> list[dict[str, Any]]:
    done = verger("classify", out, photos, "--format", "jsonl", "-q", *options)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_train_says_what_it_made(trained: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(trained / "out", tmp_path / "out"))
    result = summary("train", out)
    assert [label["label"] for label in result["labels"]] == list(COLOURS)
    assert result["photos"] == 120
    assert result["held_out"]["photos"] == 120
    assert result["held_out"]["accuracy"] > 0.9
    assert result["settings"]["method"] == "relative"
    assert result["bytes"] == (out / CLASSIFIER).stat().st_size
    text = verger("train", out).stdout
    assert "Trained on 120 photos of 3 labels" in text
    assert str(CLASSIFIER) in text


def test_a_table_makes_labels_coarser(trained: Path, out: Path, tmp_path: Path) -> None:
    table = tmp_path / "coarse.csv"
    table.write_text("label,use\nBlueberry,Berry\nCherry,Berry\nLime,Citrus\n")
    report = summary("train", out, "--labels", table)
    assert [label["label"] for label in report["labels"]] == ["Berry", "Citrus"]
    assert [label["photos"] for label in report["labels"]] == [80, 40]
    evaluation = summary("evaluate", out, "--labels", table, "--no-background")
    assert evaluation["confusion"]["labels"] == ["Berry", "Citrus"]
    # The rule stays with the classifier, which is trained again without the photos of a label.
    verger("forget", out, "Cherry")
    text = verger("train", out, "--labels", table).stdout
    assert "Trained on 80 photos of 2 labels" in text

    table.write_text("Blueberry,Berry\nLime,Citrus\n")
    failure = verger("train", trained / "out", "--labels", table, check=2)
    assert '"Cherry" is missing (Cherry/' in failure.stderr
    table.write_text("Blueberry\n")
    failure = verger("train", trained / "out", "--labels", table, check=2)
    assert "table of labels, line 1: 1 fields" in failure.stderr
    verger("train", trained / "out", "--labels", tmp_path / "missing.csv", check=4)


def test_the_same_rows_make_the_same_bytes(out: Path) -> None:
    before = (out / CLASSIFIER).read_bytes()
    verger("train", out, "--threads", "1")
    assert (out / CLASSIFIER).read_bytes() == before


def test_new_photos_get_their_label(trained: Path, network: list[str]) -> None:
    rows = answers(trained / "out", trained / "new", *network)
    assert len(rows) == 24
    assert sum(row["label"] == row["folder"] for row in rows) >= 23
    for row in rows:
        assert row["top"][0] == row["label"]
        assert row["top_probabilities"][0] == pytest.approx(row["probability"], abs=1e-6)
        assert sum(row["top_probabilities"]) == pytest.approx(1, abs=1e-5)
        assert 0 <= row["novelty"] <= 2


def test_formats_say_the_same(trained: Path, network: list[str], tmp_path: Path) -> None:
    out, new = trained / "out", trained / "new"
    lines = answers(out, new, *network)
    text = verger("classify", out, new, "--format", "csv", "-q", *network).stdout
    fields = list(csv.DictReader(io.StringIO(text, newline="")))
    parquet = tmp_path / "answers.parquet"
    command = f"'{VERGER}' classify '{out}' '{new}' --format parquet -q {' '.join(network)}"
    text_lines = verger("classify", out, new, *network).stdout.splitlines()
    assert sum(text in {line["path"] for line in lines} for text in text_lines) == 24
    with parquet.open("wb") as file:
        subprocess.run(["sh", "-c", command], stdout=file, check=True, timeout=300)
    rows = pq.read_table(parquet).to_pylist()
    assert [row["path"] for row in rows] == [line["path"] for line in lines]
    for line, field, row in zip(lines, fields, rows, strict=True):
        assert field["label"] == row["label"] == line["label"]
        assert float(field["probability"]) == pytest.approx(line["probability"], abs=1e-6)
        assert row["probability"] == line["probability"]
        assert (field["unknown"] == "true") == row["unknown"] == line["unknown"]
        assert [text for text in field["set"].split("|") if text] == row["set"] == line["set"]
        assert field["top"].split("|") == row["top"] == line["top"]
        assert row["error"] is None
        assert field["error"] == ""


def test_a_photo_that_is_none_has_its_reason(
    trained: Path, network: list[str], tmp_path: Path
) -> None:
    new = Path(shutil.copytree(trained / "new", tmp_path / "new"))
    (new / "Lime" / "broken.jpg").write_text("no photo")
    (row,) = [row for row in answers(trained / "out", new, *network) if "error" in row]
    assert row["path"] == "Lime/broken.jpg"
    assert "label" not in row
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (new / "Lime" / name).write_text("no photo")
    done = verger("classify", trained / "out", new, "--format", "csv", *network, check=3)
    assert "4 of 28 photos have no answer" in done.stderr
    assert len(list(csv.reader(io.StringIO(done.stdout, newline="")))) == 29


def test_one_photo_by_its_name(trained: Path, network: list[str]) -> None:
    photo = trained / "new" / "Cherry" / "1500.png"
    (row,) = answers(trained / "out", photo, *network)
    assert (row["path"], row["label"], row["folder"]) == (str(photo), "Cherry", "Cherry")
    text = verger("classify", trained / "out", photo, *network).stdout
    assert text.splitlines()[0] == str(photo)
    assert "%  Cherry" in text
    done = verger("classify", trained / "out", trained / "none.jpg", *network, check=4)
    assert "none.jpg does not exist" in done.stderr


def test_without_a_classifier_the_remedy_is_told(small_out: Path, small: Path) -> None:
    done = verger("classify", small_out, small, check=4)
    assert "run verger train first" in done.stderr


def test_a_damaged_classifier_is_refused_and_made_again(
    out: Path, trained: Path, network: list[str]
) -> None:
    whole = (out / CLASSIFIER).read_bytes()
    for damaged in (whole[:-1], whole[:100], b"", whole[:-1] + bytes([whole[-1] ^ 1])):
        (out / CLASSIFIER).write_bytes(damaged)
        done = verger("classify", out, trained / "new", *network, check=4)
        assert str(CLASSIFIER) in done.stderr
    done = verger("train", out)
    assert "warning" in done.stderr
    assert (out / CLASSIFIER).read_bytes() == whole


def test_rows_that_came_since_are_told(
    out: Path, trained: Path, tiny: list[str], tmp_path: Path
) -> None:
    photos = Path(shutil.copytree(trained / "photos", tmp_path / "photos"))
    berries(photos, "Lime", COLOURS["Lime"], 7000, 2)
    verger("run", photos, out, *tiny)
    done = verger("classify", out, trained / "new", *tiny[:2])
    assert "run verger train again" in done.stderr
    verger("train", out)
    assert "verger train" not in verger("classify", out, trained / "new", *tiny[:2]).stderr


def test_a_classifier_of_another_network_is_refused(
    out: Path, orchard: Path, trained: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    verger("run", orchard, other)
    (other / CLASSIFIER).write_bytes((out / CLASSIFIER).read_bytes())
    done = verger("classify", other, trained / "new", check=4)
    assert "run verger train again" in done.stderr


def test_a_label_is_taught_by_five_photos(
    out: Path, trained: Path, network: list[str], tmp_path: Path
) -> None:
    before = (out / CLASSIFIER).read_bytes()
    photos = sorted((trained / "orange" / "Orange").iterdir())
    result = summary("teach", out, "Orange", *photos[:5], *network)
    assert result == {"label": "Orange", "photos": 5, "rejects": 0, "labels": 4}
    rows = answers(out, trained / "orange", *network)
    assert sum(row["label"] == "Orange" for row in rows) == 12
    known = answers(out, trained / "new", *network)
    assert sum(row["label"] == row["folder"] for row in known) >= 23
    # It outlives a training, and goes on request.
    verger("train", out)
    assert answers(out, photos[6], *network)[0]["label"] == "Orange"
    assert "Removed the taught photos of Orange" in verger("teach", out, "Orange", "--undo").stdout
    assert answers(out, photos[6], *network)[0]["label"] in COLOURS
    done = verger("teach", out, "Orange", "--undo", check=2)
    assert "no taught photos to remove" in done.stderr
    verger("train", out)
    assert (out / CLASSIFIER).read_bytes() == before


def test_teaching_says_what_it_needs(out: Path, trained: Path, network: list[str]) -> None:
    verger("teach", out, "Orange", check=2)
    verger("teach", out, "Orange", trained / "orange", "--undo", check=2)
    (trained / "no.jpg").write_text("no photo")
    done = verger("teach", out, "Orange", trained / "no.jpg", *network, check=4)
    assert "nothing was taught" in done.stderr


def test_a_classifier_of_pca_features(out: Path, trained: Path, network: list[str]) -> None:
    result = summary("train", out, "--features", "pca_features", "--transform", "none")
    assert result["network"]["column"] == "pca_features"
    rows = answers(out, trained / "new", *network)
    assert sum(row["label"] == row["folder"] for row in rows) >= 22


def test_logistic_regression(out: Path, trained: Path, network: list[str]) -> None:
    result = summary("train", out, "--method", "logistic", "--penalty", "0.01")
    assert result["settings"] | {"shrinkage": 0, "groups": ""} == {
        "method": "logistic",
        "transform": result["settings"]["transform"],
        "shrinkage": 0,
        "penalty": 0.01,
        "groups": "",
        "label_level": 0,
        "label_table": "",
    }
    rows = answers(out, trained / "new", *network)
    assert sum(row["label"] == row["folder"] for row in rows) >= 22


@pytest.mark.parametrize(
    "options",
    [
        ["--shrinkage", "0"],
        ["--shrinkage", "1.1"],
        ["--shrinkage", "none"],
        ["--method", "svm"],
        ["--coverage", "1"],
        ["--false-accepts", "-1"],
        ["--groups", "("],
    ],
)
def test_settings_outside_their_bounds_are_refused(out: Path, options: list[str]) -> None:
    before = (out / CLASSIFIER).read_bytes()
    verger("train", out, *options, check=2)
    assert (out / CLASSIFIER).read_bytes() == before


def test_one_label_is_not_enough(tmp_path: Path, tiny: list[str]) -> None:
    berries(tmp_path / "photos", "Lime", COLOURS["Lime"], 0, 6)
    verger("run", tmp_path / "photos", tmp_path / "out", *tiny)
    done = verger("train", tmp_path / "out", check=4)
    assert "two labels" in done.stderr
