"""Calls of the library that take long: they report progress, and Ctrl-C stops them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from verger._structs import STEP, Progress
from verger.errors import Stopped

Step = Callable[[int, int], object]


class LongCall:
    """The `progress` of one call of the library; `running` is around the call.

    An exception cannot cross C, and one that a signal handler raises on entry to a callback is
    lost. So SIGINT is deferred while the call runs: the next step of the library stops it.
    """

    def __init__(self, step: Step | None = None) -> None:
        """Set the step: `step(done, total)` is called now and then; True stops the call, as an
        error does.
        """
        self._step = step
        self._error: BaseException | None = None
        self._interrupt: tuple[int, FrameType | None] | None = None
        self.progress = Progress(STEP(self._report), None)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the call. Errors: Stopped; the error of `step`; KeyboardInterrupt, by Ctrl-C."""
        stopped: Stopped | None = None
        with self._deferred_interrupt():
            try:
                yield
            except Stopped as error:
                stopped = error
        if self._error is not None:
            raise self._error from None
        if stopped is not None:
            raise stopped

    @contextmanager
    def _deferred_interrupt(self) -> Iterator[None]:
        handler = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is not threading.main_thread() or not callable(handler):
            yield
            return
        signal.signal(signal.SIGINT, self._on_interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, handler)
        if self._interrupt is not None:
            handler(*self._interrupt)

    def _on_interrupt(self, number: int, frame: FrameType | None) -> None:
        self._interrupt = number, frame

    def _report(self, _: int | None, done: int, total: int) -> int:
        if self._interrupt is not None:
            return 1
        try:
            return int(self._step is not None and bool(self._step(done, total)))
        except BaseException as error:  # must not cross C
            self._error = error
            return 1
