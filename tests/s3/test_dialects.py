"""What other servers do differently: the same result, or an error that says why and what to do."""

from __future__ import annotations

import json
import os
import time
from hashlib import sha256
from pathlib import Path

import pytest
from program import run_python, table

from .cloud import LOCK, Cloud, Harvest, assert_same_files, files
from .dialects import DIALECTS, Dialect, ignoring_conditions
from .http_message import Target
from .test_runs import IN_USE, RUNS, STALE

BAD_INPUT, STORAGE, REFUSED = 4, 5, 7
TIMES = [name for name in DIALECTS if "point" in name or "listings" in name or "later" in name]
ENCRYPT = ["--sse", "AES256"]


def python(cloud: Cloud, code: str, check: int = 0, *arguments: str) -> str:
    """What a program that uses the wheel prints, or says on stderr if it is to fail."""
    done = run_python(code, *arguments, env=cloud.environment(), timeout=120)
    assert done.returncode == check, done.stderr
    return done.stderr if check else done.stdout


EXTRACT = """
import sys, verger
photos, model, preset = sys.argv[1:]
times = verger.extract(photos, model, preset)["modified"]
print([str(time) for time in times.to_pylist()])
"""
SAVE = """
import sys, verger
photos, out, model, preset = sys.argv[1:]
verger.save(verger.extract(photos, model, preset), out)
"""


def of_the_same_size(photo: bytes) -> bytes:
    """Another photo of as many bytes."""
    other = photo.replace(b"JFIF", b"JFIG", 1)
    assert other != photo
    return other


@pytest.mark.parametrize("name", TIMES)
def test_times_that_differ(name: str, cloud: Cloud, small: Harvest, tmp_path: Path) -> None:
    """No photo is taken for another, in this run or the next; one of the same size is."""
    cloud.server.put_folder(cloud.bucket, "Photos", small.folder)
    cloud.proxy.dialect = DIALECTS[name]
    run = ("run", cloud.url("Photos"), cloud.url("out"), *small.options)
    summary = cloud.summary(*run)
    assert (summary["rows"], summary["rejects"], summary["extracted"]) == (40, [], 40)
    cloud.proxy.requests.clear()
    summary = cloud.summary(*run)
    assert (summary["rows"], summary["rejects"], summary["extracted"]) == (40, [], 0)
    assert not cloud.proxy.operations(".jpg")["GetObject"], "no photo is read again"

    first = min(small.folder.rglob("*.jpg"))
    path = str(first.relative_to(small.folder))
    changed = of_the_same_size(first.read_bytes())
    time.sleep(1.1)  # this server's times are whole seconds
    cloud.server.put(cloud.bucket, f"Photos/{path}", changed)
    assert cloud.summary(*run)["rejects"] == []
    rows = table(cloud.copied("out", tmp_path / "found"), "Preprocessing")
    hashes = dict(zip(rows["path"].to_pylist(), rows["sha256"].to_pylist(), strict=True))
    assert hashes[path] == sha256(changed).hexdigest()


@pytest.mark.parametrize("name", ["later in answers", "one digit behind the point"])
def test_a_photo_of_the_same_size_while_the_run_goes_on(
    name: str, cloud: Cloud, small: Harvest
) -> None:
    """The ETag tells that it is not the one that was listed."""
    cloud.server.put_folder(cloud.bucket, "Photos", small.folder)
    key = "Photos/Label 1/frame_0013.jpg"
    content = cloud.server.get(cloud.bucket, key)
    time.sleep(1.1)

    def once_listed(target: Target) -> None:
        if target.key == key:
            cloud.server.put(cloud.bucket, key, of_the_same_size(content))

    cloud.proxy.dialect, cloud.proxy.rules = DIALECTS[name], [once_listed]
    summary = cloud.summary("run", cloud.url("Photos"), cloud.url("out"), *small.options)
    assert [reject["path"] for reject in summary["rejects"]] == [key.removeprefix("Photos/")]


@pytest.mark.parametrize("name", TIMES)
def test_times_in_python(name: str, cloud: Cloud, small: Harvest) -> None:
    """A time that Arrow cannot read is asked for: no photo is one of 1970."""
    cloud.proxy.dialect = DIALECTS[name]
    printed = python(cloud, EXTRACT, 0, small.url, small.options[1], small.options[3])
    assert "1970" not in printed
    assert printed.count("20") >= 40


@pytest.mark.parametrize("age", [STALE - 60, STALE + 60])
def test_a_lock_of_another_machine_by_etags_without_quotes(
    age: int, cloud: Cloud, small: Harvest
) -> None:
    """One that was left is taken over, one that lives is not."""
    other = json.dumps({"token": "t", "host": "elsewhere 1 2", "process": 1, "start": "1"})
    cloud.server.put(cloud.bucket, f"out/{LOCK}", other.encode())
    os.utime(cloud.server.objects / cloud.bucket / "out" / LOCK, (time.time() - age,) * 2)
    cloud.proxy.dialect = DIALECTS["If-Match without quotes"]
    living = age < STALE
    command = ("run", small.url, cloud.url("out"), *small.options)
    cloud.verger(*command, check=IN_USE if living else 0)
    assert (LOCK in cloud.objects("out")) == living
    if not living:
        assert_same_files(cloud.objects("out"), files(small.out))


