"""How many threads this process can run at a time."""

from __future__ import annotations

import os
from pathlib import Path

from verger._library import borrowed, library, take_bytes


def usable_threads(root: Path = Path("/")) -> int:
    """Return the number of processors that it may run on, or less where a quota of its cgroups (a
    limit on a container's processors) is less. `root` is where /proc and /sys are.
    """
    quotas = b"\n".join(_quota(root / folder[1:]) for folder in _cgroup_folders(root))
    affinity = len(os.sched_getaffinity(0))
    return int(library().verger_usable_threads(affinity, borrowed(quotas)))


def _cgroup_folders(root: Path) -> list[str]:
    cgroups, mounts = _text(root / "proc/self/cgroup"), _text(root / "proc/self/mountinfo")
    folders = take_bytes("verger_cgroup_folders", borrowed(cgroups), borrowed(mounts))
    return os.fsdecode(folders).splitlines()


def _quota(cgroup: Path) -> bytes:
    """Return the CPU quota of a cgroup; b"" if there is none."""
    quota, period = _text(cgroup / "cpu.cfs_quota_us"), _text(cgroup / "cpu.cfs_period_us")
    return quota + period if quota and period else _text(cgroup / "cpu.max")


def _text(file: Path) -> bytes:
    """Read a file; return b"" if it cannot be read."""
    try:
        return file.read_bytes()
    except OSError:
        return b""
