"""Fixtures of the tests of the app's page. `make test-app` sets up what they need."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "cli"))

from chromium import axe_core, chromium  # noqa: E402
from program import draw_orchard, verger  # noqa: E402

from .app_server import AppServer  # noqa: E402
from .fake_camera import camera_file  # noqa: E402

# A label that tries to be more than a name.
HOSTILE = "<img src=x onerror=alert(1)>"
NEW_FRUIT = "Kiwi 1"  # the app has never seen it
CAMERA_FRUIT = "Banana 1"


def draw(folder: Path, photos: int, seed: int) -> Path:
    """An orchard, one label of which has a hostile name."""
    draw_orchard(folder, photos, seed, timeout=300)
    (folder / "Plum" / "Plum 1").rename(folder / "Plum" / HOSTILE)
    return folder


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """80 photos of 16 labels that no app is trained on."""
    return draw(tmp_path_factory.mktemp("photos") / "orchard", photos=5, seed=8)


@pytest.fixture(scope="session")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output with a classifier of 15 labels."""
    folder = tmp_path_factory.mktemp("app")
    orchard = draw(folder / "orchard", photos=12, seed=7)
    shutil.rmtree(orchard / "Kiwi")
    verger("run", orchard, folder / "out", "--no-report", timeout=300)
    verger("train", folder / "out", timeout=300)
    return folder / "out"


def make_app(out: Path, folder: Path, title: str) -> Path:
    """Makes an app of `out`, which takes a while: its files are compressed well."""
    verger("app", out, folder, "--title", title, timeout=300)
    return folder


@pytest.fixture(scope="session")
def app_folder(out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An app. Not to be changed."""
    return make_app(out, tmp_path_factory.mktemp("page") / "app", "Orchard")


@pytest.fixture(scope="session")
def newer_app(out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its next version. Not to be changed."""
    return make_app(out, tmp_path_factory.mktemp("page") / "app", "Second orchard")


@pytest.fixture
def server(app_folder: Path) -> Iterator[AppServer]:
    """Serves the app. Each has a port of its own, so that what one device keeps stays apart."""
    running = AppServer(app_folder)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory, photos: Path) -> Iterator[object]:
    """Chromium, with a camera that sees bananas."""
    video = camera_file(sorted((photos / "Banana" / CAMERA_FRUIT).iterdir()),
                        tmp_path_factory.mktemp("camera") / "camera.mjpeg")  # fmt: skip
    arguments = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={video}",
    ]
    with chromium(arguments) as opened:
        yield opened


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core, which finds barriers."""
    return axe_core()
