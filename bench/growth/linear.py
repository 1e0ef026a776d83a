"""How the time of each step grows with the number of photos."""

from pathlib import Path
from typing import Any

import numpy as np
from growth.networks import options
from growth.processes import Cost
from growth.steps import GeneratedOrchard, live

ASKED = 1.05  # the steepest slope; 1 is linear, the rest is what times differ by from day to day
FIT_FROM = 3000  # photos: below, what starting the program takes shows, and flattens the slope
CLOCKS = ("wall", "user", "system", "cpu")  # cpu: user + system
FITTED = ("wall", "cpu")

Seconds = dict[str, dict[str, float]]  # of each step, by each clock; slopes are kept alike


def measure(
    network: str, scratch: Path, sizes: list[int], rounds: int, photo_size: int
) -> dict[str, Any]:
    """The shortest of `rounds` times of each step at each number of photos, and the slopes.

    A slope is that of a line through the logarithms of photos and seconds, from FIT_FROM photos on
    where there are two such numbers of photos or more. `last_slopes` are between the last two
    numbers of photos: what grows faster than all else shows there first, and so does noise.

    Requires: two sizes at least.
    """
    model = options(network, scratch)
    orchard = GeneratedOrchard(scratch, photo_size)
    seconds: dict[int, Seconds] = {}
    for photos in sorted(sizes):
        orchard.grow_to(photos)
        seconds[photos] = _shortest([live(orchard, model, scratch / "out") for _ in range(rounds)])
    fitted = [photos for photos in seconds if photos >= FIT_FROM]
    if len(fitted) < 2:
        fitted = list(seconds)
    return {
        "model": network,
        "photo_size": photo_size,
        "rounds": rounds,
        "seconds": seconds,
        "fitted_from": min(fitted),
        "slopes": _slopes(seconds, fitted),
        "last_slopes": _slopes(seconds, fitted[-2:]),
        "asked": ASKED,
    }


def _shortest(rounds: list[dict[str, Cost]]) -> Seconds:
    """Of each clock by itself: whatever else the machine did only adds."""
    return {
        step: {clock: min(getattr(costs[step], clock) for costs in rounds) for clock in CLOCKS}
        for step in rounds[0]
    }


def _slopes(seconds: dict[int, Seconds], fitted: list[int]) -> Seconds:
    def slope(step: str, clock: str) -> float:
        times = [seconds[photos][step][clock] for photos in fitted]
        return float(np.polyfit(np.log(fitted), np.log(times), 1)[0])

    return {step: {clock: slope(step, clock) for clock in FITTED} for step in seconds[fitted[0]]}
