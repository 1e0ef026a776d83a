"""Fixtures of the tests on an S3 server. `make test-s3` sets up what they need; none downloads."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .fault_proxy import FaultProxy, running_proxy
from .server import PROGRAM, S3Server, running_s3_server

sys.path.append(str(Path(__file__).resolve().parents[1] / "cli"))

from program import VERGER  # noqa: E402
from program import verger as verger_on_disk  # noqa: E402
from small_photos import plant, tiny_network  # noqa: E402

from .cloud import Cloud, Harvest, put_photos  # noqa: E402

PHOTOS = 1100  # three parts


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server, shared by tests: each makes buckets of its own."""
    if not PROGRAM.is_file():
        pytest.skip(f"NOT TESTED: S3, for {PROGRAM} is not there: run 'tools/setup.sh spark'")
    with running_s3_server(tmp_path_factory.mktemp("s3") / "server") as server:
        yield server


@pytest.fixture
def proxy(s3_server: S3Server) -> Iterator[FaultProxy]:
    """A proxy before the server that forwards everything until a test sets faults."""
    with running_proxy(s3_server.port, silence=1.0) as running:
        yield running
        assert running.lost == 0


@pytest.fixture
def cloud(s3_server: S3Server, proxy: FaultProxy, tmp_path: Path) -> Cloud:
    """The program and an empty bucket."""
    assert VERGER.is_file(), f"{VERGER} is not there: run 'make build', or set VERGER_BUILD"
    home = tmp_path / "home"
    home.mkdir()
    return Cloud(s3_server, proxy, home, s3_server.new_bucket())


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Options for a network of 8 features."""
    network = tiny_network(tmp_path_factory.mktemp("model") / "tiny.onnx")
    return ["--model", str(network), "--preset", "torchvision"]


def harvested(server: S3Server, folder: Path, tiny: list[str]) -> Harvest:
    """Puts a folder of photos into a bucket as well, and runs the program on the folder."""
    url = put_photos(server, server.new_bucket(), "Photos", folder)
    out = folder.parent / "out"
    verger_on_disk("run", folder, out, *tiny)
    return Harvest(folder, url, tiny, out)


@pytest.fixture(scope="session")
def harvest(
    s3_server: S3Server, tiny: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Harvest:
    """Photos for three parts, no two alike."""
    return harvested(s3_server, plant(tmp_path_factory.mktemp("many") / "photos", PHOTOS), tiny)


@pytest.fixture(scope="session")
def small(
    s3_server: S3Server, tiny: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Harvest:
    """Photos for one part."""
    return harvested(s3_server, plant(tmp_path_factory.mktemp("small") / "photos", 40), tiny)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.s3)
