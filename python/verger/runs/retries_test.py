"""Requests are sent again as often as the program sends them, after pauses that double."""

from __future__ import annotations

import time

import pytest

from verger._limits import limits
from verger.runs.retries import attempts, status_may_pass


def test_pauses_double_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    assert list(attempts()) == list(range(limits().request_tries)) == list(range(8))
    longest = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2]
    assert len(pauses) == 7
    assert all(most / 2 <= pause <= most for pause, most in zip(pauses, longest))
    pauses.clear()
    assert len(list(attempts(20))) == 20
    assert max(pauses) <= 5


def test_one_try_has_no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("slept"))
    assert list(attempts(1)) == [0]


@pytest.mark.parametrize("status", [0, 429, 500, 503])
def test_failures_that_may_pass(status: int) -> None:
    assert status_may_pass(status)


@pytest.mark.parametrize("status", [200, 301, 403, 404])
def test_answers_that_stay(status: int) -> None:
    assert not status_may_pass(status)
