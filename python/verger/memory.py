"""Memory that this process can still allocate, as the program reads it (cli/base/memory.cc)."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

NO_LIMIT = (1 << 64) - 1


def available_memory(root: Path = Path("/")) -> int:
    """Return the bytes that can be allocated: what the system has free, with swap, within the
    limits of the process's control groups and of its address space; NO_LIMIT if unknown. `root` is
    where /proc and /sys are.
    """
    space = resource.getrlimit(resource.RLIMIT_AS)[0]
    limits = [NO_LIMIT if space == resource.RLIM_INFINITY else space, *_group_limits(root)]
    free = 0
    for line in _lines(root / "proc/meminfo"):
        name, _, value = line.partition(":")
        if name in ("MemAvailable", "SwapFree"):
            free += 1024 * int(value.split()[0])
    return min(free or NO_LIMIT, *limits)


def _group_limits(root: Path) -> Iterator[int]:
    """Yield the limits of the process's control group and of the groups around it."""
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, group = line.split(":", 2)
        if controllers not in ("", "memory"):
            continue
        top, file = ("sys/fs/cgroup", "memory.max")
        if controllers:
            top, file = ("sys/fs/cgroup/memory", "memory.limit_in_bytes")
        folder = Path(group.lstrip("/"))
        for inner in (folder, *folder.parents):
            for limit in _lines(root / top / inner / file):
                if limit.isdigit():
                    yield int(limit)


def _lines(file: Path) -> list[str]:
    with suppress(OSError):
        return file.read_text().splitlines()
    return []
