"""Compares whole outputs, byte for byte."""

from __future__ import annotations

import re
from pathlib import Path


def assert_same_output(mine: Path, theirs: Path) -> None:
    """Both have the same files with the same bytes, but for the seconds in the report."""
    names, others = (
        sorted(str(file.relative_to(out)) for file in out.glob("**/*") if file.is_file())
        for out in (mine, theirs)
    )
    assert names == others
    for name in names:
        ours, other = ((out / name).read_bytes() for out in (mine, theirs))
        if name == "report.html":
            ours, other = without_seconds(ours), without_seconds(other)
        assert ours == other, name


def without_seconds(report: bytes) -> bytes:
    """A report without its two figures of how long the run took."""
    report, count = re.subn(rb'"(seconds|photos_per_second)":[0-9.]+', b"", report)
    assert count == 2
    return report
