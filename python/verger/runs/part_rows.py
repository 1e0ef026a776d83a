"""How many photos a run on Spark puts into a part."""

from __future__ import annotations

import math

from verger._library import library

# Fewer photos are not worth a task: opening the network costs as much.
_FEWEST_ROWS = 64
# Tasks at a time on a cluster that adds nodes as they are needed, at least.
SLOTS_TO_COME = 32


def rows_a_part(photos: int, slots: int, most: int) -> int:
    """Return the rows of each part, at most `most`, so that all `slots` are busy to the end."""
    rounds = math.ceil(photos / (most * slots))
    return min(most, max(_FEWEST_ROWS, math.ceil(photos / (slots * rounds))))


def max_part_rows(photos: int, dimension: int) -> int:
    """Return the rows of the largest part of an output of so many photos: `verger_part_rows`."""
    return int(library().verger_part_rows(photos, dimension))
