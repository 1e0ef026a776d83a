"""Numbers and names as people read them, the same as the program's."""

from __future__ import annotations

import re

# Control characters; marks that turn the direction of writing or break a line, by which one name
# can look like another; and what `surrogateescape` makes of bytes that are no UTF-8.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str | bytes) -> str:
    """`text` with control characters and invalid UTF-8 shown as \\xNN."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    return _HIDDEN.sub(_digits, text)


def _digits(hidden: re.Match[str]) -> str:
    raw = hidden[0].encode("utf-8", "surrogateescape")
    return "".join(f"\\x{byte:02x}" for byte in raw)


def counted(count: int, one: str, many: str) -> str:
    """1, "photo", "photos" -> "1 photo"; thousands have commas."""
    return f"{count:,} {one if count == 1 else many}"


def human_bytes(count: float) -> str:
    """In decimal units, as disks are sold: 94765736 -> "94.8 MB"."""
    if count < 1000:
        return f"{count:.0f} B"
    for unit in ("kB", "MB", "GB"):
        count /= 1000
        if count < 999.95:  # which would print as "1000.0"
            return f"{count:.1f} {unit}"
    return f"{count / 1000:.1f} TB"
