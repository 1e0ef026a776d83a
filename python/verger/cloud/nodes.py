"""What types of nodes hold, as far as their names and the families' sizes tell."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TYPE = re.compile(r"([a-z]+)([0-9]+)([a-z-]*)\.([a-z0-9]+)")
_CPUS = {"medium": 1, "large": 2, "xlarge": 4}
_GIB_A_CPU = {"c": 2, "m": 4, "r": 8}
# YARN's share of a node's memory on EMR: 12,288 of 16,384 MiB of an m5.xlarge, more on larger ones.
_YARN_SHARE = 0.75


@dataclass(frozen=True)
class Node:
    """A type of node."""

    cpus: int
    memory_mb: int
    arm: bool

    @property
    def yarn_mb(self) -> int:
        """Memory that Spark's executors may have."""
        return int(self.memory_mb * _YARN_SHARE)


def is_arm(type_: str) -> bool:
    """Whether it is a Graviton: m6g, c7gn, r8gd, t4g, a1."""
    match = _TYPE.fullmatch(type_)
    return match is not None and (match[3].startswith("g") or match[1] == "a")


def node_of(type_: str) -> Node | None:
    """A node of a type; None for families whose sizes are not known here, as GPUs'."""
    match = _TYPE.fullmatch(type_)
    if match is None or match[1] not in _GIB_A_CPU:
        return None
    times = re.fullmatch(r"([0-9]+)xlarge", match[4])
    cpus = 4 * int(times[1]) if times else _CPUS.get(match[4])
    if cpus is None:
        return None
    gib = cpus * _GIB_A_CPU[match[1]]
    return Node(cpus, gib * 1024, is_arm(type_))
