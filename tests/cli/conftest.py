"""What the tests of the program share: a home of their own, a tiny network, outputs made once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from program import VERGER, draw_orchard, verger
from small_photos import plant, tiny_network


@pytest.fixture(scope="session", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees the models, or the wishes, of the person who runs it."""
    assert VERGER.is_file(), f"{VERGER} is not there: run 'make build', or set VERGER_BUILD"
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
            patch.setenv(name, str(home))
        for name in ("NO_COLOR", "LC_ALL", "LANG", "TERM", "COLUMNS"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Options for a network of 8 features."""
    network = tiny_network(tmp_path_factory.mktemp("model") / "tiny.onnx")
    return ["--model", str(network), "--preset", "torchvision"]


@pytest.fixture(scope="session")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample orchard, a photo of each of its 16 labels. Not to be changed."""
    return draw_orchard(tmp_path_factory.mktemp("sample") / "orchard", 1)


@pytest.fixture(scope="session")
def orchard_out(orchard: Path) -> Path:
    """What `verger run` makes of the orchard with the embedded network. Not to be changed."""
    out = orchard.parent / "out"
    verger("run", orchard, out)
    return out


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 small photos of 2 labels. Not to be changed."""
    return plant(tmp_path_factory.mktemp("small") / "photos", 40)


@pytest.fixture(scope="session")
def small_out(small: Path, tiny: list[str]) -> Path:
    """What `verger run` makes of the small photos with the tiny network. Not to be changed."""
    out = small.parent / "out"
    verger("run", small, out, *tiny)
    return out


@pytest.fixture
def photos(small: Path, tmp_path: Path) -> Path:
    """The small photos, as a test's own, with their times."""
    return Path(shutil.copytree(small, tmp_path / "photos"))


@pytest.fixture
def out(small_out: Path, tmp_path: Path) -> Path:
    """The output of the small photos, as a test's own."""
    return Path(shutil.copytree(small_out, tmp_path / "out"))