@pytest.mark.parametrize("seconds", [1e9, 0.4], ids=["for ever", "at the same moment"])
def test_eight_at_once_where_conditions_are_ignored(
    seconds: float, cloud: Cloud, small: Harvest
) -> None:
    """s3rver lets every put through, S3Mock and s3s-fs those that come together."""
    cloud.proxy.dialect = Dialect(refuse=ignoring_conditions(cloud.server, seconds))
    command = ("run", small.url, cloud.url("out"), *small.options, "--json")
    runs = [cloud.start(*command) for _ in range(RUNS)]
    done = [cloud.finish(run) for run in runs]
    messages = [one.stderr for one in done]
    assert {one.returncode for one in done} <= {0, IN_USE}, messages
    # One that begins when another has ended has nothing to do.
    extracted = [json.loads(one.stdout)["extracted"] for one in done if one.returncode == 0]
    assert sorted(extracted) == [0] * (len(extracted) - 1) + [40], messages
    assert "taken over the lock" not in "".join(messages), "nobody was let in who was not to be"
    assert_same_files(cloud.objects("out"), files(small.out))
    assert LOCK not in cloud.objects("out")


def test_a_run_at_work_where_conditions_are_ignored(cloud: Cloud, small: Harvest) -> None:
    """Its lock is not put over by another's."""
    cloud.proxy.dialect = Dialect(refuse=ignoring_conditions(cloud.server))
    mine = json.dumps({"token": "t", "host": "elsewhere 1 2", "process": 1, "start": "1"}).encode()
    cloud.server.put(cloud.bucket, f"out/{LOCK}", mine)
    cloud.verger("run", small.url, cloud.url("out"), *small.options, check=IN_USE)
    assert cloud.objects("out") == {LOCK: mine}


def test_a_lock_whose_time_is_not_told(cloud: Cloud, small: Harvest) -> None:
    """It may be a living run's, whatever its time would be."""
    cloud.proxy.dialect = DIALECTS["no times in answers"]
    cloud.server.put(cloud.bucket, f"out/{LOCK}", b"{}")
    done = cloud.verger("run", small.url, cloud.url("out"), *small.options, check=IN_USE)
    assert f"remove '{cloud.url(f'out/{LOCK}')}'" in done.stderr


def test_no_conditional_writes(cloud: Cloud, small: Harvest) -> None:
    """The cause, and a way on; entities of XML are read."""
    cloud.proxy.dialect = DIALECTS["no conditional writes"]
    done = cloud.verger("run", small.url, cloud.url("out"), *small.options, check=STORAGE)
    assert 'A header "x"' in done.stderr
    assert "the server has no conditional writes" in done.stderr
    assert "write to a folder and copy that into the bucket" in done.stderr
    assert cloud.objects("out") == {}


@pytest.mark.parametrize("name", ["as it is", *(name for name in DIALECTS if "encryption" in name)])
def test_encryption_that_the_server_does_not_have(name: str, cloud: Cloud, small: Harvest) -> None:
    """versitygw stores plain bytes and says nothing; others refuse, or fail."""
    cloud.proxy.dialect = DIALECTS.get(name, Dialect())
    command = ("run", small.url, cloud.url("out"), *small.options, *ENCRYPT)
    done = cloud.verger(*command, check=STORAGE)
    assert "does not encrypt as --sse AES256 asks: leave --sse out" in done.stderr
    assert "cannot reach" not in done.stderr
    assert cloud.objects("out") == {}, "nothing is left as plain bytes"


def test_a_region_that_is_not_told(cloud: Cloud, small: Harvest) -> None:
    cloud.proxy.dialect = DIALECTS["no region"]
    command = ("run", small.url, cloud.url("out"), *small.options, "--regions")
    done = cloud.verger(*command, "eu-west-3", check=REFUSED)
    assert f"the server {cloud.proxy.endpoint} does not report its region" in done.stderr
    assert "--regions any" in done.stderr
    cloud.verger(*command, "any")


def test_empty_objects_where_ranges_of_nothing_fail(cloud: Cloud, small: Harvest) -> None:
    """_SUCCESS and an empty photo: neither is asked for by a range."""
    cloud.proxy.dialect = DIALECTS["no ranges of nothing"]
    cloud.server.put_folder(cloud.bucket, "Photos", small.folder)
    cloud.server.put(cloud.bucket, "Photos/Label 0/empty.jpg", b"")
    run = ("run", cloud.url("Photos"), cloud.url("out"), *small.options)
    summary = cloud.summary(*run)
    assert [reject["path"] for reject in summary["rejects"]] == ["Label 0/empty.jpg"]
    assert summary["s3"]["retries"] == 0
    cloud.verger("forget", cloud.url("out"), "Label 0/empty.jpg")


def test_a_bucket_of_photos_that_is_not_there(cloud: Cloud, small: Harvest) -> None:
    """Said before anything is put into OUT."""
    command = ("run", "s3://not-there-at-all/Photos", cloud.url("out"), *small.options)
    done = cloud.verger(*command, check=BAD_INPUT)
    assert "NoSuchBucket" in done.stderr
    assert "PutObject" not in cloud.proxy.operations()


def test_two_runs_by_python_where_conditions_are_ignored(cloud: Cloud, small: Harvest) -> None:
    """Python has no conditional put anywhere: it looks, puts and reads back."""
    cloud.proxy.dialect = DIALECTS["no conditional writes"]
    arguments = (small.url, cloud.url("out"), small.options[1], small.options[3])
    python(cloud, SAVE, 0, *arguments)
    cloud.proxy.dialect = Dialect()
    assert cloud.summary("run", small.url, cloud.url("out"), *small.options)["rows"] == 40
