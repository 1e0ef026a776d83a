"""What people do with an output, on each server: right, or an error with its cause and a way on."""

from __future__ import annotations

import signal
import time

import pytest

from .user import PHOTOS, User

IN_USE, STORAGE, REFUSED, BAD_INPUT = 6, 5, 7, 4
RUNS = 8
LOCK = "out/_verger/lock"

EXTRACT_AND_SAVE = """
import sys, verger
photos, out, model, preset = sys.argv[1:]
table = verger.extract(photos, model, preset)
verger.save(table, out)
assert verger.verify(out) == [], verger.verify(out)
times = table["modified"].to_pylist()
print(table.num_rows, table["error"].null_count, min(times).year)
print(verger.forget(out, table["path"][0].as_py()).rows)
"""


def test_the_main_job(user: User) -> None:
    """Run, again, two more photos, verify, show, forget."""
    photos, out = user.plant("main"), user.url("out")
    run = ("run", photos, out, *user.options)
    summary = user.summary(*run)
    assert (summary["rows"], summary["rejects"], summary["extracted"]) == (PHOTOS, [], PHOTOS)
    summary = user.summary(*run)
    assert (summary["rows"], summary["rejects"], summary["extracted"]) == (PHOTOS, [], 0)
    user.plant("main", 2, first=PHOTOS)
    summary = user.summary(*run)
    assert (summary["rows"], summary["rejects"], summary["extracted"]) == (PHOTOS + 2, [], 2)
    assert user.summary("verify", out)["problems"] == []
    assert user.summary("show", out)["dimensions"][0] == PHOTOS + 2
    assert user.summary("forget", out, "Label 0/frame_0000.jpg")["rows"] == 1
    assert LOCK not in user.server.keys(user.bucket, "out")


def test_eight_at_once(user: User) -> None:
    """One has the output, the others say so."""
    photos = user.plant("eight")
    command = ("run", photos, user.url("once"), *user.options, "--batch", "1", "--threads", "1")
    runs = [user.start(*command) for _ in range(RUNS)]
    messages = [run.communicate(timeout=120)[1] for run in runs]
    codes = [run.returncode for run in runs]
    # One that begins when another has ended has nothing to do, and is right as well.
    assert set(codes) <= {0, IN_USE}, messages
    assert 0 in codes, messages
    assert user.summary("verify", user.url("once"))["problems"] == []


def test_a_killed_run(user: User) -> None:
    """Its lock is taken over at once by the next run here."""
    photos, out = user.plant("killed"), user.url("killed-out")
    run = user.start("run", photos, out, *user.options, "--batch", "1", "--threads", "1")
    deadline = time.monotonic() + 30
    while "killed-out/_verger/lock" not in user.server.keys(user.bucket, "killed-out"):
        assert time.monotonic() < deadline
        assert run.poll() is None, run.communicate()
        time.sleep(0.01)
    run.send_signal(signal.SIGKILL)
    run.communicate()
    summary = user.summary("run", photos, out, *user.options)
    assert (summary["rows"], summary["rejects"]) == (PHOTOS, [])
    assert "killed-out/_verger/lock" not in user.server.keys(user.bucket, "killed-out")


def test_encryption(user: User) -> None:
    """Done, or an error: plain bytes are never taken for encrypted ones."""
    photos = user.plant("plain")
    command = ("run", photos, user.url("sse"), *user.options, "--sse", "AES256")
    done = user.verger(*command, check=user.encryption)
    if user.encryption:
        assert "does not encrypt as --sse AES256 asks: leave --sse out" in done.stderr
        assert user.server.keys(user.bucket, "sse") == []


def test_regions(user: User) -> None:
    """A server that tells no region names the way on."""
    command = ("run", user.plant("region"), user.url("region-out"), *user.options, "--regions")
    done = user.verger(*command, "eu-west-3", check=REFUSED)
    assert "--regions" in done.stderr
    user.verger(*command, "any")


def test_a_bucket_that_is_not_there(user: User) -> None:
    command = ("run", "s3://nowhere-at-all/photos", user.url("nothing"), *user.options)
    done = user.verger(*command, check=BAD_INPUT)
    assert "bucket" in done.stderr
    assert user.server.keys(user.bucket, "nothing") == []


def test_the_wheel(user: User) -> None:
    """Photos to a table, to an output, and a photo out of it; then the program goes on with it."""
    photos, out = user.plant("wheel"), user.url("wheel-out")
    printed = user.python(EXTRACT_AND_SAVE, photos, out, *user.network).split()
    assert printed == [str(PHOTOS), str(PHOTOS), str(time.gmtime().tm_year), "1"]
    summary = user.summary("run", photos, out, *user.options)
    assert (summary["rows"], summary["rejects"], summary["extracted"]) == (PHOTOS, [], 1)


EXTRACT = """
import sys, verger
table = verger.extract(*sys.argv[1:])
print(table.num_rows, table["error"].null_count, *table["error"].drop_null().to_pylist())
"""


def test_names_that_are_empty(user: User) -> None:
    """As programs put that join names by one '/' too many; some servers merge the two."""
    photos = user.plant("odd", 4)
    photo = user.server.get(user.bucket, "odd/Label 0/frame_0000.jpg")
    if not user.takes_empty_names:
        with pytest.raises(AssertionError, match="PUT .* 40[04] "):
            user.server.put(user.bucket, "odd/Label 0//more.jpg", photo)
        return
    user.server.put(user.bucket, "odd/Label 0//more.jpg", photo)
    summary = user.summary("run", photos, user.url("odd-out"), *user.options)
    assert (summary["rows"], summary["rejects"]) == (5, [])
    rows, read, *errors = user.python(EXTRACT, photos, *user.network).split(maxsplit=2)
    assert (rows, read) in (("5", "5"), ("5", "4"))
    assert not errors or "a name between two '/' is empty" in errors[0]
