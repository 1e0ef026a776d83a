"""Sessions that cannot be had, without Spark; tests/spark has those that can."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from verger.errors import BadCall
from verger.spark import settings
from verger.spark.settings import new_session, server_of


class Builder:
    """A builder of a session that fails."""

    def __init__(self, error: Exception, **options: str) -> None:
        self._options, self.error = options, error

    def getOrCreate(self) -> Any:
        raise self.error


SERVER = {"spark.remote": "sc://127.0.0.1"}


@pytest.fixture(autouse=True)
def nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPARK_REMOTE", raising=False)
    monkeypatch.setattr(settings, "getproxies", dict)


def test_a_server_that_does_not_answer_is_named() -> None:
    remote = {"spark.remote": "local[2]"}
    builder: Any = Builder(RuntimeError("UNAVAILABLE\nstack"), **remote)
    message = r"local\[2\] does not answer \(UNAVAILABLE.*SPARK_REMOTE"
    with pytest.raises(BadCall, match=message):
        new_session(builder)


def test_where_nobody_listens_spark_gets_no_request() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    server = f"sc://127.0.0.1:{port}/;token=secret"
    builder: Any = Builder(AssertionError("asked"), **{"spark.remote": server})
    with pytest.raises(BadCall, match="Connection refused.*start it") as refused:
        new_session(builder)
    assert f"server sc://127.0.0.1:{port} does not" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_what_the_client_lacks_is_named() -> None:
    missing = ImportError("grpcio >= 1.76.0 must be installed")
    builder: Any = Builder(missing, **{"spark.remote": "local[2]"})
    with pytest.raises(BadCall, match=r"grpcio .*: for Spark Connect, pip install 'pyspark\[conn"):
        new_session(builder)


def test_a_classic_session_fails_as_spark_says() -> None:
    builder: Any = Builder(RuntimeError("no Java"))
    with pytest.raises(RuntimeError, match="no Java"):
        new_session(builder)


def test_the_builder_s_server_comes_before_the_environment_s(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nothing, own = Builder(OSError()), Builder(OSError(), **SERVER)
    builders: list[Any] = [nothing, own]
    assert [server_of(builder) for builder in builders] == [None, "sc://127.0.0.1"]
    monkeypatch.setenv("SPARK_REMOTE", "sc://other")
    assert [server_of(builder) for builder in builders] == ["sc://other", "sc://127.0.0.1"]
