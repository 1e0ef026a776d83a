"""Fixtures of the tests of readers. `make test-readers` sets up what they need; none downloads."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "cli"))

from program import draw_orchard, verger  # noqa: E402

from .blocks import require_venv  # noqa: E402
from .outputs import make_mixed  # noqa: E402


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with OUT, what `verger run` makes of the sample orchard; not to be changed."""
    require_venv()
    folder = tmp_path_factory.mktemp("sample")
    verger("run", draw_orchard(folder / "orchard", 40), folder / "OUT")
    return folder


@pytest.fixture(params=["as written", "first part older", "last part older"])
def folder(request: pytest.FixtureRequest, sample: Path, tmp_path: Path) -> Path:
    """A folder with OUT as a test's own, in which parts of earlier versions may stand."""
    shutil.copytree(sample / "OUT", tmp_path / "OUT")
    if request.param != "as written":
        make_mixed(tmp_path / "OUT", 0 if request.param.startswith("first") else -1)
    return tmp_path


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.readers)
