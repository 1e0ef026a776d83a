from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from verger._usable_threads import usable_threads
from verger.extractor import Extractor
from verger.model import Model


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


V2 = {
    "proc/self/cgroup": "0::/jobs/1\n",
    "proc/self/mountinfo": "9 8 0:7 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
}
V1 = {
    "proc/self/cgroup": "4:cpu,cpuacct:/jobs/1\n",
    "proc/self/mountinfo": "9 8 0:7 / /sys/fs/cgroup rw - cgroup cgroup rw,cpu,cpuacct\n",
    "sys/fs/cgroup/jobs/1/cpu.cfs_period_us": "100000\n",
}


def test_the_affinity_without_a_quota(tmp_path: Path) -> None:
    affinity = len(os.sched_getaffinity(0))
    assert usable_threads(tmp_path) == affinity
    assert usable_threads(write(tmp_path, V2)) == affinity
    assert usable_threads(write(tmp_path, {"sys/fs/cgroup/cpu.max": "max 100000\n"})) == affinity


@pytest.mark.parametrize(
    "quota",
    [
        {**V2, "sys/fs/cgroup/jobs/1/cpu.max": "100000 100000\n"},
        {**V2, "sys/fs/cgroup/jobs/cpu.max": "50000 100000\n"},
        {**V1, "sys/fs/cgroup/jobs/1/cpu.cfs_quota_us": "100000\n"},
    ],
)
def test_a_quota_of_the_cgroup_or_one_above(tmp_path: Path, quota: dict[str, str]) -> None:
    assert usable_threads(write(tmp_path, quota)) == 1


def test_an_extractor_takes_what_is_usable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verger.extractor.usable_threads", lambda: 1)
    assert Extractor(Model()).threads == 1


def test_a_real_quota() -> None:
    """A process of its own moves into a cgroup that allows one processor."""
    v2 = Path("/sys/fs/cgroup/cgroup.controllers").exists()
    mount = Path("/sys/fs/cgroup") if v2 else Path("/sys/fs/cgroup/cpu")
    cgroup = mount / f"verger-test-{os.getpid()}"
    script = "import os, pathlib, sys; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); "
    script += "from verger._usable_threads import usable_threads; print(usable_threads())"
    try:
        cgroup.mkdir()
        try:
            if v2:
                (cgroup / "cpu.max").write_text("100000 100000")
            else:
                (cgroup / "cpu.cfs_quota_us").write_text("100000")
            command = [sys.executable, "-c", script, str(cgroup / "cgroup.procs")]
            env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
            out = subprocess.check_output(command, env=env, text=True, timeout=300)
        finally:
            cgroup.rmdir()
    except OSError as error:
        pytest.skip(f"NOT TESTED: no cgroup with a quota can be made here: {error}")
    assert out == "1\n"
