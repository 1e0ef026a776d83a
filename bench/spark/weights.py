"""How often do the weights cross to an executor?"""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from end_to_end.run import WEIGHTS
from spark.processes import SparkVenv

DRIVER = "driver"


def measure(spark: SparkVenv, photos: Path, scratch: Path) -> dict[str, Any]:
    """Bytes that came to each executor by broadcast, by the size of the weights.

    Errors: AssertionError unless both executors have tasks, and the weights once.
    """
    events = scratch / "events"
    events.mkdir(parents=True)
    spark.way("two_executors", photos, scratch / "out", WEIGHTS, events)
    log = [event for path in events.iterdir() for event in _events(path)]
    tasks = _tasks(log)
    size = WEIGHTS.stat().st_size
    times = {executor: sent / size for executor, sent in _received(log).items()}
    assert len(tasks) == 2, f"tasks on {len(tasks)} executors, not 2: {tasks}"
    assert tasks.keys() == times.keys(), f"weights came to {times}, tasks to {tasks}"
    assert all(0.9 < sent < 1.1 for sent in times.values()), f"not once: {times}"
    return {"weights_bytes": size, "tasks": tasks, "times_received": times}


def _events(path: Path) -> Iterator[dict[str, Any]]:
    with path.open() as lines:
        yield from map(json.loads, lines)


def _tasks(log: list[dict[str, Any]]) -> dict[str, int]:
    """Tasks that ended, by executor."""
    tasks: dict[str, int] = defaultdict(int)
    for event in log:
        if event["Event"] == "SparkListenerTaskEnd":
            tasks[event["Task Info"]["Executor ID"]] += 1
    return dict(tasks)


def _received(log: list[dict[str, Any]]) -> dict[str, int]:
    """Bytes of all pieces of broadcasts that an executor stored, counted as often as it did."""
    received: dict[str, int] = defaultdict(int)
    for event in log:
        if event["Event"] != "SparkListenerBlockUpdated":
            continue
        block = event["Block Updated Info"]
        executor = block["Block Manager ID"]["Executor ID"]
        if executor != DRIVER and "_piece" in block["Block ID"]:
            received[executor] += block["Memory Size"] + block["Disk Size"]
    return dict(received)
