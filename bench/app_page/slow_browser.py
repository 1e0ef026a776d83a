"""Makes all of a browser slower, threads of workers too, by stopping its processes in turns."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

TURN = 0.02  # seconds that a process runs and stops
LOOK_AGAIN = 10  # turns: pages get new processes


def renderers() -> list[int]:
    """The processes of pages that this program's browser has started."""
    parents: dict[int, int] = {}
    names: dict[int, bytes] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            names[int(folder.name)] = (folder / "cmdline").read_bytes()
            parents[int(folder.name)] = int(
                (folder / "stat").read_text().rpartition(")")[2].split()[1]
            )

    def is_ours(process: int) -> bool:
        while process in parents and process != os.getpid():
            process = parents[process]
        return process == os.getpid()

    return [each for each, name in names.items() if b"--type=renderer" in name and is_ours(each)]


class Slow:
    """While it is entered, pages have a processor `slower` times as slow."""

    def __init__(self, browser: Any, slower: int) -> None:
        self._slower = slower
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Slow:
        if self._slower > 1:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._slower > 1:
            self._thread.join()

    def _run(self) -> None:
        processes: list[int] = []
        turn = 0
        while not self._ended.wait(TURN / self._slower):
            if turn % LOOK_AGAIN == 0:
                processes = renderers()
            turn += 1
            self._send(processes, signal.SIGSTOP)
            self._ended.wait(TURN * (1 - 1 / self._slower))
            self._send(processes, signal.SIGCONT)

    @staticmethod
    def _send(processes: list[int], what: signal.Signals) -> None:
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, what)
