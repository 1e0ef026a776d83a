"""Names in a bucket as a disk has them: without the run that gave them (docs/feature-format.md)."""

from __future__ import annotations

import re

_RUN = re.compile(r"((?:part|moments|pca)-[0-9]+)-[0-9a-f]{8}(?=\.)")


def plain(text: str) -> str:
    """A name, or a text with names in it, with part-00000.parquet for part-00000-RUN.parquet."""
    return _RUN.sub(r"\1", text)
