"""Wheels as one archive, for EMR Serverless, where nothing installs them."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path


def site_archive(wheels: Sequence[Path]) -> bytes:
    """A .tar.gz with the files that pip would put into site-packages. Same wheels, same bytes.

    `wheels`: as wheels_of has looked at them.
    """
    text = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=text, mode="wb", mtime=0, compresslevel=6) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for wheel in sorted(wheels):
            with zipfile.ZipFile(wheel) as files:
                for name in sorted(files.namelist()):
                    place = _place_of(name)
                    if place is None:
                        continue
                    data = files.read(name)
                    entry = tarfile.TarInfo(place)
                    entry.size = len(data)
                    entry.mode = 0o755 if ".so" in place else 0o644
                    archive.addfile(entry, io.BytesIO(data))
    return text.getvalue()


def _place_of(name: str) -> str | None:
    """Where a file of a wheel goes; None: nowhere, as scripts."""
    if name.endswith("/"):
        return None
    first, _, rest = name.partition("/")
    if not first.endswith(".data"):
        return name
    kind, _, below = rest.partition("/")
    return below if kind in ("purelib", "platlib") else None
