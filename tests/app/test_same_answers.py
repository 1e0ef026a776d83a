"""The app in Chromium answers real photos as verger classify does (docs/numerics.md)."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest

from .app_page import opened
from .app_server import AppServer
from .made_app import ROOT, verger
from .program_answers import compare, program_answers

pytestmark = pytest.mark.app

SHARED = ROOT.parent / "shared"
# Photos to train on, and others of the same labels.
SETS = {
    "fruits360": (SHARED / "fruits360" / "Training", SHARED / "fruits360" / "Test"),
    "grocery": (SHARED / "grocery" / "train", SHARED / "grocery" / "val"),
}
TRAINED_ON = 2000
PHOTOS = 100  # of each set

ANSWER = """async (photos) => {
  const {Engine} = await import('./engine.js');
  const {decodePhoto} = await import('./photo.js');
  const read = async (name) => new Uint8Array(await (await fetch(name)).arrayBuffer());
  const [module, network, classifier] = await Promise.all(
    [Engine.moduleName(), 'network.bin', 'classifier.bin'].map(read));
  const engine = await Engine.load({module: module.buffer, network, classifier});
  const answers = [];
  for (const photo of photos) {
    const bytes = Uint8Array.from(atob(photo), (letter) => letter.charCodeAt(0));
    const {pixels, width, height} = await decodePhoto(new Blob([bytes]));
    answers.push(engine.classify(engine.features(pixels, width, height), 1000));
  }
  return answers;
}"""


def some(folder: Path, count: int) -> list[Path]:
    """Photos of a folder, evenly spread."""
    photos = sorted(folder.rglob("*.jpg"))
    count = min(count, len(photos))
    return [photos[at * len(photos) // count] for at in range(count)]


def linked(photos: list[Path], root: Path, folder: Path) -> Path:
    """A folder of links to the photos, with their labels."""
    for photo in photos:
        link = folder / photo.relative_to(root)
        link.parent.mkdir(parents=True, exist_ok=True)
        os.symlink(photo, link)
    return folder


def app_answers(browser: Any, app: Path, photos: list[Path]) -> list[dict[str, Any]]:
    server = AppServer(app)
    try:
        with opened(browser, server) as page:
            encoded = [base64.b64encode(photo.read_bytes()).decode() for photo in photos]
            return list(page.page.evaluate(ANSWER, encoded))
    finally:
        server.stop()


@pytest.mark.parametrize("name", SETS)
def test_real_photos_get_the_same_answers(browser: Any, tmp_path: Path, name: str) -> None:
    training, test = SETS[name]
    if not training.is_dir():
        pytest.skip(f"NOT TESTED: the app's answers to {name}, for {training} is missing")
    photos = linked(some(training, TRAINED_ON), training, tmp_path / "photos")
    verger("run", photos, tmp_path / "out", "--no-report", timeout=900)
    verger("train", tmp_path / "out", timeout=300)
    verger("app", tmp_path / "out", tmp_path / "app", "--no-samples", timeout=300)
    sample = some(test, PHOTOS)
    program = program_answers(tmp_path / "out", sample)
    difference = compare(program, app_answers(browser, tmp_path / "app", sample))
    print(f"{name}: {difference}")
    assert difference.photos == PHOTOS
    assert difference.same_label >= 0.99
    assert difference.probability <= 0.03
    assert difference.same_unknown >= 0.99
