"""Fixtures of the tests of report.html. `make test-browser` sets up what they need."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "cli"))

from chromium import axe_core, chromium  # noqa: E402
from program import verger  # noqa: E402
from small_photos import plant, tiny_network  # noqa: E402

from .evaluation_sample import evaluation_of  # noqa: E402

# A label, and a photo of it, that try to be more than names.
HOSTILE = "<img src=x onerror=alert(1)>"
HOSTILE_PHOTO = "'\"><script>alert(2)<&#47;script>.jpg"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core, which finds barriers."""
    return axe_core()


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Options for a network of 8 features."""
    return ["--model", str(tiny_network(tmp_path_factory.mktemp("model") / "tiny.onnx"))] + [
        "--preset",
        "torchvision",
    ]


@pytest.fixture(scope="session")
def out(tmp_path_factory: pytest.TempPathFactory, network: list[str]) -> Path:
    """The output of 60 photos of 4 labels, one of them hostile, with rejects, duplicates, an
    evaluation: all that a page can show. Not to be changed."""
    folder = tmp_path_factory.mktemp("report")
    photos = plant(folder / "photos", 60, labels=3)
    (photos / HOSTILE).mkdir()
    shutil.copy(photos / "Label 0" / "frame_0000.jpg", photos / HOSTILE / HOSTILE_PHOTO)
    shutil.copy(photos / "Label 1" / "frame_0001.jpg", photos / "Label 1" / "copy.jpg")
    (photos / "Label 2" / "empty.jpg").write_bytes(b"")
    verger("run", photos, folder / "out", *network, "--max-reject-rate", "0.5")
    evaluation = folder / "evaluation.json"
    evaluation.write_text(json.dumps(evaluation_of(sorted(each.name for each in photos.iterdir()))))
    verger("report", folder / "out", "--evaluation", evaluation)
    return folder / "out"
