"""The estimate of a run: its formulas, what it says, what it warns of."""

import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from verger.cloud.prices import load
from verger.cloud.scaling import Costs, part_rows, steps_of
from verger.cloud.settings import Group, Job, Scaling, Serverless, Settings
from verger.cloud.sizing import CORE_RATES, SPARK_SHARE, estimate
from verger.errors import BadCall

ROOT = Path(__file__).parents[2]


def test_few_slots_are_planned_for_as_if_nodes_were_to_come() -> None:
    assert part_rows(10_605, 12, 2048) == part_rows(10_605, 32, 2048) == 332
    assert part_rows(10_605, 48, 2048) == 221


def test_large_outputs_have_larger_parts() -> None:
    assert part_rows(10**6, 12, 2048) == 977
    assert 25_000 < part_rows(10**8, 12, 1280) <= 26_214  # 128 MiB of features


@pytest.mark.parametrize(
    ("photos", "rows", "waves"), [(64, 64, 1), (16_384, 512, 1), (16_896, 264, 2)]
)
def test_tasks_run_in_waves(photos: int, rows: int, waves: int) -> None:
    costs = Costs()
    assert part_rows(photos, 32, 2048) == rows
    seconds = dict(steps_of(photos, 32, 64.0, 2048))["extract"]
    assert seconds == pytest.approx(costs.open + waves * (rows / 64.0 + costs.task))


def test_more_photos_take_longer_and_more_nodes_take_less() -> None:
    few, many = (replace(Settings(), task=Group(count=count)) for count in (2, 50))
    seconds = [estimate(10**power, few).seconds for power in range(3, 10)]
    assert seconds == sorted(set(seconds))
    for photos in (100_000, 10_000_000):
        assert estimate(photos, many).seconds < estimate(photos, few).seconds


def test_extraction_is_photos_by_cores_and_rate() -> None:
    found = estimate(5_000_000, Settings(), rate=20.0)
    # Waves of 500 photos each are even: what is left is the half second of each task.
    usual = 12 * 20.0 * SPARK_SHARE
    assert usual * 0.95 < found.photos_per_second < usual
    twice = estimate(5_000_000, Settings(), rate=40.0)
    assert 1.9 < twice.photos_per_second / found.photos_per_second < 2


def test_dollars_are_hours_and_requests() -> None:
    settings, photos = Settings(), 1_000_000
    found = estimate(photos, settings)
    hour = sum(line.dollars for line in load().cluster_hour(settings))
    requests = found.dollars - hour * found.seconds / 3600
    # A HEAD and a GET a photo, a listing a thousand, and some for each of 1,024 parts.
    assert requests == pytest.approx(2e6 * 0.42e-6 + 1000 * 5.3e-6 + 1024 * 4 * 5.3e-6, rel=0.01)
    assert found.seconds == pytest.approx(sum(step.seconds for step in found.steps))


def test_rate_of_the_settings_and_of_the_call() -> None:
    measured = replace(Settings(), job=Job(photos_per_second=33.0))
    assert "33.0 photos/s a core (yours)" in "\n".join(estimate(1000, measured).lines)
    assert "44.0 photos/s a core (yours)" in "\n".join(estimate(1000, measured, rate=44).lines)
    assumed = "\n".join(estimate(1000, Settings()).lines)
    assert f"{CORE_RATES['efficientnet-lite0']:.1f} photos/s a core (measured elsewhere" in assumed
    other = replace(Settings(), job=Job(model="s3://bucket/mine.onnx"))
    assert "assumed, as resnet50" in "\n".join(estimate(1000, other).lines)


@pytest.mark.parametrize("rate", [0.0, -1.0, math.nan, math.inf])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(BadCall, match="photos a second of one core"):
        estimate(1000, Settings(), rate=rate)


def test_what_cannot_run_is_refused() -> None:
    with pytest.raises(BadCall, match="0 photos"):
        estimate(0, Settings())
    with pytest.raises(BadCall, match="no core or task nodes"):
        estimate(1000, replace(Settings(), core=Group(count=0), task=Group(count=0)))
    with pytest.raises(BadCall, match=r"g5\.xlarge"):
        estimate(1000, replace(Settings(), core=Group(type="g5.xlarge")))
    with pytest.raises(BadCall, match="workers"):
        estimate(1000, replace(Settings(), serverless=Serverless(workers=0)), serverless=True)


def test_serverless_needs_no_cluster() -> None:
    none = replace(Settings(), core=Group(count=0), task=Group(count=0))
    found = estimate(10_605, none, serverless=True)
    assert found.steps[0].seconds == Costs().serverless_start
    assert "12 vCPUs of EMR Serverless" in found.lines[0]


def test_limits_are_told_where_they_begin() -> None:
    assert estimate(1_000_000, Settings()).limits == []
    assert "larger primary" in estimate(10**9, Settings()).limits[0]
    larger = replace(Settings(), primary=Group(type="m5.4xlarge"))
    assert estimate(10**9, larger).limits == []
    many = replace(Settings(), task=Group(count=40))
    assert "prefix" in estimate(1_000_000, many).slow[0]
    assert estimate(1_000_000, many, rate=5.0).slow == []
    assert any("limit: " in line for line in estimate(1_000_000, many).lines)
    scaled = replace(Settings(), scaling=Scaling(enabled=True))
    assert any("managed scaling" in line for line in estimate(1000, scaled).lines)


def test_limits_of_serverless_are_those_of_its_workers_and_its_twelve_hours() -> None:
    found = estimate(10**9, Settings(), rate=20.0, serverless=True)
    assert found.seconds > 12 * 3600
    memory, hours = found.limits
    assert "5.2 GB may be free: more [serverless] worker_memory_gb, or several" in memory
    assert "a job of EMR Serverless is ended after 12.0 h: more [serverless] workers" in hours
    larger = replace(Settings(), serverless=Serverless(workers=200, worker_memory_gb=16))
    assert estimate(10**8, larger, rate=20.0, serverless=True).limits == []


def test_numbers_are_said_as_people_say_them() -> None:
    many = replace(Settings(), task=Group(count=1251))
    assert "on 5,008 vCPUs of 1,252 nodes" in estimate(10**6, many).lines[0]
    alone = replace(Settings(), task=Group(count=0))
    assert "on 4 vCPUs of 1 node:" in estimate(1000, alone).lines[0]


def test_smaller_features_are_cheaper_to_handle() -> None:
    wide, narrow = (dict(steps_of(10**6, 12, 74.0, width)) for width in (2048, 1280))
    for step in ("gather moments", "PCA", "project"):
        assert narrow[step] < wide[step]
    assert narrow["list and plan"] == wide["list and plan"]


def test_the_document_has_the_table_that_the_script_prints() -> None:
    printed = subprocess.run(
        [sys.executable, ROOT / "bench" / "scale" / "table.py"], capture_output=True, check=True
    ).stdout.decode()
    assert len(printed.splitlines()) == 2 + 2 * 6
    assert printed in (ROOT / "docs" / "scale.md").read_text()
