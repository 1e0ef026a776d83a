"""Fixtures of the tests on third-party servers. `make test-servers` sets up what they need."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
for folder in (TESTS, TESTS / "cli"):
    sys.path.append(str(folder))

from small_photos import tiny_network  # noqa: E402

from .servers import KINDS, NAMES, PROGRAMS, running  # noqa: E402
from .user import User  # noqa: E402

# A server is started once: its tests go to one process.
ALONE = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in NAMES]


@pytest.fixture(scope="session", params=ALONE)
def user(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[User]:
    """Someone with photos and one of the servers."""
    name = request.param
    if name in KINDS and not KINDS[name].program.exists():
        pytest.skip(
            f"NOT TESTED: {name}, for {PROGRAMS} does not hold it: run 'tools/setup_servers.sh all'"
        )
    folder = tmp_path_factory.mktemp(name)
    network = tiny_network(folder / "tiny.onnx")
    with running(name, folder / "server") as server:
        yield User(name, server, folder, [str(network), "torchvision"])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.servers)
