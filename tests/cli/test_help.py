"""What --help says, to the letter.

To take over what it says now:
    VERGER_UPDATE_HELP=1 .venv/bin/python -m pytest -q tests/cli/test_help.py
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from program import verger
from verger._version import VERSION

EXPECTED = Path(__file__).resolve().parent / "expected"
COMMANDS = [
    "",
    "run",
    "extract",
    "reduce",
    "show",
    "verify",
    "forget",
    "duplicates",
    "train",
    "classify",
    "teach",
    "evaluate",
    "similar",
    "serve",
    "traits",
    "report",
    "app",
    "map",
    "tune",
    "model",
    "model list",
    "model fetch",
    "model add",
    "model inspect",
    "completion",
]


def file_of(command: str) -> Path:
    """What `verger COMMAND --help` says."""
    return EXPECTED / f"{'-'.join(['help', *command.split()])}.txt"


def options_of(command: str) -> list[str]:
    """The long names of the options that the help lists."""
    return re.findall(r"^  (?:-\w,)?(--[\w-]+)", file_of(command).read_text(), re.M)


@pytest.mark.parametrize("command", COMMANDS)
def test_help(command: str) -> None:
    result = verger(*command.split(), "--help")
    assert result.stderr == ""
    assert "Examples:\n  verger " in result.stdout
    file = file_of(command)
    if os.environ.get("VERGER_UPDATE_HELP"):
        file.write_text(result.stdout)
    assert result.stdout == file.read_text()


def test_every_command_is_here() -> None:
    listed = verger("--help").stdout.partition("Subcommands:\n")[2].partition("\n\n")[0]
    named = {
        line.split()[0]
        for line in listed.splitlines()
        if line.startswith("  ") and not line.startswith("   ")
    }
    ours = {command for command in COMMANDS if command and " " not in command}
    assert named == ours | {"cloud"}, "but for cloud, which is another program"


def test_version() -> None:
    assert verger("--version").stdout == f"verger {VERSION}\n"
