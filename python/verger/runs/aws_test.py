"""Keys and when they are looked for again; where they come from is tried in tests/cli."""

from __future__ import annotations

import time
from typing import Any

import pytest

from verger.errors import StorageError
from verger.runs import aws
from verger.runs.aws import Keys, find_keys


class Search:
    """Finds keys of these times, or fails."""

    def __init__(self) -> None:
        self.fails = False
        self.calls = 0
        self.renew_at = self.expires = 0.0

    def __call__(self, *_: object) -> dict[str, Any]:
        self.calls += 1
        if self.fails:
            raise StorageError("no answer")
        keys = {"access_key": f"key {self.calls}", "secret_key": "s", "session_token": ""}
        return {**keys, "renew_at": self.renew_at, "expires": self.expires}


@pytest.fixture
def search(monkeypatch: pytest.MonkeyPatch) -> Search:
    search = Search()
    monkeypatch.setattr(aws, "_search", search)
    monkeypatch.setattr(aws, "_cached", None)
    return search


def test_keys_without_an_end_are_found_once(search: Search) -> None:
    assert find_keys("") == find_keys("") == Keys("key 1", "s", "")


def test_other_keys_are_found_when_the_environment_names_them(
    search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_keys("").access_key == "key 1"
    monkeypatch.setenv("AWS_PROFILE", "another")
    assert find_keys("") == find_keys("") == Keys("key 2", "s", "")


def test_keys_are_found_again_before_they_end(search: Search) -> None:
    search.renew_at, search.expires = time.time() - 1, time.time() + 300
    assert find_keys("").access_key == "key 1"
    search.renew_at = time.time() + 300
    assert [find_keys("").access_key for _ in range(3)] == ["key 2"] * 3


def test_keys_that_cannot_be_renewed_serve_until_they_end(search: Search) -> None:
    search.renew_at, search.expires = time.time() - 1, time.time() + 300
    assert find_keys("").access_key == "key 1"
    search.fails = True
    assert [find_keys("").access_key for _ in range(3)] == ["key 1"] * 3
    assert search.calls == 2, "not with each request"
    assert aws._cached is not None
    ended = time.time() - 1
    aws._cached = aws._cached._replace(renew_at=ended, expires=ended)
    with pytest.raises(StorageError, match="no answer"):
        find_keys("")
