"""The classifier inside engine.wasm, in Node: it answers and learns as the program does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .made_app import LABELS, PHOTOS_OF_LABEL, MadeApp, draw_orchard, made_app, verger
from .node_answers import node_answers
from .program_answers import compare, program_answers

LABEL = "Pêche <b>rare</b>"
LESSON = [0, 1, 2, 3, 4]


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> MadeApp:
    return made_app(tmp_path_factory)


@pytest.fixture(scope="module")
def new_photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Photos of the orchard's labels that the classifier has not seen."""
    folder = draw_orchard(tmp_path_factory.mktemp("new") / "photos", 23)
    return sorted(folder.rglob("*.jpg"))[::5]


def test_it_answers_and_learns_as_the_program(
    orchard: MadeApp, new_photos: list[Path], tmp_path: Path
) -> None:
    result = node_answers(
        orchard.folder,
        new_photos,
        tmp_path / "node",
        lesson={"label": LABEL, "photos": LESSON},
    )
    before = compare(program_answers(orchard.out, new_photos), result["answers"])
    assert before.same_label >= 0.99
    assert before.probability <= 0.03
    assert before.novelty <= 0.03
    assert before.same_unknown >= 0.97
    assert [each["taught"] for each in result["labels"]] == [0] * LABELS
    assert [each["photos"] for each in result["labels"]] == [PHOTOS_OF_LABEL] * LABELS
    assert "another length" in result["short"]
    assert "engine.loadTeach" in result["untaught"]

    # The program learns the same label from the same photos.
    out = Path(shutil.copytree(orchard.out, tmp_path / "out"))
    verger("teach", out, LABEL, *(new_photos[number] for number in LESSON))
    after = compare(program_answers(out, new_photos), result["taught"]["answers"])
    assert after.same_label >= 0.99
    assert after.probability <= 0.03
    assert result["taught"]["answers"][0]["label"] == LABEL
    taught = {each["label"]: each for each in result["taught"]["labels"]}
    assert len(taught) == LABELS + 1
    assert taught[LABEL] == {"label": LABEL, "photos": 5, "taught": 5}

    # To another device, twice; then back to what there was.
    assert result["exported"] < 30_000
    assert result["imported"] == result["taught"]
    assert "export it again" in result["damaged"]
    assert result["rest"]["labels"] == result["labels"]
    for rest, first in zip(result["rest"]["answers"], result["answers"], strict=True):
        assert rest["label"] == first["label"]
        assert rest["probability"] == pytest.approx(first["probability"], abs=1e-3)
    assert "has no taught photos to remove" in result["gone"]


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        (["--method", "logistic"], "--method relative"),
        (["--features", "pca_features"], "verger train --features features"),
    ],
)
def test_what_cannot_be_taught_answers_and_says_why(
    orchard: MadeApp, new_photos: list[Path], tmp_path: Path, options: list[str], remedy: str
) -> None:
    out = Path(shutil.copytree(orchard.out, tmp_path / "out"))
    verger("train", out, *options)
    done = verger("app", out, tmp_path / "app", "--no-samples", timeout=300)
    assert "the app cannot be taught" in done.stderr
    assert remedy in done.stderr
    assert not (tmp_path / "app" / "teach.bin").exists()
    photos = new_photos[:20]
    result = node_answers(tmp_path / "app", photos, tmp_path / "node")
    assert remedy in result["untaught"]
    difference = compare(program_answers(out, photos), result["answers"])
    assert difference.same_label >= 0.95
    assert difference.probability <= 0.03
