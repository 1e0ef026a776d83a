"""Whether what a run makes visible outlives a loss of power, by the order of its calls."""

from __future__ import annotations

import os
from collections.abc import Sequence

from .gate import Call
from .outputs import TEMPORARY


def found_undurable(calls: Sequence[Call]) -> list[str]:
    """What is visible too early: a file before its bytes are durable, a manifest before the names
    of all that came before it, and names that nobody made durable to the end."""
    unsynced: set[str] = set()  # files with bytes that may be lost
    unnamed: dict[str, set[str]] = {}  # folder: names in it that may be lost
    undurable: list[str] = []

    def appears(path: str) -> None:
        if TEMPORARY not in path and not path.endswith("/lock"):
            unnamed.setdefault(os.path.dirname(path), set()).add(path)

    for call in calls:
        path = call.paths[-1]
        if call.name == "write":
            unsynced.add(path)
        elif call.name == "fsync":
            unsynced.discard(path)
            unnamed.pop(path, None)
        elif call.name in ("openat", "mkdir"):
            appears(path)
        elif call.name.startswith(("rename", "link")):
            if call.paths[0] in unsynced:
                undurable.append(f"{path} was visible before it was durable")
            if os.path.basename(path).startswith("manifest-"):
                undurable += [f"{name} may be lost after {path}" for name in all_of(unnamed)]
            appears(path)
            unnamed.get(os.path.dirname(call.paths[0]), set()).discard(call.paths[0])
    return undurable + [f"{name} may be lost after the end" for name in all_of(unnamed)]


def all_of(unnamed: dict[str, set[str]]) -> list[str]:
    return sorted(name for names in unnamed.values() for name in names)
