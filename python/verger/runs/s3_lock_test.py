"""Locks of ended runs are stale, those of live runs are not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from verger.errors import InUse
from verger.runs import s3_lock
from verger.runs.s3_lock import is_gone, lock_document
from verger.runs.storage import open_place

# Units: seconds.
YOUNG, OLD = 1, 24 * 3600
WRITE = "from verger.runs.s3_lock import *; print(lock_document().decode(), end='', flush=1)"


@pytest.fixture
def document_of_a_killed_run() -> bytes:
    with subprocess.Popen(
        [sys.executable, "-c", WRITE + "; import time; time.sleep(60)"],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as run:
        assert run.stdout is not None
        written = run.stdout.readline()
        assert not is_gone(written, YOUNG), "it still runs"
        run.kill()
    return written


def changed(document: bytes, **values: Any) -> bytes:
    return json.dumps({**json.loads(document), **values}).encode()


def test_a_run_here_that_is_gone(document_of_a_killed_run: bytes) -> None:
    assert is_gone(document_of_a_killed_run, YOUNG)
    other = changed(document_of_a_killed_run, host="another machine")
    assert not is_gone(other, YOUNG)
    assert is_gone(other, OLD)
    assert not is_gone(b"a token", YOUNG), "another program's"


def test_a_number_that_another_process_got_since() -> None:
    mine = lock_document()
    assert not is_gone(mine, YOUNG)
    assert is_gone(changed(mine, start="1"), YOUNG)
    assert json.loads(mine)["process"] == os.getpid()
    assert lock_document() != mine


def test_a_run_of_another_user_whom_proc_hides(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with hidepid=2: nothing in /proc, and EPERM from kill, for the process is there."""
    mine = changed(lock_document(), process=1, start="12")

    def denied(process: int, signal: int) -> None:
        assert (process, signal) == (1, 0)
        raise PermissionError

    monkeypatch.setattr(s3_lock, "_start_of", lambda process: "")
    monkeypatch.setattr(os, "kill", denied)
    assert not is_gone(mine, YOUNG)


def test_a_bucket_s_lock_of_a_killed_run_is_taken_over_at_once(
    bucket: object, document_of_a_killed_run: bytes
) -> None:
    place = open_place("s3://fruits/OUT")
    place.publish("lock", changed(document_of_a_killed_run, host="another machine"))
    with pytest.raises(InUse):
        place.lock("lock")
    place.publish("lock", document_of_a_killed_run)
    place.lock("lock").release()
    assert not place.exists("lock")


def test_a_lock_that_is_renewed_no_more_is_taken_over(
    bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_lock, "renew_seconds", lambda: 0.01)
    place = open_place("s3://fruits/OUT")
    file = bucket / "fruits" / "OUT" / "lock"
    place.publish("lock", b"of a killed run")
    with pytest.raises(InUse, match="remove 's3://fruits/OUT/lock'"):
        place.lock("lock")
    long_ago = time.time() - OLD
    os.utime(file, (long_ago, long_ago))
    lock = place.lock("lock")
    os.utime(file, (long_ago, long_ago))
    deadline = time.monotonic() + 60
    while file.stat().st_mtime == long_ago:
        assert time.monotonic() < deadline, "a lock in use is renewed"
        time.sleep(0.005)
    # A renewal under way would put the first run's lock back.
    waits = threading.Event()

    def renew_seconds() -> float:
        waits.set()
        return 3600.0

    monkeypatch.setattr(s3_lock, "renew_seconds", renew_seconds)
    assert waits.wait(60)
    place.publish("lock", b"of a run that took it over")
    with pytest.raises(InUse, match="taken over the lock"):
        lock.check()
    lock.release()
    assert place.read("lock") == b"of a run that took it over"
