"""The tasks of a run, played one by one: what the formulas of scaling.py are held to.

python -m verger.cloud.simulate [--photos 1000000] [--nodes 3] [--rate 74] [--runs 20]
python -m verger.cloud.simulate --losses 0.1          # each node is lost 0.1 times an hour
python -m verger.cloud.simulate --plot docs/images/scale.png      # needs matplotlib
"""

from __future__ import annotations

import argparse
import heapq
import math
import random
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from verger.cloud.scaling import (
    Costs,
    Spread,
    makespan,
    rows_a_part,
    steps_of,
    with_losses,
)

_SHORTEST = 0.3  # of the usual task: no draw is shorter


@dataclass(frozen=True)
class Losses:
    """Nodes that go, each at any time alike."""

    an_hour: float = 0.0  # of each node
    replace: float = 300.0  # seconds until another is there in its place


@dataclass(frozen=True)
class Played:
    """What came of it."""

    seconds: float
    lost: int  # nodes
    repeated: int  # tasks


def play(
    tasks: int,
    nodes: int,
    cores: int,
    usual: float,
    spread: Spread | None = None,
    losses: Losses | None = None,
    seed: int = 0,
) -> Played:
    """Plays `tasks` on `nodes` of `cores` each, a task a core.

    Whatever core is free takes the next task of the queue; tasks of a node that goes are put at the
    queue's head and begun anew elsewhere. `usual`: seconds of the usual task.
    """
    spread, losses = spread or Spread(), losses or Losses()
    dice = random.Random(seed)
    waiting = [_draw(dice, spread) * usual for _ in range(tasks)]
    # Events: time, kind (a node goes before a task ends there), which node, the node's life, task.
    events: list[tuple[float, int, int, int, float]] = []
    life = [0] * nodes
    running: list[list[float]] = [[] for _ in range(nodes)]
    free = [cores] * nodes
    left, now, lost, repeated = tasks, 0.0, 0, 0

    def fill(node: int) -> None:
        while free[node] and waiting:
            task = waiting.pop()
            free[node] -= 1
            running[node].append(task)
            heapq.heappush(events, (now + task, 1, node, life[node], task))

    def doom(node: int) -> None:
        if losses.an_hour > 0:
            until = dice.expovariate(losses.an_hour / 3600)
            heapq.heappush(events, (now + until, 0, node, life[node], 0.0))

    for node in range(nodes):
        doom(node)
        fill(node)
    while left:
        now, kind, node, of_life, task = heapq.heappop(events)
        if kind == 2:  # a node has come
            free[node] = cores
            doom(node)
            fill(node)
        elif of_life != life[node]:
            continue  # of a node that is gone
        elif kind == 1:
            left -= 1
            running[node].remove(task)
            free[node] += 1
            fill(node)
        else:
            lost += 1
            repeated += len(running[node])
            waiting += running[node]
            running[node], free[node] = [], 0
            life[node] += 1
            heapq.heappush(events, (now + losses.replace, 2, node, life[node], 0.0))
            for other in range(nodes):
                fill(other)
    return Played(now, lost, repeated)


def _draw(dice: random.Random, spread: Spread) -> float:
    length = max(_SHORTEST, dice.gauss(1, spread.variation))
    return length * (spread.slow_factor if dice.random() < spread.slow_share else 1)


def mean_seconds(
    tasks: int,
    nodes: int,
    cores: int,
    usual: float,
    spread: Spread | None = None,
    losses: Losses | None = None,
    runs: int = 20,
) -> float:
    """The mean of some plays, each with dice of its own."""
    return statistics.mean(
        play(tasks, nodes, cores, usual, spread, losses, seed).seconds for seed in range(runs)
    )


def main(arguments: list[str] | None = None) -> int:
    """Shows a play beside the formula, or draws docs/images/scale.png."""
    parser = argparse.ArgumentParser(
        prog="python -m verger.cloud.simulate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--photos", type=int, default=1_000_000)
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--cores", type=int, default=4, help="of a node")
    parser.add_argument(
        "--rate",
        type=float,
        default=74.0,
        help="photos a second of one core within Spark, 0.92 of `verger extract`'s (%(default)s)",
    )
    parser.add_argument("--losses", type=float, default=0.0, help="of a node, an hour")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--table", action="store_true", help="print the table of docs/scale.md")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw its picture")
    asked = parser.parse_args(arguments)
    if asked.plot or asked.table:
        from verger.cloud import scale  # which plays tasks itself

        if asked.table:
            print(scale.table())
        return scale.draw(asked.plot) if asked.plot else 0
    if min(asked.photos, asked.nodes, asked.cores, asked.runs) < 1 or asked.rate <= 0:
        parser.error("numbers must be positive")
    slots = asked.nodes * asked.cores
    rows = rows_a_part(asked.photos, slots)
    tasks = math.ceil(asked.photos / rows)
    usual = rows / asked.rate + Costs().task
    formula = with_losses(
        makespan(tasks, slots, Spread()) * usual,
        usual,
        asked.losses,
        Losses().replace,
    )
    played = [
        play(tasks, asked.nodes, asked.cores, usual, losses=Losses(asked.losses), seed=seed)
        for seed in range(asked.runs)
    ]
    seconds = [one.seconds for one in played]
    mean = statistics.mean(seconds)
    print(f"{tasks:,} tasks of {rows} photos on {slots} cores of {asked.nodes} nodes")
    print(f"played {asked.runs} times: {mean:,.0f} s, {min(seconds):,.0f} to {max(seconds):,.0f}")
    print(
        f"nodes lost {statistics.mean(one.lost for one in played):.1f}, "
        f"tasks repeated {statistics.mean(one.repeated for one in played):.1f}"
    )
    print(f"formula: {formula:,.0f} s, {100 * (formula / mean - 1):+.1f} %")
    for step in steps_of(asked.photos, slots, asked.rate, 1280):
        print(f"  {step.name:15} {step.seconds:10,.0f} s by the formulas")
    return 0


if __name__ == "__main__":
    sys.exit(main())
