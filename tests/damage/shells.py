"""The two shells of an output: the same commands by the program and by Python."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import verger
from program import TIMEOUT, VERGER
from verger.errors import StorageError, VergerError
from verger.runs.output import read_latest
from verger.runs.show import show_table
from verger.runs.storage import open_place

NOBODY = "no photo of this name"  # to forget it is to open for writing, to look, and to go

# An exit code, and the message.
Outcome = tuple[int, str]


def by_program(command: str, out: Path, photos: Path, network: Path) -> Outcome:
    arguments: dict[str, list[str | Path]] = {
        "verify": [out],
        "show": [out],
        "forget": [out, NOBODY, "--threads", "1", "--json"],
        "run": [photos, out, "--model", network, "--preset", "torchvision", "--json"],
    }
    quiet = [] if command == "show" else ["--quiet"]
    rate = ["--max-reject-rate", "1", "--no-report"] if command == "run" else []
    done = subprocess.run(
        [VERGER, command, *arguments[command], *quiet, *rate],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=TIMEOUT,
    )
    return done.returncode, (done.stdout + done.stderr).decode()


def by_python(command: str, out: Path) -> Outcome:
    try:
        return 0, IN_PYTHON[command](out)
    except VergerError as error:
        return error.exit, str(error)


def verify(out: Path) -> str:
    problems = verger.verify(out)
    if problems:
        raise StorageError("\n".join(problems))
    return f"{out} is whole"


def show(out: Path) -> str:
    return read_latest(open_place(out), show_table)


def forget(out: Path) -> str:
    return json.dumps(asdict(verger.forget(out, NOBODY)))


IN_PYTHON: dict[str, Callable[[Path], str]] = {"verify": verify, "show": show, "forget": forget}
