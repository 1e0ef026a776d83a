"""Numbers that callers give: Python's own, or NumPy's and others' that stand for them."""

from __future__ import annotations

import operator
from typing import Any


def whole(value: Any) -> int | None:
    """A whole number as an int, of whatever kind; None if it is none. A truth value is none."""
    if _is_truth(value):
        return None
    try:
        return operator.index(value)
    except TypeError:
        return None


def real(value: Any) -> float | None:
    """A number as a float, of whatever kind; None if it is none. A truth value is none."""
    if _is_truth(value):
        return None
    try:
        return None if isinstance(value, (str, bytes)) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool) or str(getattr(value, "dtype", "")) == "bool"
