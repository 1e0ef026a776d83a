"""`verger forget` that is killed: the version before or the one without, and then without."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from program import VERGER, summary, verger

from .gate import KILL, Call, Kill, run_gated
from .outputs import Rows, Scenario, published, rows, staged, temporaries
from .test_kills import a_few

PHOTO = "Label 1/frame_0101.jpg"


def command(out: Path) -> list[str | Path]:
    return [VERGER, "forget", out, PHOTO, "--threads", "1", "--quiet"]


def kill_forget(out: Path, index: int | None) -> list[Call]:
    """Forgets the photo until the index-th call that changes the output. Returns those calls."""
    calls: list[Call] = []

    def watch(call: Call) -> Kill | None:
        if call.changes and call.touches(out):
            calls.append(call)
            return KILL if len(calls) - 1 == index else None
        return None

    done = run_gated(command(out), watch)
    assert done.returncode == (0 if index is None else -signal.SIGKILL), done
    return calls


def killed_and_told_again(old: Path, out: Path, number: int | None) -> Iterator[tuple[str, Rows]]:
    """Kills it at so many calls, or at all; each time the same command has then been given again.

    Yields the version that the kill left, and the rows wanted in the end; `out` is there then.
    """
    shutil.copytree(old, out)
    calls = kill_forget(out, None)
    wanted = rows(out)
    assert wanted.keys() == rows(old).keys() - {PHOTO}
    for index in range(len(calls)) if number is None else a_few(calls, number):
        shutil.rmtree(out)
        shutil.copytree(old, out)
        kill_forget(out, index)
        verger("show", out)
        left = rows(out)
        assert left in (rows(old), wanted)
        version = "wanted" if left == wanted else "before"
        # Where its version was made, what is left to do is its proof.
        told = summary(*(word for word in command(out)[1:] if word != "--quiet"))
        assert told["rows"] == (0 if version == "wanted" else 1)
        assert told["files_read"] == len([file for file in out.rglob("*") if file.is_file()])
        yield version, wanted


def assert_forgotten(out: Path, wanted: Rows) -> None:
    assert rows(out) == wanted
    assert PHOTO not in published(out)
    assert [file for file in out.rglob("*") if file.is_file() and holds(file)] == []
    assert temporaries(out) + staged(out) == []


def holds(file: Path) -> bool:
    return PHOTO.encode() in file.read_bytes()


@pytest.mark.parametrize("number", [4, pytest.param(None, marks=pytest.mark.faults)])
def test_killed_forget(number: int | None, scenarios: dict[str, Scenario], out: Path) -> None:
    versions = set()
    for version, wanted in killed_and_told_again(scenarios["fresh"].wanted, out, number):
        versions.add(version)
        assert_forgotten(out, wanted)
    assert versions == {"before", "wanted"}


def test_killed_forget_leaves_nothing(scenarios: dict[str, Scenario], out: Path) -> None:
    for _ in killed_and_told_again(scenarios["fresh"].wanted, out, 4):
        verger("verify", out)
