"""The most memory that runs over few and over many photos take."""

from pathlib import Path
from typing import Any

from growth.networks import options
from growth.steps import GeneratedOrchard, live

ASKED = 0.10  # how far the peaks of `fresh` may be apart, of the fewest photos' peak


def measure(network: str, scratch: Path, sizes: list[int], photo_size: int) -> dict[str, Any]:
    """Peaks of resident memory (ru_maxrss) of each step at each number of photos.

    `growth`: the most photos' peak over the fewest's, less 1. `bytes_a_photo`: their difference
    for each photo more.
    """
    model = options(network, scratch)
    orchard = GeneratedOrchard(scratch, photo_size)
    peaks: dict[int, dict[str, int]] = {}
    for photos in sorted(sizes):
        orchard.grow_to(photos)
        costs = live(orchard, model, scratch / "out")
        peaks[photos] = {step: cost.peak_bytes for step, cost in costs.items()}
    fewest, most = min(peaks), max(peaks)
    more = {step: peaks[most][step] - peaks[fewest][step] for step in peaks[fewest]}
    return {
        "model": network,
        "photo_size": photo_size,
        "peak_bytes": peaks,
        "growth": {step: byte / peaks[fewest][step] for step, byte in more.items()},
        "bytes_a_photo": {step: byte / max(1, most - fewest) for step, byte in more.items()},
        "asked": ASKED,
    }
