"""How near two outputs' features are, photo by photo."""

from pathlib import Path

import numpy as np
from figures import Spread
from spark import outputs


def cosines(ours: Path, theirs: Path, photos: Path | None = None) -> Spread:
    """Cosines of features of the same photos: mean and least, and of how many photos.

    Errors: AssertionError unless both have the same photos, in any order.
    """
    here, there = outputs.read(ours, "features", photos), outputs.read(theirs, "features", photos)
    assert here[0] == there[0], f"photos differ: {len(here[0])} and {len(there[0])}"
    a, b = here[1].astype(np.float64), there[1].astype(np.float64)
    each = (a * b).sum(axis=1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))
    return {"mean": float(each.mean()), "min": float(each.min()), "photos": len(each)}


def same_bytes(ours: Path, theirs: Path) -> bool:
    """Whether all features are equal to the bit."""
    here, there = outputs.read(ours, "features"), outputs.read(theirs, "features")
    return here[0] == there[0] and here[1].tobytes() == there[1].tobytes()
