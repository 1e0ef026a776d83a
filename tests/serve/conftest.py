"""Fixtures of the tests of `verger serve`: real servers on the loopback."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "cli"))

from program import draw_orchard, verger  # noqa: E402
from running import Server, Start  # noqa: E402


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.serve)


@pytest.fixture(scope="session")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight photos of each of the sample orchard's labels. Not to be changed."""
    return draw_orchard(tmp_path_factory.mktemp("sample") / "orchard", 8)


@pytest.fixture(scope="session")
def trained(orchard: Path) -> Path:
    """Its output by the embedded network, with a classifier. Not to be changed."""
    out = orchard.parent / "out"
    verger("run", orchard, out)
    verger("train", out)
    return out


@pytest.fixture
def out(trained: Path, tmp_path: Path) -> Path:
    """The same output, as a test's own."""
    return Path(shutil.copytree(trained, tmp_path / "out"))


@pytest.fixture(scope="session")
def photos(orchard: Path) -> list[Path]:
    """A photo of each label."""
    folders = sorted({path.parent for path in orchard.rglob("*.jpg")})
    return [sorted(folder.glob("*.jpg"))[0] for folder in folders]


@pytest.fixture(scope="session")
def photo(photos: list[Path]) -> bytes:
    return photos[0].read_bytes()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts servers, which end with the test."""
    servers: list[Server] = []

    def start_server(out: Path, *options: str) -> Server:
        servers.append(Server(out, tmp_path / f"log-{len(servers)}", *options))
        return servers[-1]

    yield start_server
    for server in servers:
        server.kill()


@pytest.fixture(scope="module")
def server(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the trained output that a module's tests share."""
    running = Server(trained, tmp_path_factory.mktemp("server") / "log")
    yield running
    running.kill()
