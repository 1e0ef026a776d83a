"""Clean systems, the wheel in them, and what the built program makes of the same photos."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cloud.clean_root import ROOT, CleanRoot, missing_for_clean_root

sys.path.append(str(ROOT / "tests" / "cli"))

from program import draw_orchard, verger  # noqa: E402

MADE = ROOT / ".cache" / "install"
# All that pip, pipx and uv may install is in /given/wheels: there is no network.
OFFLINE = {
    "PIP_NO_INDEX": "1",
    "PIP_FIND_LINKS": "/given/wheels",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "UV_NO_INDEX": "1",
    "UV_FIND_LINKS": "/given/wheels",
    "UV_PYTHON_DOWNLOADS": "never",
    "UV_OFFLINE": "1",
}

LONG = 600  # seconds; each command takes half a minute where the machine is free
NewSystem = Callable[[str], "System"]


class System(CleanRoot):
    """A clean system with the wheels in /given, and the sample orchard at the path that it has
    here; `farmer` uses it."""

    variables: dict[str, str]

    def farm(self, script: str, check: int = 0, **env: str) -> str:
        """Runs a script as the user, without network; returns what it prints."""
        variables = {**self.variables, **env}
        done = self.run(f"cd; {script}", user="farmer", env=variables, check=check, timeout=LONG)
        return done.stdout + done.stderr

    def written(self, path: str) -> Path:
        """Where a file or folder is that a script has written."""
        return self.layers[0] / path.lstrip("/")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.install)


@pytest.fixture(scope="session")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample orchard, as `make demo` draws it."""
    return draw_orchard(tmp_path_factory.mktemp("photos") / "orchard", 40, timeout=LONG)


@pytest.fixture(scope="session")
def out(orchard: Path) -> Path:
    """What the built program makes of it."""
    folder = orchard.parent / "out"
    verger("run", orchard, folder, timeout=LONG)
    return folder


@pytest.fixture
def new_system(tmp_path: Path, orchard: Path) -> Iterator[NewSystem]:
    """Makes a system: Debian 13 is "trixie", Ubuntu 24.04 "noble"."""

    def make(suite: str) -> System:
        stamp = MADE / f".{suite}-stamp"
        if missing := missing_for_clean_root(stamp, "tests/install/make_roots.sh"):
            pytest.skip(f"NOT TESTED: the wheel on {suite}, for {missing}")
        system = System(tmp_path / suite, base=MADE / suite)
        wheels = [*(ROOT / "dist").glob("verger*.whl"), *(MADE / f"wheels-{suite}").glob("*.whl")]
        (system.inputs / "wheels").mkdir()
        for wheel in wheels:
            copy(wheel, system.inputs / "wheels" / wheel.name)
        shutil.copytree(orchard, system.written(str(orchard)), copy_function=copy)
        system.variables = {**OFFLINE, "ORCHARD": str(orchard)}
        return system

    yield make
    shutil.rmtree(tmp_path, ignore_errors=True)


def copy(source: str | Path, target: str | Path) -> None:
    """As a second name of the file, where that is possible."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)
