"""The table of results on a terminal: as wide as there is room."""

from __future__ import annotations

import os
import pty
import subprocess
import termios
from pathlib import Path

import pytest
from program import VERGER, verger


def on_terminal(columns: int, *arguments: str | Path) -> str:
    """What the program writes to a terminal of so many columns."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    program = subprocess.Popen([VERGER, *arguments], stdout=theirs)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:  # it has closed its end
        pass
    finally:
        os.close(ours)
    assert program.wait(timeout=60) == 0
    return shown.decode().replace("\r\n", "\n")


def test_a_wide_terminal_shows_what_a_file_gets(orchard_out: Path) -> None:
    assert on_terminal(200, "show", orchard_out) == verger("show", orchard_out).stdout


@pytest.mark.parametrize("columns", [100, 80, 72])
def test_a_narrow_terminal_wraps_no_line(orchard_out: Path, columns: int) -> None:
    shown = on_terminal(columns, "show", orchard_out, "--rows", "3").splitlines()
    assert len(shown) == 4 + 3 + 1
    table = shown[:-1]
    assert {len(line) for line in table} == {len(table[0])}
    assert len(table[0]) <= columns
    assert all("_100.jpg " in line for line in table[3:6]), "the end of a path says which photo"
    assert all("1280 values]" in line for line in table[3:6])
    assert shown[-1] == "Dimensions: (16, 4)"


def test_below_what_can_be_read_lines_wrap(orchard_out: Path) -> None:
    assert on_terminal(20, "show", orchard_out) == on_terminal(30, "show", orchard_out)
