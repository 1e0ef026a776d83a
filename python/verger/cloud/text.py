"""Durations, amounts of money and sizes as text."""

from __future__ import annotations


def exact_duration(seconds: int) -> str:
    """Return a setting's seconds, as "25 h", "1 h 30 min", "15 min", "90 s"."""
    minutes, rest = divmod(seconds, 60)
    if rest:
        return f"{seconds:,} s" if seconds < 3600 else f"{exact_duration(60 * minutes)} {rest} s"
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours:,} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    return " ".join(parts) or "0 s"


def rough_duration(seconds: float) -> str:
    """Return an estimate's seconds, as "13 min"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 72 * 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:.1f} days"


def money(dollars: float) -> str:
    """Return an amount, as "1.14 USD"."""
    return f"{dollars:,.2f} USD" if dollars >= 0.01 or dollars == 0 else "less than 0.01 USD"


def size_text(size: float) -> str:
    """Return a number of bytes, as "10.2 GB"."""
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 1000:
            return f"{size:,.1f} {unit}"
    return f"{size / 1000:,.1f} TB"
