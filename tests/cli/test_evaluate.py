"""verger evaluate: the naive score beside the honest one, from an output."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from program import start, summary, verger

LABELS = {"Blueberry": (60, 70, 170), "Cherry": (170, 40, 60), "Lime": (120, 180, 60)}
AXES = ("r0_", "r1_")
FRAMES = 24


def turn(folder: Path, seed: int = 0) -> Path:
    """Fruit that turns twice, photos called as those of Fruits-360: a spot moves round."""
    for label, colour in LABELS.items():
        (folder / label).mkdir(parents=True)
        for axis in AXES:
            rng = np.random.default_rng([seed, len(label), int(axis[1])])
            skin = np.array(colour) + rng.normal(0, 60, 3)
            for frame in range(FRAMES):
                angle = 2 * np.pi * frame / FRAMES
                y, x = np.mgrid[0:24, 0:24] / 23 - 0.5
                inside = (x * x + y * y < 0.16)[..., None]
                away = np.hypot(x - 0.25 * np.cos(angle), y - 0.2 * np.sin(angle))
                spot = (away < 0.1)[..., None]
                pixels = np.where(inside, skin + 50 * spot, 255) + rng.normal(0, 2, (24, 24, 3))
                image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
                image.save(folder / label / f"{axis}{frame * 360 // FRAMES}_100.jpg", quality=95)
    return folder


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory, tiny: list[str]) -> Path:
    """An output of turning fruit, beside its photos. Not to be changed."""
    folder = tmp_path_factory.mktemp("turned")
    verger("run", turn(folder / "photos"), folder / "out", *tiny)
    return folder / "out"


def test_all_of_it_is_told(turned: Path) -> None:
    result = summary("evaluate", turned, "--shrinkage", "0.2")
    photos = len(LABELS) * len(AXES) * FRAMES
    assert result["photos"] == result["photos_of_output"] == photos
    for split in ("random", "angle", "axis", "groups"):
        figures = result[split]
        assert 0 <= figures["accuracy"] <= figures["top3"] <= 1
        assert figures["photos_trained"] + figures["photos_tested"] <= photos or split == "groups"
        bins = figures["reliability"]
        tested = sum(each["photos"] for each in bins)
        assert tested == figures["photos_tested"]
        right = sum(each["photos"] * each["accuracy"] for each in bins)
        assert right / tested == pytest.approx(figures["accuracy"])
        error = sum(each["photos"] * abs(each["probability"] - each["accuracy"]) for each in bins)
        assert error / tested == pytest.approx(figures["calibration_error"])
        assert 1 <= figures["set_size"] <= len(LABELS)
    assert result["groups"]["photos_tested"] == photos
    honest = result["honest"]
    assert honest["naive"] == result["random"]["accuracy"]
    assert honest["honest"] == result[honest["split"]]["accuracy"]
    assert "have a neighbouring frame" in honest["reason"]
    assert result["background"]["photos"] == photos
    assert result["unknown"]["draws"] == 5
    assert result["confusion"]["labels"] == list(LABELS)
    assert len(result["leaks"]["pairs"]) == min(50, result["leaks"]["photos_with_leak"])


def test_one_screen_has_the_naive_score_beside_the_honest_one(turned: Path) -> None:
    text = verger("evaluate", turned, "--shrinkage", "0.2").stdout
    assert "NAIVE" in text
    assert "Honest: " in text
    assert "points too high" in text
    assert "Background alone: " in text
    assert len(text.splitlines()) <= 24


def test_the_page_is_made_again_with_it(turned: Path, tmp_path: Path) -> None:
    out = shutil.copytree(turned, tmp_path / "out")
    usual: list[str | Path] = ["evaluate", out, "--shrinkage", "0.2", "--no-background"]
    result = summary(*usual, "--report")
    text = (out / "report.html").read_text()
    match = re.search(r'id="data">([^<]*)</script>', text)
    assert match is not None
    section = json.loads(match[1])["sections"]["evaluation"]
    assert section["honest"] == result["honest"]
    assert all(photo["thumbnail"] >= 0 for photo in section["mistakes"])
    # Too much inflation is reported after all other output.
    (out / "report.html").unlink()
    done = verger(*usual, "--report", "--max-inflation", "-100", check=3)
    assert f"Page: {out / 'report.html'}" in done.stdout
    assert (out / "report.html").is_file()
    verger(*usual)
    assert (out / "report.html").read_text() == text


def test_no_page_is_made_where_there_is_no_output(tmp_path: Path) -> None:
    assert "has no output" in verger("evaluate", tmp_path, "--report", check=4).stderr
    assert not list(tmp_path.iterdir())


def test_inflation_is_an_exit_code(turned: Path) -> None:
    usual: list[str | Path] = ["evaluate", turned, "--shrinkage", "0.2", "--no-background"]
    inflation = summary(*usual)["honest"]["inflation"]
    verger(*usual, "--max-inflation", str(inflation + 1))
    done = verger(*usual, "--max-inflation", str(inflation - 1), check=3)
    assert "more than --max-inflation" in done.stderr
    assert "Honest: " in done.stdout, "the measured figures are printed all the same"


def test_another_output_is_tested(turned: Path, tmp_path: Path, tiny: list[str]) -> None:
    verger("run", turn(tmp_path / "photos", seed=0), tmp_path / "out", *tiny)
    result = summary("evaluate", turned, "--test", tmp_path / "out", "--shrinkage", "0.2")
    assert result["test"]["photos_tested"] == result["photos"]
    assert result["test"]["photos_alike"] == result["photos"]
    assert result["test"]["accuracy"] > 0.9
    assert "another output" in verger("evaluate", turned, "--test", tmp_path / "out").stdout


def test_an_output_by_another_network_is_refused(
    turned: Path, tmp_path: Path, orchard_out: Path
) -> None:
    done = verger("evaluate", turned, "--test", orchard_out, check=4)
    assert "extract the photos again by the network of OUT" in done.stderr


def test_labels_of_folders_above(tmp_path: Path, tiny: list[str]) -> None:
    turn(tmp_path / "photos" / "Round")
    turn(tmp_path / "photos" / "Small", seed=5)
    verger("run", tmp_path / "photos", tmp_path / "out", *tiny)
    result = summary("evaluate", tmp_path / "out", "--label-level", "1", "--no-background")
    assert result["confusion"]["labels"] == ["Round", "Small"]
    grouped = summary("evaluate", tmp_path / "out", "--groups", "folder:1", "--no-background")
    assert grouped["groups"]["groups"] == 2


def test_groups_that_fit_no_path_are_refused(turned: Path) -> None:
    done = verger("evaluate", turned, "--groups", r"tray(\d+)", check=2)
    assert r"'tray(\d+)' does not fit 144 of 144 paths" in done.stderr
    verger("evaluate", turned, "--groups", "(r[01])_[0-9]", "--no-background")


def test_photos_that_are_gone_cost_only_the_background(turned: Path, tmp_path: Path) -> None:
    out = shutil.copytree(turned, tmp_path / "out")
    result = summary("evaluate", out, "--photos", tmp_path / "nowhere")
    assert result["background"]["photos"] == 0
    assert "nowhere" in result["background"]["reason"]
    assert result["random"]["photos_tested"] == 36
    assert "background" not in summary("evaluate", out, "--no-background")


def test_hashed_paths_are_grouped_by_features(tmp_path: Path, tiny: list[str]) -> None:
    turn(tmp_path / "photos")
    verger("run", tmp_path / "photos", tmp_path / "out", *tiny, "--path-mode", "hash")
    result = summary("evaluate", tmp_path / "out", "--shrinkage", "0.2")
    assert "angle" not in result
    assert result["groups"]["groups"] < 100, "of 144 photos"
    assert "hashed" in result["background"]["reason"]
    done = verger("evaluate", tmp_path / "out", "--groups", "x", check=2)
    assert "paths are hashed" in done.stderr


def test_too_little_is_said(tmp_path: Path, tiny: list[str], small_out: Path) -> None:
    (tmp_path / "photos" / "A").mkdir(parents=True)
    for label in ("A", "B"):
        (tmp_path / "photos" / label).mkdir(exist_ok=True)
        Image.new("RGB", (24, 24), "red" if label == "A" else "blue").save(
            tmp_path / "photos" / label / "one.png"
        )
    verger("run", tmp_path / "photos", tmp_path / "out", *tiny)
    assert "at least two photos" in verger("evaluate", tmp_path / "out", check=4).stderr
    verger("evaluate", tmp_path, check=4)


def test_it_writes_nothing_and_can_be_interrupted(turned: Path) -> None:
    files = {path: path.stat().st_mtime_ns for path in turned.rglob("*")}
    run = start("evaluate", turned, env={**os.environ, "OMP_NUM_THREADS": "1"})
    time.sleep(0.15)
    run.send_signal(signal.SIGINT)
    assert run.wait(60) in (0, 130, -signal.SIGINT), "it may be done, or not have begun"
    assert {path: path.stat().st_mtime_ns for path in turned.rglob("*")} == files
