"""Sessions that cannot be had, without Spark; tests/spark has those that can."""

from __future__ import annotations

from typing import Any

import pytest

from verger.errors import BadCall
from verger.spark.settings import new_session, server_of


class Builder:
    """A builder of a session that fails."""

    def __init__(self, error: Exception, **options: str) -> None:
        self._options, self.error = options, error

    def getOrCreate(self) -> Any:
        raise self.error


SERVER = {"spark.remote": "sc://host"}


@pytest.fixture(autouse=True)
def nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPARK_REMOTE", raising=False)


def test_a_server_that_does_not_answer_is_named() -> None:
    builder: Any = Builder(RuntimeError("UNAVAILABLE\nstack"), **SERVER)
    with pytest.raises(BadCall, match=r"sc://host does not answer \(UNAVAILABLE.*SPARK_REMOTE"):
        new_session(builder)


def test_what_the_client_lacks_is_named() -> None:
    builder: Any = Builder(ImportError("grpcio >= 1.76.0 must be installed"), **SERVER)
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
    asked: list[Any] = [nothing, own]
    assert [server_of(builder) for builder in asked] == [None, "sc://host"]
    monkeypatch.setenv("SPARK_REMOTE", "sc://other")
    assert [server_of(builder) for builder in asked] == ["sc://other", "sc://host"]
