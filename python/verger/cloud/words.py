"""Times as people say them."""

from __future__ import annotations


def span(seconds: int) -> str:
    """ "25 h", "1 h 30 min", "15 min", "90 s"."""
    minutes, rest = divmod(seconds, 60)
    if rest:
        return f"{seconds:,} s" if seconds < 3600 else f"{span(60 * minutes)} {rest} s"
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours:,} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    return " ".join(parts) or "0 s"
