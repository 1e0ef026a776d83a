"""A clean AWS environment, a server of moto, and the command line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from verger.cloud import guard

from .listener import Listener
from .programs import BUCKET, Program, write_wheel

if TYPE_CHECKING:
    from .stubbed import Stubbed


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No AWS variable or file of the user; keys without any rights."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "verger-test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    monkeypatch.chdir(tmp_path)
    guard.sent.clear()
    return monkeypatch


@pytest.fixture
def program(
    environment: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Program:
    """`verger cloud` in a folder of its own, with something that is named like our wheel."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    write_wheel(wheels / "verger-1.2.3-py3-none-any.whl")
    return Program(tmp_path, capsys)


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Counts connections."""
    with Listener().serving() as server:
        yield server


@pytest.fixture(scope="session")
def moto_server() -> Iterator[str]:
    """The URL of a server that plays AWS."""
    server: Any = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def moto(moto_server: str, environment: pytest.MonkeyPatch) -> str:
    """The same with the bucket and nothing else in it, and the environment that leads there."""
    import urllib.request

    reset = urllib.request.Request(f"{moto_server}/moto-api/reset", method="POST")
    urllib.request.urlopen(reset, timeout=20).close()
    environment.setenv("AWS_ENDPOINT_URL", moto_server)
    boto3 = pytest.importorskip("boto3")
    s3 = boto3.client("s3", region_name="eu-west-3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    return moto_server


@pytest.fixture
def stubbed(environment: pytest.MonkeyPatch) -> Iterator[Stubbed]:
    """Clusters of the mission's settings; what was foretold must have been asked."""
    from .stubbed import Stubbed

    clusters = Stubbed()
    yield clusters
    clusters.emr.assert_no_pending_responses()
    clusters.starts.assert_no_pending_responses()
