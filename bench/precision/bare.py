"""Bare inference of the same graph at the same precision, by end_to_end/bare.cc."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from machine import BUILD
from precision.cases import Case

BARE = BUILD / "bench" / "bench_bare"
CALIBRATED_BY = 32  # photos; which they are has no bearing on speed


class Bare:
    """Photos per second, with the engine's threads in the streams that were fastest at first."""

    def __init__(
        self, case: Case, precision: str, photos: Path, images: int, variables: Mapping[str, str]
    ) -> None:
        self._words = [case.model, precision, str(case.side), str(images)]
        self._calibrate_by = []
        if precision == "int8":
            paths = sorted(str(path) for path in photos.rglob("*.jpg"))
            self._calibrate_by = paths[:: max(1, len(paths) // CALIBRATED_BY)][:CALIBRATED_BY]
        self._environment = {**os.environ, **variables}
        threads = len(os.sched_getaffinity(0))
        rates = {streams: self._run(streams, threads) for streams in {1, threads}}
        self.streams = max(rates, key=lambda streams: rates[streams])
        self._threads = threads

    def rate(self) -> float:
        return self._run(self.streams, self._threads)

    def _run(self, streams: int, threads: int) -> float:
        command = [str(BARE), *self._words, str(streams), str(threads), *self._calibrate_by]
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, env=self._environment
        )
        return float(done.stdout)
