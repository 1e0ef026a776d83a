"""Numbers and names as people read them; the rules are the library's."""

from __future__ import annotations

from verger._library import borrowed, take_text


def printable(text: str | bytes) -> str:
    """`text` with control characters, invalid UTF-8, and marks that turn the direction of writing
    or break a line shown byte by byte as \\xNN.
    """
    if isinstance(text, str):
        # Most names are, and a listing has millions: those cost no call.
        if text.isascii() and text.isprintable():
            return text
        text = text.encode("utf-8", "surrogateescape")
    return take_text("verger_printable", borrowed(text))


def counted(count: int, one: str, many: str) -> str:
    """1, "photo", "photos" -> "1 photo"; thousands have commas."""
    return take_text("verger_counted", count, borrowed(one), borrowed(many))


def human_bytes(count: float) -> str:
    """In decimal units, as disks are sold: 94765736 -> "94.8 MB"."""
    return take_text("verger_human_bytes", count)
