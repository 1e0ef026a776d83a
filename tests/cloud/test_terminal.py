"""Ctrl-C in `run`, as a person at a terminal sees it: the program itself, on moto."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from verger.cloud import main

from .programs import BUCKET, Program, mission
from .test_run import add_photo

boto3 = pytest.importorskip("boto3")

pytestmark = pytest.mark.usefixtures("moto")

SECONDS = 60


def heed_hang_ups() -> None:
    """As a shell leaves it: under nohup the tests ignore the signal, and so would the program."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self._ours, theirs = pty.openpty()
        env = {**os.environ, "PYTHONPATH": str(Path(main.__file__).parents[2])}
        self._process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=folder,
            env=env,
            preexec_fn=heed_hang_ups,
        )
        os.close(theirs)
        self.screen = ""

    def until(self, is_there: Callable[[str], bool]) -> None:
        """Reads what is shown until it is what one waits for, or the program is gone."""
        end = time.monotonic() + SECONDS
        while not is_there(self.screen):
            assert time.monotonic() < end, self.screen
            if select.select([self._ours], [], [], 0.1)[0]:
                try:
                    self.screen += os.read(self._ours, 65536).decode()
                except OSError:  # it has closed its end
                    return

    def interrupt(self) -> None:
        self._process.send_signal(signal.SIGINT)

    def hang_up(self) -> int:
        """Goes away, as a closed window does; the exit code."""
        self._process.send_signal(signal.SIGHUP)
        os.close(self._ours)
        self._ours = -1
        return self._process.wait(SECONDS)

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def ended(self) -> int:
        """The exit code."""
        self.until(lambda screen: False)
        return self._process.wait(SECONDS)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._ours >= 0:
            os.close(self._ours)


@contextmanager
def running(program: Program) -> Iterator[Terminal]:
    """`run`, once its cluster was looked at."""
    program.write(mission())
    add_photo()
    where = [f"s3://{BUCKET}/Data", f"s3://{BUCKET}"]
    command = [sys.executable, "-m", "verger.cloud", "run", *where, "--every", "0.1"]
    terminal = Terminal(command, program.folder)
    try:
        terminal.until(lambda screen: ", job " in screen)
        yield terminal
    finally:
        terminal.close()


@contextmanager
def at_the_question(program: Program) -> Iterator[Terminal]:
    """The same, once Ctrl-C came and the question is there."""
    with running(program) as terminal:
        terminal.interrupt()
        terminal.until(lambda screen: "[Y/n]" in screen)
        yield terminal


def the_cluster() -> Any:
    (cluster,) = boto3.client("emr", region_name="eu-west-3").list_clusters()["Clusters"]
    return cluster


@pytest.mark.parametrize("answer", ["\n", "y\n", "what?\n"])
def test_it_asks_and_stops_the_cluster(program: Program, answer: str) -> None:
    with at_the_question(program) as terminal:
        assert the_cluster()["Status"]["State"] != "TERMINATED"
        terminal.type(answer)
        assert terminal.ended() == 130
    assert the_cluster()["Status"]["State"] == "TERMINATED"
    assert f"Stop the cluster {the_cluster()['Id']}?" in terminal.screen
    assert "Traceback" not in terminal.screen


@pytest.mark.parametrize("answer", ["n\n", "NO\n", " non, merci\n"])
def test_a_no_leaves_it_and_says_how_to_stop_it(program: Program, answer: str) -> None:
    with at_the_question(program) as terminal:
        terminal.type(answer)
        assert terminal.ended() == 130
    cluster = the_cluster()
    assert cluster["Status"]["State"] != "TERMINATED"
    assert f"aws emr terminate-clusters --region eu-west-3 --cluster-ids {cluster['Id']}" in (
        terminal.screen
    )
    assert f"to stop it: 'verger cloud down --cluster {cluster['Id']}'" in terminal.screen
    assert "Answer n to keep it; any other answer, or none within 30 s" in terminal.screen
    assert "USD (prices" not in terminal.screen
    assert "USD for" not in terminal.screen  # it goes on: there is no bill yet
    assert "it ends by itself 15 min after its job" in terminal.screen


def test_a_second_ctrl_c_stops_it(program: Program) -> None:
    with at_the_question(program) as terminal:
        terminal.interrupt()
        assert terminal.ended() == 130
    assert the_cluster()["Status"]["State"] == "TERMINATED"
    assert "Traceback" not in terminal.screen


def test_a_terminal_that_is_closed_stops_it(program: Program) -> None:
    with running(program) as terminal:
        assert terminal.hang_up() == 129
    assert the_cluster()["Status"]["State"] == "TERMINATED"
