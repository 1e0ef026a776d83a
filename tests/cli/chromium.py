"""Chromium for the tests of pages, and what finds barriers in them. `make setup-browser` installs
both.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

START = 180_000  # ms until the browser is there, on a busy machine
AXE = Path(__file__).resolve().parents[2] / ".cache/browser/node_modules/axe-core/axe.min.js"


@contextmanager
def chromium(arguments: Sequence[str] = ()) -> Iterator[object]:
    """Debian's Chromium; VERGER_CHROMIUM names another."""
    playwright = pytest.importorskip("playwright.sync_api", reason="run make setup-browser")
    program = os.environ.get("VERGER_CHROMIUM") or shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium: run make setup-browser, or set VERGER_CHROMIUM")
    # As root, as in a container, Chromium has no sandbox of its own.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=program, args=[*arguments, *sandbox], timeout=START
        )
        yield browser
        browser.close()


def axe_core() -> str:
    """The text of axe-core, which finds barriers."""
    if not AXE.is_file():
        pytest.skip("no axe-core: run make setup-browser")
    return AXE.read_text()
