"""What must be durable before what may be seen; and that the gate misses no call."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from .durability import found_undurable
from .gate import Call, run_gated
from .kills import calls_of
from .outputs import Scenario


def all_changes(scenario: Scenario, out: Path) -> list[Call]:
    """The calls of a run that change something at or around its output."""
    calls: list[Call] = []
    scenario.begin(out)
    done = run_gated(scenario.command(out), calls.append)
    assert done.returncode == 0, done.stderr
    return [call for call in calls if call.changes and call.touches(out.parent)]


@pytest.mark.parametrize("name", ["fresh", "grow", "change"])
def test_durable_before_visible(name: str, scenarios: dict[str, Scenario], out: Path) -> None:
    assert found_undurable(all_changes(scenarios[name], out)) == []


def test_what_is_not_durable_is_found(out: Path) -> None:
    hidden, part, manifest = (f"{out}/{name}" for name in (".verger-tmp-1", "a", "manifest-1"))
    write, fsync = Call("write", (hidden,)), Call("fsync", (hidden,))
    rename, folder = Call("rename", (hidden, part)), Call("fsync", (str(out),))
    commit = Call("renameat2", (hidden, manifest))
    assert found_undurable([write, fsync, rename, folder, commit, folder]) == []
    assert "a was visible before" in found_undurable([write, rename, folder, commit, folder])[0]
    assert "/a may be lost after" in found_undurable([write, fsync, rename, commit, folder])[0]
    assert "manifest-1 may be lost" in found_undurable([write, fsync, rename, folder, commit])[0]


def test_strace_sees_the_same_calls(scenarios: dict[str, Scenario], out: Path) -> None:
    """The kernel's other witness: no call that changes the output goes round the gate."""
    tried = shutil.which("strace") and subprocess.run(["strace", "-o", "/dev/null", "true"])
    if not tried or tried.returncode != 0:
        pytest.skip("NOT TESTED: the gate against strace, for it is not here or may not trace")
    scenario = scenarios["change"]
    expected = Counter(call.name for call in calls_of(scenario, out)[0])
    log = out.with_name("strace.log")
    strace = ["strace", "--follow-forks", "--decode-fds=path", "--signal=none", "-o", str(log)]
    run = [*strace, *scenario.command(scenario.begin(out))]
    subprocess.run(run, capture_output=True, timeout=300, check=True)
    reads = {"openat", "read", "pread64", "close", "fstat", "newfstatat", "lseek", "flock"}
    reads |= {"getdents64", "statfs", "fcntl", "access", "execve", "mmap", "readlink", "ioctl"}
    reads |= {"fadvise64"}  # of columns that a plan reads
    traced: Counter[str] = Counter()
    for line in log.read_text("utf-8").splitlines():
        call, _, arguments = line.partition(" ")[2].lstrip().partition("(")
        if str(out) in arguments and (call not in reads or "O_CREAT" in arguments):
            traced[call] += 1
    assert traced == expected
