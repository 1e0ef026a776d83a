"""Photos that are to be forgotten are gone from every object of a bucket."""

from __future__ import annotations

import json
import random
import shutil
import time
from pathlib import Path

import pytest
from program import table
from program import verger as verger_on_disk

from .cloud import LOCK, Cloud, Harvest, assert_same_files, files
from .faults import PASSING, Fault

NAMES = ["Label 0/frame_0004.jpg", "Label 1"]  # a photo and a label of the 40
LEFT = 19
FEW = ["-k", "3"]


@pytest.fixture
def expected(small: Harvest, tmp_path: Path) -> Path:
    """An output on disk, after the same forgetting."""
    out = tmp_path / "expected"
    verger_on_disk("run", small.folder, out, *small.options, *FEW)
    verger_on_disk("forget", out, *NAMES)
    return out


def assert_forgotten(cloud: Cloud, expected: Path, actual: Path) -> None:
    """The bucket holds what the disk does, and no trace of what was forgotten."""
    assert_same_files(cloud.objects("out"), files(expected))
    cloud.verger("verify", cloud.url("out"))
    shutil.rmtree(actual, ignore_errors=True)
    cloud.copied("out", actual)
    for kind in ("Preprocessing", "Results"):
        paths = table(actual, kind)["path"].to_pylist()
        assert len(paths) == LEFT
        assert not [path for path in paths if path == NAMES[0] or path.startswith(NAMES[1])]
    for content in files(actual).values():
        assert not [name for name in NAMES if name.encode() in content]


def test_forget_in_a_bucket(cloud: Cloud, small: Harvest, expected: Path, tmp_path: Path) -> None:
    cloud.verger("run", small.url, cloud.url("out"), *small.options, *FEW)
    cloud.verger("forget", cloud.url("out"), *NAMES)
    assert_forgotten(cloud, expected, tmp_path / "actual")
    assert LOCK not in cloud.objects("out")


@pytest.mark.parametrize("fault", PASSING)
def test_forget_under_faults(
    fault: Fault, cloud: Cloud, small: Harvest, expected: Path, tmp_path: Path
) -> None:
    cloud.verger("run", small.url, cloud.url("out"), *small.options, *FEW)
    cloud.proxy.rate, cloud.proxy.kinds, cloud.proxy.silence = 0.2, [fault], 0.2
    cloud.verger("forget", cloud.url("out"), *NAMES)
    assert cloud.proxy.faults[fault] > 0
    cloud.proxy.reset()
    assert_forgotten(cloud, expected, tmp_path / "actual")


def test_forget_that_is_killed(
    cloud: Cloud, small: Harvest, expected: Path, tmp_path: Path
) -> None:
    """The output is whole after each kill, and the same command brings it to its end."""
    chance = random.Random(5)
    out = cloud.url("out")
    cloud.verger("run", small.url, out, *small.options, *FEW)
    begin = time.monotonic()
    cloud.verger("show", out)
    for _ in range(10):
        run = cloud.start("forget", out, *NAMES)
        time.sleep((time.monotonic() - begin) * chance.uniform(0.2, 1.5))
        run.kill()
        cloud.finish(run)
        begin = time.monotonic()
        stdout = cloud.verger("show", out).stdout
        assert stdout.endswith(("Dimensions: (40, 4)\n", f"Dimensions: ({LEFT}, 4)\n"))
    cloud.verger("forget", out, *NAMES)  # a killed one may have come to its end: then it proves
    # A rewritten part of a killed one may be left; it is work to the next run, and holds no trace.
    checked = json.loads(cloud.finish(cloud.start("verify", out, "--json")).stdout)
    assert all("not part of this output" in problem for problem in checked["problems"])
    copy = cloud.copied("out", tmp_path / "actual")
    names = ["path", "features"]
    assert table(copy).select(names).equals(table(expected).select(names))
    left = set(table(copy, "Preprocessing")["path"].to_pylist())
    assert left == set(table(expected)["path"].to_pylist())
    for content in files(copy).values():
        assert not [name for name in NAMES if name.encode() in content]
