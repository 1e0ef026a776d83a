"""Decoders in processes of their own, so that a crash, a hang or a bomb is a figure of a table."""

from __future__ import annotations

import contextlib
import os
import resource
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from test_pixels import program

OURS = "Verger"
WORKER = Path(__file__).with_name("worker.py")
MOST_SECONDS = 5.0  # of processor time a photo
MOST_WAIT = 300.0  # seconds for an answer, however busy the machine is
MOST_BYTES = 1536 << 20  # of resident memory; docs/numerics.md promises 1.2 GB a photo
BATCH = 100  # photos that are sent together
BATCH_WAIT = 30.0  # seconds, after which they are sent one by one
CHEAP_SECONDS, CHEAP_BYTES = 0.5, 256 << 20  # of a batch, whose photos need no closer look
MOST_ADDRESSES = 8 << 30  # so that no decoder takes the whole machine


@dataclass(frozen=True)
class Outcome:
    """What a decoder made of a photo."""

    kind: str  # "image", "refusal", "crash" or "hang"
    reason: str = ""
    width: int = 0
    height: int = 0
    channels: int = 0  # 0: too large to be passed on
    samples: bytes = b""
    seconds: float = 0  # of processor time
    peak_bytes: int = 0  # resident memory of the process, its libraries included


class Decoder:
    """One way to decode photos. Starts its process again when it dies or hangs.

    most_seconds: of processor time, after which a photo hangs.
    """

    def __init__(self, way: str, most_seconds: float = MOST_SECONDS) -> None:
        self.command = (
            [str(program()), "stream"] if way == OURS else [sys.executable, "-I", str(WORKER), way]
        )
        self._most_seconds = most_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Decoder:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def decode(self, photo: bytes) -> Outcome:
        process = self._process or self._start()
        before = processor_seconds(process.pid)
        reset_peak(process.pid)
        send(process, [photo])
        if not self._answers(process, before):
            used = processor_seconds(process.pid) - before
            self.stop()
            return Outcome("hang", "at work" if used > self._most_seconds else "idle", seconds=used)
        outcome = read_answer(process)
        if outcome is None:
            code = process.wait()
            self.stop()
            return Outcome("crash", f"signal {-code}" if code < 0 else f"exit {code}")
        seconds = processor_seconds(process.pid) - before
        if seconds > self._most_seconds:
            outcome = replace(outcome, kind="hang", reason="at work")
        return replace(outcome, seconds=seconds, peak_bytes=read_peak(process.pid))

    def decode_all(self, photos: Iterable[bytes]) -> Iterator[Outcome]:
        """The same for many photos, in fewer turns between processes. Where a batch of them takes
        little time and memory, that of its photos is not measured, and 0."""
        photos = iter(photos)
        while batch := list(islice(photos, BATCH)):
            outcomes = self._decode_batch(batch)
            yield from outcomes if outcomes is not None else map(self.decode, batch)

    def _decode_batch(self, photos: list[bytes]) -> list[Outcome] | None:
        """None if they have to be looked at one by one."""
        process = self._process or self._start()
        before = processor_seconds(process.pid)
        reset_peak(process.pid)
        timer = threading.Timer(BATCH_WAIT, process.kill)
        sender = threading.Thread(target=send, args=(process, photos))
        timer.start()
        sender.start()
        outcomes = [read_answer(process) for _ in photos]
        sender.join()
        timer.cancel()
        if None in outcomes:
            self.stop()
            return None
        seconds = processor_seconds(process.pid) - before
        cheap = seconds < CHEAP_SECONDS and read_peak(process.pid) < CHEAP_BYTES
        return [outcome for outcome in outcomes if outcome is not None] if cheap else None

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "VIPS_CONCURRENCY": "1", "VIPS_WARNING": "0"},
            preexec_fn=limit_addresses,
        )
        # A photo that nobody takes for one: when it is answered, all libraries are loaded.
        self.decode(b"warm up")
        assert self._process is not None, f"{self.command} does not start"
        return self._process

    def stop(self) -> None:
        """Ends its process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _answers(self, process: subprocess.Popen[bytes], before: float) -> bool:
        """Waits for an answer, or the end of the process; False if neither comes in time."""
        assert process.stdout is not None
        end = time.monotonic() + MOST_WAIT
        while not select.select([process.stdout], [], [], self._most_seconds)[0]:
            used = processor_seconds(process.pid) - before
            if used > self._most_seconds or time.monotonic() > end:
                return False
        return True


def send(process: subprocess.Popen[bytes], photos: Iterable[bytes]) -> None:
    """Sends photos to a worker, as far as it takes them."""
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        for photo in photos:
            process.stdin.write(b"%d\n" % len(photo) + photo)
        process.stdin.flush()


def read_answer(process: subprocess.Popen[bytes]) -> Outcome | None:
    """What a worker answers; None if it died."""
    assert process.stdout is not None
    head = process.stdout.readline()
    if not head.endswith(b"\n"):
        return None
    word, _, rest = head.decode(errors="replace").rstrip("\n").partition(" ")
    if word == "refusal":
        return Outcome(word, rest)
    width, height, channels = map(int, rest.split())
    samples = process.stdout.read(width * height * channels)
    return Outcome(word, "", width, height, channels, samples)


def limit_addresses() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESSES, MOST_ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def processor_seconds(pid: int) -> float:
    """Of all threads of a process, in user and system mode."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def reset_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def read_peak(pid: int) -> int:
    """The most resident memory since the last reset, bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) << 10
    return 0
