"""Numbers and names as people read them; the rules are the library's."""

from __future__ import annotations

import ctypes

from verger._library import borrowed, call, take_text


def printable(text: str | bytes) -> str:
    """Return `text` with control characters, invalid UTF-8, and marks that turn the direction of
    writing or break a line shown byte by byte as \\xNN.
    """
    if isinstance(text, str):
        # Most names are plain ASCII, and a listing has millions: those need no call.
        if text.isascii() and text.isprintable():
            return text
        text = text.encode("utf-8", "surrogateescape")
    return take_text("verger_printable", borrowed(text))


def display_width(text: str) -> int:
    """Return the columns that `text`, which is printable, takes on a terminal: 2 for a wide
    character (CJK, emoji), 0 for a combining one.
    """
    if text.isascii():
        return len(text)
    columns = ctypes.c_int32()
    call("verger_display_width", borrowed(text.encode()), ctypes.byref(columns))
    return columns.value


def pluralize(count: int, one: str, many: str) -> str:
    """Return a count with its noun: 1, "photo", "photos" -> "1 photo"; thousands have commas."""
    return take_text("verger_pluralize", count, borrowed(one), borrowed(many))


def human_bytes(count: float) -> str:
    """Return bytes in decimal units, as disks are sold: 94765736 -> "94.8 MB"."""
    return take_text("verger_human_bytes", count)
