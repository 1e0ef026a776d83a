"""Fixtures of the Spark tests. `make test-spark` sets up what they need; none of them downloads.

A test takes both versions of Spark in turn; `@only_3_5` keeps it to EMR's.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from s3.server import S3Server, running_s3_server

from .cluster import Cluster, running_cluster
from .venvs import ROOT, VERSIONS, SparkVenv, built_wheel

sys.path.append(str(ROOT / "tests" / "cli"))

from small_photos import plant, tiny_network  # noqa: E402

REAL_PHOTOS = ROOT.parent / "shared" / "fruits360"
LOGS = (".log", "stderr")  # ours, and those that workers keep of their executors
SHOWN = 3000  # characters of each log that a failed test shows


@pytest.fixture(scope="session", params=VERSIONS)
def spark_venv(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> SparkVenv:
    """A version of Spark, without Verger."""
    return SparkVenv(request.param, tmp_path_factory.mktemp(f"spark-{request.param}"))


@pytest.fixture(scope="session")
def verger_venv(spark_venv: SparkVenv) -> SparkVenv:
    """The same, with the wheel of `make wheel` in it."""
    spark_venv.install(built_wheel())
    return spark_venv


@pytest.fixture(scope="session")
def standalone_cluster(spark_venv: SparkVenv) -> Iterator[Cluster]:
    """A master and two workers, shared by tests: those that kill end nothing but executors."""
    with running_cluster(spark_venv) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server, shared by tests: each makes buckets of its own."""
    with running_s3_server(tmp_path_factory.mktemp("s3") / "server") as server:
        yield server


@pytest.fixture
def photos(tmp_path: Path) -> Callable[[int], Path]:
    """photos(N): a folder of N distinct small photos in two folders of labels."""
    return lambda number: plant(tmp_path / f"{number} photos", number)


@pytest.fixture
def real_photos(tmp_path: Path) -> Callable[[int], Path]:
    """real_photos(N): a folder of N photos of Fruits-360, evenly chosen. Skips without them."""
    photos = sorted(REAL_PHOTOS.rglob("*.jpg"))
    if not photos:
        pytest.skip(f"NOT TESTED: the real photos, for there are none in {REAL_PHOTOS}")

    def take(number: int) -> Path:
        folder = tmp_path / f"{number} real photos"
        for index in range(number):
            photo = photos[index * len(photos) // number]
            copy = folder / photo.relative_to(REAL_PHOTOS)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(photo, copy)
        return folder

    return take


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ONNX network of 8 features that is done at once; its preset is 'torchvision'."""
    return tiny_network(tmp_path_factory.mktemp("model") / "tiny.onnx")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.spark)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A failed test shows the ends of what its fixtures' folders `logs` got meanwhile."""
    outcome = yield
    report: pytest.TestReport = outcome.get_result()  # type: ignore[attr-defined]
    if not report.failed:
        return
    fixtures = getattr(item, "funcargs", {}).values()
    folders = {value.logs for value in fixtures if hasattr(value, "logs")}
    for log in sorted(log for folder in folders for log in folder.rglob("*") if log.is_file()):
        if log.name.endswith(LOGS) and log.stat().st_size and log.stat().st_mtime >= call.start:
            report.sections.append((str(log), log.read_text("utf-8", "replace")[-SHOWN:]))
