"""Types into real shells: bash, zsh and fish, each on a terminal of its own."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from program import ROOT, VERGER

PROMPT = "READY>"
TIMEOUT = 60  # seconds

# How each starts without files of the user.
SHELLS = {
    "bash": ["bash", "--noprofile", "--norc", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
# What makes each complete and prompt. The prompt is written in two pieces: the terminal's echo of
# this line is not one.
BEGIN = {
    "bash": "source <(verger completion bash); PS1='REA''DY>'",
    "zsh": (
        "autoload -Uz compinit; compinit -u -d zcompdump; "
        "source <(verger completion zsh); PS1='REA''DY>'"
    ),
    "fish": "verger completion fish | source; function fish_prompt; echo -n 'REA''DY>'; end",
}
# Completes by the program under test, but writes down its arguments instead of running a command.
RECORDER = """#!/bin/sh
case $1 in complete-words | completion) exec {program} "$@" ;; esac
printf '<%s>' "$@" > arguments.new && mv arguments.new arguments
"""
CLOUD = """#!/bin/sh
exec {python} -m verger.cloud "$@"
"""


def install_recorder(folder: Path, python: str) -> dict[str, str]:
    """Makes programs `verger` and `verger-cloud` for a shell: the environment that has them."""
    folder.mkdir()
    scripts = {
        "verger": RECORDER.format(program=VERGER),
        "verger-cloud": CLOUD.format(python=python),
    }
    for name, text in scripts.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "TERM": "xterm-256color",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(ROOT / "python"),
        "VERGER_LIBRARY": str(VERGER.parent / "lib" / "libverger.so"),
    }


class Terminal:
    """A shell on a terminal."""

    def __init__(self, shell: str, folder: Path, environment: dict[str, str]) -> None:
        assert shutil.which(shell), f"{shell} is not installed: run 'make setup-test'"
        self._terminal, side = pty.openpty()
        self._process = subprocess.Popen(
            # A session whose terminal this is: job control asks for one.
            ["setsid", "--ctty", "--wait", *SHELLS[shell]],
            cwd=folder,
            env=environment,
            stdin=side,
            stdout=side,
            stderr=side,
        )
        os.close(side)
        self._arguments = folder / "arguments"
        self._screen = ""
        self.type(BEGIN[shell] + "\n")
        self._wait(lambda: PROMPT in self._screen)

    def type(self, text: str) -> None:
        """Presses keys."""
        os.write(self._terminal, text.encode())

    def arguments_of(self, text: str) -> str:
        """Types a command, Tab and Enter: the arguments of the program, each in <>."""
        self.type(f"{text}\t\n")
        self._wait(self._arguments.is_file)
        return self._arguments.read_text()

    def _wait(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + TIMEOUT
        while not done():
            assert time.monotonic() < end, f"the terminal shows:\n{self._screen}"
            if select.select([self._terminal], [], [], 0.05)[0]:
                self._screen += os.read(self._terminal, 4096).decode("utf-8", "replace")

    def close(self) -> None:
        """Hangs up."""
        os.close(self._terminal)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
