"""`verger cloud` becomes verger-cloud, whatever that is asked."""

from __future__ import annotations

import os
from pathlib import Path

from program import verger


def test_passes_everything_on(tmp_path: Path) -> None:
    program = tmp_path / "verger-cloud"
    program.write_text('#!/bin/sh\nprintf "<%s>" "$@"\nexit 7\n')
    program.chmod(0o755)
    path = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    result = verger("cloud", "plan", "--json", "a b", "--", "--help", "", env=path, check=7)
    assert result.stdout == "<plan><--json><a b><--><--help><>"


def test_says_how_to_install_it(tmp_path: Path) -> None:
    refused = verger("cloud", "plan", env={"PATH": str(tmp_path)}, check=2).stderr
    assert "pip install 'verger[cloud]'" in refused
