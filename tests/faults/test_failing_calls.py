"""System calls that fail: exit 5, the place named, nothing lost, nothing left about."""

from __future__ import annotations

import errno
import json
import random
from pathlib import Path

import pytest
from program import verger

from .gate import Call, run_gated
from .kills import FAILURES, Watch, calls_of, fail_at_call
from .outputs import Scenario, assert_readable, rows

NAMES = ["fresh", "grow", "change"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("call", ["openat", "write", "fsync", "rename"])
def test_a_change_fails(name: str, call: str, scenarios: dict[str, Scenario], out: Path) -> None:
    """At one place each, chosen by chance."""
    calls, _ = calls_of(scenarios[name], out)
    index = random.Random(call + name).choice(
        [at for at, system_call in enumerate(calls) if system_call.name == call]
    )
    fail_at_call(scenarios[name], out, index, FAILURES[call][0])


@pytest.mark.parametrize("name", NAMES)
def test_the_manifest_fails(name: str, scenarios: dict[str, Scenario], out: Path) -> None:
    """The last moment at which a run can fail without a new version."""
    calls, _ = calls_of(scenarios[name], out)
    index = [call.name for call in calls].index("renameat2")
    assert fail_at_call(scenarios[name], out, index, errno.EIO).version != "wanted"


@pytest.mark.faults
@pytest.mark.parametrize("name", NAMES)
def test_every_change_fails(name: str, scenarios: dict[str, Scenario], out: Path) -> None:
    calls, _ = calls_of(scenarios[name], out)
    assert {call.name for call in calls} <= FAILURES.keys()
    for index, call in enumerate(calls):
        for error in FAILURES[call.name]:
            fail_at_call(scenarios[name], out, index, error)


@pytest.mark.faults
@pytest.mark.parametrize("name", NAMES)
def test_every_read_fails(name: str, scenarios: dict[str, Scenario], out: Path) -> None:
    calls, _ = calls_of(scenarios[name], out, reads=True)
    for index in range(len(calls)):
        fail_at_call(scenarios[name], out, index, errno.EIO, reads=True)


def test_nothing_stays_staged(scenarios: dict[str, Scenario], out: Path) -> None:
    """The second of two parts does not fit: the first is of no use any more."""
    calls, _ = calls_of(scenarios["grow"], out)
    into = [at for at, call in enumerate(calls) if "/staged/" in call.paths[0]]
    index = [at for at in into if calls[at].name == "write"][1]
    assert fail_at_call(scenarios["grow"], out, index, errno.ENOSPC).staged == 0


@pytest.mark.parametrize("which", ["the last part", "a part in mid run"])
def test_a_failed_fsync_is_the_end(
    which: str, scenarios: dict[str, Scenario], many: dict[str, Scenario], out: Path
) -> None:
    """That of a part, and that of its folder: nobody knows what the disk holds now."""
    scenario = scenarios["grow"] if which == "the last part" else many["fresh"]
    calls, _ = calls_of(scenario, out)
    syncs = [
        at
        for at, call in enumerate(calls)
        if call.name == "fsync" and "Preprocessing" in call.paths[0]
    ]
    assert len(syncs) >= 2
    for index in syncs[:2]:
        assert not fail_at_call(scenario, out, index, errno.EIO).went_on


@pytest.mark.parametrize("fails", [1, 2, 3])
def test_a_photo_cannot_be_read(fails: int, scenarios: dict[str, Scenario], out: Path) -> None:
    """Bad luck is tried again, twice; a bad sector makes a reject, and no other row suffers."""
    scenario = scenarios["fresh"]
    photo = "Label 1/frame_0101.jpg"
    opened: list[str] = []
    failed: list[str] = []

    def fail(call: Call) -> int | None:
        if call.paths[0] != str(scenario.photos / photo):
            return None
        if call.name == "openat":
            opened.append(call.name)
        elif call.name == "read" and len(failed) < fails:
            failed.append(call.name)
            return errno.EIO
        return None

    done = run_gated(scenario.command(out), fail, reads=True)
    assert done.returncode == 0, done.stderr
    assert len(opened) == min(fails + 1, 3)
    result = json.loads(done.stdout)
    expected = rows(scenario.expected)
    if fails < 3:
        assert result["rejects"] == []
        assert rows(out) == expected
        return
    assert [reject["path"] for reject in result["rejects"]] == [photo]
    assert result["rejects"][0]["reason"] == "cannot be read: Input/output error"
    assert (result["inputs"], result["rows"]) == (200, 199)
    verger("verify", out)
    # The disk is well again: the photo gets its row.
    done = run_gated(scenario.command(out), lambda call: None)
    assert json.loads(done.stdout)["extracted"] == 1
    assert {path: row[:3] for path, row in rows(out).items()} == {
        path: row[:3] for path, row in expected.items()
    }


def test_too_many_photos_cannot_be_read(scenarios: dict[str, Scenario], out: Path) -> None:
    """A disk of photos that is gone: no new version of all that could not be read."""
    scenario = scenarios["grow"]
    watch = Watch(scenario, scenario.begin(out))

    def fail(call: Call) -> int | None:
        watch(call)
        return errno.EIO if call.name == "read" and call.paths[0].endswith(".jpg") else None

    done = run_gated(scenario.command(out), fail, reads=True)
    assert done.returncode == 3, done
    assert len(watch.opened) == 40
    assert assert_readable(scenario, out) == "before"
