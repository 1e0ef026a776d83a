"""The lock of an output in a bucket: an object that names the writer, as the program writes it."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import threading
import time
from typing import TYPE_CHECKING

from verger._library import borrowed, library, take_bytes
from verger.errors import StorageError
from verger.runs.place import Lock

if TYPE_CHECKING:
    from verger.runs.s3 import S3Place


def take_lock(place: S3Place, name: str) -> ObjectLock:
    """Write the lock object with a token of this run, and read it back after lock_pause().

    Keeps out every run that starts while another is under way. Of two that start at the same time
    one is refused, if neither takes longer than lock_pause() from its check to its PUT; `check`,
    before a version is published, detects the rest, unless both reach it at the same moment. A lock
    that nobody has renewed for long is taken over; that of an ended run of this machine, at once.

    Errors: InUse.
    """
    with place.client("lock", name) as client:
        info = client.get_file_info(place.key(name))
    # To Arrow an unknown time is 1970: then only the process shows whether the run has ended.
    age = time.time() - info.mtime_ns / 1e9 if info.mtime_ns else 0.0
    if info.is_file and not is_gone(place.read_if_present(name) or b"", age):
        stale = library().verger_lock_stale_seconds()
        raise place.in_use(
            "wait until it ends, or choose another OUT; if it was killed on another machine, "
            f"remove '{place.path_of(name)}', or wait {stale // 60} minutes"
        )
    token = lock_document()
    place.publish(name, token)
    time.sleep(lock_pause())
    if place.read_if_present(name) != token:
        raise place.in_use("it started at the same moment: wait until it ends")
    return ObjectLock(place, name, token)


class ObjectLock(Lock):
    """An object with a token of the run, which a thread renews until it is released."""

    def __init__(self, place: S3Place, name: str, token: bytes) -> None:
        self._place, self._name, self._token = place, name, token
        self._released = threading.Event()
        self._renewing = threading.Thread(target=self._renew, daemon=True)
        self._renewing.start()

    def _ours(self) -> bool:
        return self._place.read_if_present(self._name) == self._token

    def _renew(self) -> None:
        while not self._released.wait(renew_seconds()):
            with contextlib.suppress(StorageError):  # the next renewal may succeed
                if not self._ours():
                    return
                self._place.publish(self._name, self._token)

    def check(self) -> None:
        if not self._ours():
            raise self._place.in_use("it has taken over the lock; run again when it has ended")

    def release(self) -> None:
        if self._released.is_set():
            return
        self._released.set()
        self._renewing.join()
        # The error of a failed run is more important than a lock that could not be removed.
        with contextlib.suppress(StorageError):
            if self._ours():
                self._place.remove(self._name)


def lock_pause() -> float:
    """Return the seconds between writing a lock and reading it back, so that a rival who checked
    before has written its own.
    """
    return float(library().verger_lock_pause_milliseconds()) / 1000


def renew_seconds() -> float:
    """Return the seconds after which a run renews its lock."""
    return float(library().verger_lock_renew_seconds())


def lock_document() -> bytes:
    """Return the bytes of a lock of this process; no two are the same."""
    process = os.getpid()
    return take_bytes(
        "verger_lock_document",
        borrowed(secrets.token_hex(12)),
        borrowed(_host_identity()),
        process,
        borrowed(_start_of(process)),
    )


def is_gone(document: bytes, age: float) -> bool:
    """Return whether the run that wrote `document`, `age` seconds ago, is known to be gone."""
    text, host = borrowed(document), borrowed(_host_identity())
    process = library().verger_lock_process(text, host)
    start = _start_of(process) if process else ""
    exists = process != 0 and _exists(process)
    return bool(
        library().verger_lock_is_gone(text, host, borrowed(start), exists, max(0, int(age)))
    )


def _exists(process: int) -> bool:
    """Return whether a process exists. /proc may hide those of other users (hidepid), kill does
    not.
    """
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # another user's
    return True


def _host_identity() -> str:
    """Return the namespace of process numbers: a machine since it was started, and in
    containers their own numbering. "" if unknown.
    """
    try:
        numbering = os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""
    return f"{socket.gethostname()} {_first_line('/proc/sys/kernel/random/boot_id')} {numbering}"


def _start_of(process: int) -> str:
    """Return the start time of a process, in clock ticks: its number is reused. "": no process."""
    # The name may contain spaces: after it, the 22nd field is the 20th.
    fields = _first_line(f"/proc/{process}/stat").rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 else ""


def _first_line(file: str) -> str:
    with contextlib.suppress(OSError), open(file, encoding="utf-8", errors="replace") as stream:
        return stream.readline().rstrip("\n")
    return ""
