"""Numbers in arguments: of Python, NumPy or another package."""

from __future__ import annotations

import operator
from typing import Any


def whole(value: Any) -> int | None:
    """Return a whole number of any type as an int; None for all else, also for a bool."""
    if _is_truth(value):
        return None
    try:
        return operator.index(value)
    except TypeError:
        return None


def real(value: Any) -> float | None:
    """Return a number of any type as a float; None for all else, also for a bool."""
    if _is_truth(value):
        return None
    try:
        return None if isinstance(value, (str, bytes)) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool) or str(getattr(value, "dtype", "")) == "bool"
