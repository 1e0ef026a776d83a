"""The table of results on a terminal: as wide as there is room."""

from __future__ import annotations

import os
import pty
import subprocess
import termios
import unicodedata
from pathlib import Path

import pytest
from program import VERGER, verger
from small_photos import jpeg


def on_terminal(columns: int, *arguments: str | Path) -> str:
    """What the program writes to a terminal of so many columns."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    program = subprocess.Popen([VERGER, *arguments], stdout=theirs)
    os.close(theirs)
    screen = b""
    try:
        while piece := os.read(ours, 65536):
            screen += piece
    except OSError:  # it has closed its end
        pass
    finally:
        os.close(ours)
    assert program.wait(timeout=300) == 0
    return screen.decode().replace("\r\n", "\n")


def test_a_wide_terminal_shows_what_a_file_gets(orchard_out: Path) -> None:
    assert on_terminal(200, "show", orchard_out) == verger("show", orchard_out).stdout


@pytest.mark.parametrize("columns", [100, 80, 72])
def test_a_narrow_terminal_wraps_no_line(orchard_out: Path, columns: int) -> None:
    screen = on_terminal(columns, "show", orchard_out, "--rows", "3").splitlines()
    assert len(screen) == 4 + 3 + 1
    table = screen[:-1]
    assert {len(line) for line in table} == {len(table[0])}
    assert len(table[0]) <= columns
    assert all("_100.jpg " in line for line in table[3:6]), "the end of a path says which photo"
    assert all("1280 values]" in line for line in table[3:6])
    assert screen[-1] == "Dimensions: (16, 4)"


def test_below_what_can_be_read_lines_wrap(orchard_out: Path) -> None:
    assert on_terminal(20, "show", orchard_out) == on_terminal(30, "show", orchard_out)


def columns_of(line: str) -> int:
    """Columns on a terminal, by Python's tables: enough for characters that join no others."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in line)
    combining = sum(unicodedata.combining(character) != 0 for character in line)
    return len(line) + wide - combining


def test_names_in_any_script_are_aligned(tiny: list[str], tmp_path: Path) -> None:
    labels = ["apple", "桃", "사과", "Pe\u0302che", "🍑"]
    for seed, label in enumerate(labels * 2):
        folder = tmp_path / "photos" / label
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{seed}.jpg").write_bytes(jpeg(seed))
    out = tmp_path / "out"
    verger("run", tmp_path / "photos", out, *tiny)
    for text in (
        verger("show", out, "--rows", "10").stdout,
        on_terminal(60, "show", out, "--rows", "10"),
    ):
        table = text.splitlines()[:-1]
        assert len(table) == 4 + 10
        assert {columns_of(line) for line in table} == {columns_of(table[0])}
        for label in labels:
            assert label in text
