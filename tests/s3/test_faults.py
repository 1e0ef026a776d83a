"""Faults of network and server: an exact result, or a clean failure and the next run exact."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from .cloud import LOCK, Cloud, Harvest, assert_all_rows, assert_same_files, files
from .conftest import PHOTOS
from .faults import PASSING, Fault, on
from .http_message import Target

BAD_INPUT, STORAGE = 4, 5


def half(folder: Path, harvest: Harvest) -> Path:
    """A folder of the first photos of a harvest, with their times."""
    for file in sorted(harvest.folder.rglob("*.jpg"))[: PHOTOS // 2]:
        place = folder / file.relative_to(harvest.folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.hardlink_to(file)
    return folder


@pytest.mark.parametrize("seed", [1, 2])
def test_exact_at_5_percent(seed: int, cloud: Cloud, harvest: Harvest) -> None:
    cloud.proxy.rate, cloud.proxy.seed = 0.05, seed
    # The page is made after the summary, which counts no retry of its requests.
    summary = cloud.summary("run", harvest.url, cloud.url("out"), *harvest.options, "--no-report")
    faults = cloud.proxy.faults
    assert set(faults) == set(PASSING)
    assert (summary["rows"], summary["rejects"]) == (PHOTOS, [])
    # libcurl sends by itself what a dying connection that it used again did not answer.
    counted = (Fault.INTERNAL_ERROR, Fault.SLOW_DOWN)
    assert summary["s3"]["retries"] >= sum(faults[kind] for kind in counted) > 0
    cloud.verger("verify", cloud.url("out"))  # and that under faults as well
    assert_same_files(cloud.objects("out"), files(harvest.out))


@pytest.mark.parametrize("fault", PASSING)
def test_exact_at_20_percent_of_one_kind(fault: Fault, cloud: Cloud, small: Harvest) -> None:
    cloud.proxy.rate, cloud.proxy.kinds, cloud.proxy.silence = 0.2, [fault], 0.2
    summary = cloud.summary("run", small.url, cloud.url("out"), *small.options, "--no-report")
    assert cloud.proxy.faults[fault] > 0
    assert (summary["s3"]["retries"] > 0) == (fault is not Fault.SLOW)
    assert_same_files(cloud.objects("out"), files(small.out))


@pytest.mark.parametrize("page", [0, 1])
@pytest.mark.parametrize("fault", PASSING)
def test_a_listing_is_whole(fault: Fault, page: int, cloud: Cloud, harvest: Harvest) -> None:
    """A page that is cut or lost hides no photo."""
    cloud.proxy.rules = [on(fault, "ListObjects", after=page, times=2)]
    summary = cloud.summary("extract", harvest.url, cloud.home / "out", *harvest.options)
    assert (summary["inputs"], summary["rejects"]) == (PHOTOS, [])
    assert cloud.proxy.faults[fault] > 0


@pytest.mark.parametrize(("rate", "seed"), [(0.2, 1), (0.2, 2), (0.2, 3), (0.7, 1)])
def test_exact_or_clean(
    rate: float, seed: int, cloud: Cloud, harvest: Harvest, tmp_path: Path
) -> None:
    """At 20 % a request seldom fails eight times; at 70 % some do, and the run ends."""
    out = cloud.url("out")
    first = half(tmp_path / "first", harvest)
    cloud.verger("run", first, out, *harvest.options)
    before = cloud.verger("show", out).stdout
    cloud.proxy.rate, cloud.proxy.seed, cloud.proxy.silence = rate, seed, 0.3
    done = cloud.finish(cloud.start("run", harvest.url, out, *harvest.options))
    assert cloud.proxy.faults.total() > 50
    cloud.proxy.reset()
    if done.returncode != 0:
        assert_clean_failure(done)
        assert cloud.verger("show", out).stdout == before
        # Nothing is wrong with it but for parts that the next run will take over.
        checked = json.loads(cloud.finish(cloud.start("verify", out, "--json")).stdout)
        assert all("not part of this output" in problem for problem in checked["problems"])
    summary = cloud.summary("run", harvest.url, out, *harvest.options)
    assert (summary["rows"], summary["rejects"]) == (PHOTOS, [])
    assert_all_rows(cloud, harvest, tmp_path / "found")


def assert_clean_failure(done: subprocess.CompletedProcess[str]) -> None:
    """Of storage: reported in a line that names a place of the bucket."""
    assert done.returncode == STORAGE, done.stderr
    assert "s3://" in done.stderr.splitlines()[-1]


def test_a_photo_that_may_not_be_read_is_a_reject(cloud: Cloud, small: Harvest) -> None:
    key = "Label 0/frame_0004.jpg"
    cloud.proxy.rules = [on(Fault.ACCESS_DENIED, key=key)]
    summary = cloud.summary("run", small.url, cloud.url("out"), *small.options)
    assert (summary["inputs"], summary["rows"]) == (40, 39)
    assert [reject["path"] for reject in summary["rejects"]] == [key]
    assert "denied" in summary["rejects"][0]["reason"].lower().replace("_", "")
    cloud.proxy.reset()
    summary = cloud.summary("run", small.url, cloud.url("out"), *small.options)
    assert (summary["rows"], summary["extracted"], summary["rejects"]) == (40, 1, [])


@pytest.mark.parametrize("change", ["vanishes", "grows", "becomes huge"])
def test_a_photo_that_changes_while_it_is_read(change: str, cloud: Cloud, small: Harvest) -> None:
    """It is in the listing, and another when its turn comes: a reject, and right the next time."""
    path = "Label 1/frame_0013.jpg"
    cloud.server.put_folder(cloud.bucket, "Photos", small.folder)
    content = cloud.server.get(cloud.bucket, f"Photos/{path}")

    def once_listed(target: Target) -> Fault | None:
        if target.key == f"Photos/{path}":
            if change == "vanishes":
                cloud.server.delete(cloud.bucket, target.key)
            else:
                more = b"more" if change == "grows" else bytes(32 << 20)
                cloud.server.put(cloud.bucket, target.key, content + more)
        return None

    cloud.proxy.rules = [once_listed]
    run = ("run", cloud.url("Photos"), cloud.url("out"), *small.options)
    summary = cloud.summary(*run)
    assert (summary["inputs"], summary["rows"]) == (40, 39)
    assert [reject["path"] for reject in summary["rejects"]] == [path]
    cloud.proxy.reset()
    cloud.server.put(cloud.bucket, f"Photos/{path}", content)
    summary = cloud.summary(*run)
    assert (summary["inputs"], summary["rows"], summary["rejects"]) == (40, 40, [])


@pytest.mark.parametrize(
    "key", [LOCK, "part-00000.parquet", "manifest-000001.json", "_SUCCESS", "pca.json"]
)
def test_an_answer_that_is_lost(key: str, cloud: Cloud, small: Harvest) -> None:
    """The object was put, its put is sent again: not another run's doing, and not a failure."""
    cloud.proxy.rules = [on(Fault.RESET_AFTER, "PutObject", key=key, times=1)]
    cloud.verger("run", small.url, cloud.url("out"), *small.options)
    assert cloud.proxy.faults == {Fault.RESET_AFTER: 1}
    assert_same_files(cloud.objects("out"), files(small.out))


@pytest.mark.parametrize("fault", [Fault.INTERNAL_ERROR, Fault.RESET_BEFORE, Fault.TIMEOUT])
def test_a_server_that_is_down(fault: Fault, cloud: Cloud, small: Harvest) -> None:
    """The program gives up in a bounded time, with a message; and nothing is there."""
    cloud.proxy.silence = 0.1
    cloud.proxy.rules = [on(fault)]
    done = cloud.verger("run", small.folder, cloud.url("out"), *small.options, check=STORAGE)
    assert_clean_failure(done)
    cloud.verger("run", small.url, cloud.home / "out", *small.options, check=BAD_INPUT)
    cloud.proxy.rules = []
    assert cloud.server.keys(cloud.bucket) == []


def test_an_endpoint_that_nobody_answers(cloud: Cloud, small: Harvest) -> None:
    env = {**cloud.environment(), "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"}
    out = cloud.url("out")
    done = cloud.verger("run", small.folder, out, *small.options, env=env, check=STORAGE)
    assert "AWS_ENDPOINT_URL" in done.stderr
