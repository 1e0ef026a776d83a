"""Man pages: there, complete, and without a warning of the programs that show them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from program import BUILD
from test_help import COMMANDS, file_of, options_of

MAN = BUILD / "share" / "man"
ENVIRONMENT = {
    **os.environ,
    "MANPATH": str(MAN),
    "MANWIDTH": "100",
    "MANOPT": "",
    "LC_ALL": "C.UTF-8",
    "GROFF_NO_SGR": "1",
}


def name_of(command: str) -> str:
    """The page of a command: verger-model-add."""
    return "-".join(["verger", *command.split()])


def run(*command: str | Path) -> str:
    """What a command prints; it must succeed, and write nothing to stderr."""
    assert shutil.which(command[0]), f"{command[0]} is not installed: run 'make setup-test'"
    done = subprocess.run(
        command, env=ENVIRONMENT, capture_output=True, encoding="utf-8", timeout=300
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout


def test_every_command_has_a_page() -> None:
    pages = {path.name for path in (MAN / "man1").iterdir()}
    assert pages == {f"{name_of(command)}.1" for command in [*COMMANDS, "cloud"]}


@pytest.mark.parametrize("command", COMMANDS)
def test_man_shows_what_the_help_says(command: str) -> None:
    page = run("man", "-P", "cat", name_of(command))
    page = re.sub(r".\x08", "", page)
    for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES"):
        assert f"\n{section}\n" in page
    for option in options_of(command):
        assert re.search(rf"^ +(-\w, )?{option}\b", page, re.M), option
    examples = file_of(command).read_text().partition("Examples:\n")[2]
    for example in re.findall(r"^  (verger .*?)(?:  +#.*)?$", examples, re.M):
        assert example in page


def test_a_page_can_be_copied_into_a_shell() -> None:
    """Its hyphens are ASCII, and so are its quotes."""
    page = run("man", "-P", "cat", "verger-evaluate")
    assert r"verger evaluate out --groups 'tray(\d+)'" in page


@pytest.mark.parametrize("command", [*COMMANDS, "cloud"])
def test_no_warning(command: str) -> None:
    path = MAN / "man1" / f"{name_of(command)}.1"
    assert run("mandoc", "-Tlint", "-Wwarning", path) == ""
    run("groff", "-man", "-ww", "-Kutf8", "-Tutf8", path)
