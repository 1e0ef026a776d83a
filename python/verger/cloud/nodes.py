"""CPUs and memory of EC2 types, from their names and families, and Spark's settings for them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from verger.cloud.settings import Settings

_TYPE = re.compile(r"([a-z]+)([0-9]+)([a-z-]*)\.([a-z0-9]+)")
_CPUS = {"medium": 1, "large": 2, "xlarge": 4}
_GIB_A_CPU = {"c": 2, "m": 4, "r": 8}
# YARN's share of a node's memory on EMR: 12,288 of 16,384 MiB of an m5.xlarge, more on larger ones.
_YARN_SHARE = 0.75
# A node's share of YARN's memory for the heap. Half as much again is for Python and the engine
# (verger.spark.settings: memoryOverheadFactor), and the rest for YARN's own container.
_HEAP_SHARE = 0.58
_OVERHEAD_FACTOR = "0.5"
_DRIVER_SHARE = 0.4


@dataclass(frozen=True)
class Node:
    """A type of node."""

    cpus: int
    memory_mb: int
    arm: bool

    @property
    def yarn_mb(self) -> int:
        """Return the memory that Spark's executors may have, in MiB."""
        return int(self.memory_mb * _YARN_SHARE)


def is_arm(type_: str) -> bool:
    """Return whether a type is a Graviton: m6g, c7gn, r8gd, t4g, a1."""
    match = _TYPE.fullmatch(type_)
    return match is not None and (match[3].startswith("g") or match[1] == "a")


def node_of(type_: str) -> Node | None:
    """Return CPUs and memory of a type; None for families that are not known here, as GPUs'."""
    match = _TYPE.fullmatch(type_)
    if match is None or match[1] not in _GIB_A_CPU:
        return None
    times = re.fullmatch(r"([0-9]+)xlarge", match[4])
    cpus = 4 * int(times[1]) if times else _CPUS.get(match[4])
    if cpus is None:
        return None
    gib = cpus * _GIB_A_CPU[match[1]]
    return Node(cpus, gib * 1024, is_arm(type_))


def spark_defaults(settings: Settings) -> dict[str, str]:
    """Return Spark's settings for the nodes: an executor a node, as large as YARN allows.

    EMR's defaults leave half of the cores idle, since Python's memory does not fit beside its
    heaps. pca.py sets those that follow from photos.
    """
    defaults = {
        # Nodes may come and go. EMR's default, here so that the plan shows it.
        "spark.dynamicAllocation.enabled": "true",
        "spark.executor.memoryOverheadFactor": _OVERHEAD_FACTOR,
    }
    worker = _smallest([group.type for group in (settings.core, settings.task) if group.count])
    if worker is not None:
        defaults["spark.executor.cores"] = str(worker.cpus)
        defaults["spark.executor.memory"] = f"{int(worker.yarn_mb * _HEAP_SHARE)}m"
    primary = node_of(settings.primary.type)
    if primary is not None:
        defaults["spark.driver.memory"] = f"{int(primary.memory_mb * _DRIVER_SHARE)}m"
    return defaults


def _smallest(types: list[str]) -> Node | None:
    nodes = [node for type_ in types if (node := node_of(type_)) is not None]
    if len(nodes) < len(types) or not nodes:
        return None  # EMR's own settings fit any type
    return min(nodes, key=lambda node: (node.cpus, node.memory_mb))
