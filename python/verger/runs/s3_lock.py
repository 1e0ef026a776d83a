"""The lock of an output in a bucket: an object that says who writes, as the program has it."""

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
    """Puts an object with a token of its own, and reads it back a second later.

    Keeps out every run that starts while another is under way. Two that start at the same time are
    told apart if neither takes longer than lock_pause() from its look to its put; `check`, before a
    version is made, finds the others but for those that come to it together. A lock that nobody
    has renewed for long is taken over; that of a run on this machine that is gone, at once.

    Errors: InUse.
    """
    with place.client("lock", name) as client:
        found = client.get_file_info(place.key(name))
    # A time that is not told is 1970 to Arrow: then only its process shows that a run is gone.
    age = time.time() - found.mtime_ns / 1e9 if found.mtime_ns else 0.0
    if found.is_file and not is_gone(place.read_if_present(name) or b"", age):
        stale = library().verger_lock_stale_seconds()
        raise place.in_use(
            "wait until it ends, or choose another OUT; if it was killed on another machine, "
            f"remove '{place.path_of(name)}', or wait {stale // 60} minutes"
        )
    token = lock_document()
    place.publish(name, token)
    time.sleep(lock_pause())
    if place.read_if_present(name) != token:
        raise place.in_use("it began at the same moment: wait until it ends")
    return ObjectLock(place, name, token)


class ObjectLock(Lock):
    """An object with a token of the run, put again and again by a thread until it is released."""

    def __init__(self, place: S3Place, name: str, token: bytes) -> None:
        self._place, self._name, self._token = place, name, token
        self._released = threading.Event()
        self._renewing = threading.Thread(target=self._renew, daemon=True)
        self._renewing.start()

    def _ours(self) -> bool:
        return self._place.read_if_present(self._name) == self._token

    def _renew(self) -> None:
        while not self._released.wait(renew_seconds()):
            with contextlib.suppress(StorageError):  # the next time may fare better
                if not self._ours():
                    return
                self._place.publish(self._name, self._token)

    def check(self) -> None:
        if not self._ours():
            raise self._place.in_use("it has taken the lock over; run again when it has ended")

    def release(self) -> None:
        if self._released.is_set():
            return
        self._released.set()
        self._renewing.join()
        # A run that failed tells of its own error, not of a lock that it could not remove.
        with contextlib.suppress(StorageError):
            if self._ours():
                self._place.remove(self._name)


def lock_pause() -> float:
    """Seconds between putting a lock and reading it back, so that a rival who looked before has put
    its own.
    """
    return float(library().verger_lock_pause_milliseconds()) / 1000


def renew_seconds() -> float:
    """How often a run renews its lock."""
    return float(library().verger_lock_renew_seconds())


def lock_document() -> bytes:
    """Of this process; no two are the same."""
    process = os.getpid()
    return take_bytes(
        "verger_lock_document",
        borrowed(secrets.token_hex(12)),
        borrowed(_host_identity()),
        process,
        borrowed(_start_of(process)),
    )


def is_gone(document: bytes, age: float) -> bool:
    """Whether the run that wrote `document`, `age` seconds ago, is known to be gone."""
    said, host = borrowed(document), borrowed(_host_identity())
    process = library().verger_lock_process(said, host)
    start = _start_of(process) if process else ""
    exists = process != 0 and _exists(process)
    return bool(
        library().verger_lock_is_gone(said, host, borrowed(start), exists, max(0, int(age)))
    )


def _exists(process: int) -> bool:
    """/proc may hide processes of other users (hidepid); kill knows them all the same."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # another user's
    return True


def _host_identity() -> str:
    """Where the number of a process means the same process: a machine since it was started, and in
    containers their own numbering. "" if that cannot be told.
    """
    try:
        numbering = os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""
    return f"{socket.gethostname()} {_first_line('/proc/sys/kernel/random/boot_id')} {numbering}"


def _start_of(process: int) -> str:
    """When a process began, as the system counts: numbers are used again. "": there is none."""
    # Behind the name, which may hold anything, the 22nd field is the 20th.
    fields = _first_line(f"/proc/{process}/stat").rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 else ""


def _first_line(file: str) -> str:
    with contextlib.suppress(OSError), open(file, encoding="utf-8", errors="replace") as stream:
        return stream.readline().rstrip("\n")
    return ""
