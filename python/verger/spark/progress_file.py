"""Progress of a job for readers outside the cluster: OUT/_verger/progress.json.

The file exists while the job runs, or after its driver was killed; the next job replaces it. It
holds counts alone, no path, and only `verger cloud` reads it.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from verger.runs.place import Place

PROGRESS_FILE = "_verger/progress.json"
_EVERY = 10.0  # seconds


class ProgressFile:
    """Puts the file every 10 seconds until the `with` ends; a failed put fails nothing."""

    def __init__(self, place: Place, every: float = _EVERY) -> None:
        self._place, self._every = place, every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._lock = threading.Lock()
        self._step, self._total, self._rejects = "plan", 0, 0
        self._done: Callable[[], int] = lambda: 0

    def step(
        self,
        name: str,
        total: int = 0,
        done: Callable[[], int] = lambda: 0,
        rejects: int = 0,
    ) -> None:
        """Begin a step of `total` photos; any thread may call `done` for the number of those done.

        `rejects`: how many are known so far.
        """
        with self._lock:
            self._step, self._total, self._done, self._rejects = name, total, done, rejects

    def __enter__(self) -> ProgressFile:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()
        with suppress(Exception):
            self._place.remove(PROGRESS_FILE)

    def _watch(self) -> None:
        while True:
            # Any error: the photos matter, not this file.
            with suppress(Exception):
                self._place.publish(PROGRESS_FILE, self._document())
            if self._ended.wait(self._every):
                return

    def _document(self) -> bytes:
        with self._lock:
            step, total, done, rejects = self._step, self._total, self._done, self._rejects
        document = {
            "step": step,
            "done": min(done(), total),  # Spark may repeat a task
            "total": total,
            "rejects": rejects,
            "updated": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        return json.dumps(document).encode() + b"\n"
