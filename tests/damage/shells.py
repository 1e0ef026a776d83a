"""The two shells of an output: the same commands by the program and by Python."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import verger
from program import TIMEOUT, VERGER
from verger.errors import VergerError
from verger.runs.output import read_latest
from verger.runs.show import show_table
from verger.runs.storage import open_place

NOBODY = "no photo of this name"  # to forget it is to open for writing, to look, and to go


@dataclass(frozen=True)
class Outcome:
    """What a command came to."""

    exit: int
    said: str


def by_program(command: list[str | Path]) -> Outcome:
    done = subprocess.run(
        [VERGER, *command], capture_output=True, stdin=subprocess.DEVNULL, timeout=TIMEOUT
    )
    return Outcome(done.returncode, (done.stdout + done.stderr).decode())


def by_python(command: str, out: Path) -> Outcome:
    try:
        if command == "verify":
            problems = verger.verify(out)
            return Outcome(5 if problems else 0, "\n".join(problems))
        if command == "show":
            return Outcome(0, read_latest(open_place(out), show_table))
        return Outcome(0, str(verger.forget(out, NOBODY)))
    except VergerError as error:
        return Outcome(error.exit, str(error))
