"""File systems without locks, without sync of folders, without links: our words and a way on.

Sources of the kind: "anyvm-org/anyvm#35" (ENOLCK on NFS), "gluster/glusterfs#911".
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from .gate import Call, Gated, run_gated
from .outputs import Scenario, in_python, rows

STORAGE = 5
UNSUPPORTED = [errno.ENOTSUP, errno.ENOSYS]


@pytest.fixture(params=["program", "Python"])
def fresh(request: pytest.FixtureRequest, scenarios: dict[str, Scenario]) -> Scenario:
    """A run into a new output, by each shell."""
    scenario = scenarios["fresh"]
    return scenario if request.param == "program" else in_python(scenario)


def run(scenario: Scenario, out: Path, fails: Callable[[Call], int | None]) -> Gated:
    """The run; `fails` says which calls that touch its output fail."""
    return run_gated(
        scenario.command(out),
        lambda call: fails(call) if call.touches(out.parent) else None,
        opens_gate=scenario.python,
    )


@pytest.mark.parametrize("error", [errno.ENOLCK, *UNSUPPORTED])
def test_without_locks(
    error: int, fresh: Scenario, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locks(call: Call) -> int | None:
        return error if call.name == "flock" else None

    done = run(fresh, out, locks)
    assert done.returncode == STORAGE, done
    assert "does not support locks, which keep two runs from writing at once" in done.stderr
    assert not [file for file in out.rglob("*.parquet")]
    monkeypatch.setenv("VERGER_NO_LOCK", "1")
    done = run(fresh, out, locks)
    assert done.returncode == 0, done
    assert done.stderr.count("warning: ") == 1
    assert "nothing keeps another run from writing to it" in done.stderr
    assert rows(out) == rows(fresh.expected)


@pytest.mark.parametrize("error", [errno.EINVAL, *UNSUPPORTED])
def test_without_sync_of_folders(error: int, fresh: Scenario, out: Path) -> None:
    done = run(
        fresh,
        out,
        lambda call: error if call.name == "fsync" and os.path.isdir(call.paths[0]) else None,
    )
    assert done.returncode == 0, done
    assert done.stderr.count("warning: ") == 1
    assert "its file system cannot sync folders: after a loss of power" in done.stderr
    assert rows(out) == rows(fresh.expected)


def test_a_file_that_cannot_be_synced_ends_the_run(fresh: Scenario, out: Path) -> None:
    """Of a file's own bytes nothing else makes sure."""
    done = run(
        fresh,
        out,
        lambda call: (
            errno.EINVAL if call.name == "fsync" and not os.path.isdir(call.paths[0]) else None
        ),
    )
    assert done.returncode == STORAGE, done


@pytest.mark.parametrize("error", [errno.EPERM, *UNSUPPORTED])
def test_without_links(error: int, fresh: Scenario, out: Path) -> None:
    lacks = {"renameat2": errno.EINVAL, "link": error, "linkat": error}
    done = run(fresh, out, lambda call: lacks.get(call.name))
    assert done.returncode == 0, done
    assert rows(out) == rows(fresh.expected)
