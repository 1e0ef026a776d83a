"""Progress of a job: a bar on a terminal, else a plain line every 15 seconds."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Callable

_BAR = 30  # columns
_TERMINAL_SECONDS = 0.5
_PLAIN_SECONDS = 15.0


class Progress:
    """Shows on stderr, until the `with` ends, how much of `total` is done.

    A thread calls `done`; it may count too much where Spark repeats a task, so at most `total` is
    shown.
    """

    def __init__(self, what: str, total: int, done: Callable[[], int], quiet: bool) -> None:
        self._what, self._total, self._done, self._quiet = what, total, done, quiet
        self._terminal = sys.stderr.isatty()
        self._begin = time.monotonic()
        self._ended = threading.Event()
        self._last_done = -1
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Progress:
        if not self._quiet and self._total:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        if not self._quiet and self._total and kind is None:
            self._show(self._total)
        if self._terminal and self._last_done >= 0:
            print(file=sys.stderr)

    def _watch(self) -> None:
        seconds = _TERMINAL_SECONDS if self._terminal else _PLAIN_SECONDS
        while not self._ended.wait(seconds):
            self._show(min(self._done(), self._total))

    def _show(self, done: int) -> None:
        if done in (self._last_done, 0) and not self._terminal:
            return
        self._last_done = done
        seconds = time.monotonic() - self._begin
        rate = done / seconds if seconds > 0 else 0.0
        text = f"{self._what} {done:,}/{self._total:,} photos, {rate:.1f}/s"
        if 0 < done < self._total:
            text += f", {_duration((self._total - done) / rate)} left"
        if self._terminal:
            filled = _BAR * done // self._total
            text = f"\r{'█' * filled}{'░' * (_BAR - filled)} {text}\x1b[K"
        print(text, file=sys.stderr, end="" if self._terminal else "\n", flush=True)


def _duration(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
