"""An app of the sample orchard, made once for all tests of a process."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "cli"))

from program import draw_orchard, verger  # noqa: E402

__all__ = ["LABELS", "PHOTOS_OF_LABEL", "MadeApp", "draw_orchard", "made_app", "verger"]

PHOTOS_OF_LABEL = 10
LABELS = 16


@dataclass(frozen=True)
class MadeApp:
    """An app, and what it was made of. Not to be changed."""

    photos: Path
    out: Path
    folder: Path


_apps: list[MadeApp] = []


def made_app(factory: pytest.TempPathFactory) -> MadeApp:
    """The app of the sample orchard."""
    if not _apps:
        folder = factory.mktemp("orchard-app")
        photos = draw_orchard(folder / "photos", PHOTOS_OF_LABEL)
        verger("run", photos, folder / "out", "--components", "20", "--no-report", timeout=300)
        verger("train", folder / "out", timeout=300)
        verger("app", folder / "out", folder / "app", timeout=300)
        _apps.append(MadeApp(photos, folder / "out", folder / "app"))
    return _apps[0]
