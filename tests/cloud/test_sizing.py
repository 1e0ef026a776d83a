"""The estimate of a run: its line, its text, its limits."""

import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from verger.cloud.prices import load
from verger.cloud.settings import Group, Job, Scaling, Settings
from verger.cloud.sizing import (
    CORE_RATES,
    LISTING_SECONDS,
    SPARK_SHARE,
    START_SECONDS,
    estimate,
)
from verger.errors import BadCall

ROOT = Path(__file__).parents[2]


def test_time_is_a_line() -> None:
    photos, rate = 1_000_000, 20.0
    run = estimate(photos, Settings(), rate=rate)
    a_photo = LISTING_SECONDS + 1 / (12 * rate * SPARK_SHARE)  # three m5.xlarge
    assert run.seconds == pytest.approx(START_SECONDS + photos * a_photo)
    assert run.photos_per_second == pytest.approx(12 * rate * SPARK_SHARE)


def test_more_photos_take_longer_and_more_nodes_take_less() -> None:
    few, many = (replace(Settings(), task=Group(count=count)) for count in (2, 50))
    seconds = [estimate(10**power, few).seconds for power in range(3, 10)]
    assert seconds == sorted(set(seconds))
    for photos in (100_000, 10_000_000):
        assert estimate(photos, many).seconds < estimate(photos, few).seconds


def test_dollars_are_hours_and_requests() -> None:
    settings, photos = Settings(), 1_000_000
    run = estimate(photos, settings)
    hour = sum(line.dollars for line in load().cluster_hour(settings))
    requests = run.dollars - hour * run.seconds / 3600
    # A HEAD and a GET a photo, a listing a thousand.
    assert requests == pytest.approx(2e6 * 0.42e-6 + 1000 * 5.3e-6)


def test_rate_of_the_settings_and_of_the_call() -> None:
    measured = replace(Settings(), job=Job(photos_per_second=33.0))
    assert "33.0 photos/s a core (yours)" in "\n".join(estimate(1000, measured).lines)
    assert "44.0 photos/s a core (yours)" in "\n".join(estimate(1000, measured, rate=44).lines)
    assumed = "\n".join(estimate(1000, Settings()).lines)
    assert (
        f"{CORE_RATES['efficientnet-lite0']:.1f} photos/s a core (measured on other nodes"
        in assumed
    )
    other = replace(Settings(), job=Job(model="s3://bucket/mine.onnx"))
    assert "assumed, as resnet50" in "\n".join(estimate(1000, other).lines)


def test_views_divide_a_measured_rate_and_other_numbers_are_named() -> None:
    job = Job(model="resnet50", views=8, precision="int8")
    text = "\n".join(estimate(1000, replace(Settings(), job=job)).lines)
    assert "1.4 photos/s a core (measured on other nodes, assumed for these, in fp32 at" in text
    assert "own size, by 8 views: measure yours)" in text
    yours = replace(job, photos_per_second=5.0)
    assert "5.0 photos/s a core (yours)" in "\n".join(
        estimate(1000, replace(Settings(), job=yours)).lines
    )


@pytest.mark.parametrize(("model", "size"), [("efficientnet-lite2", "10.2"), ("mine.onnx", "16.4")])
def test_an_output_has_two_vectors_a_photo(model: str, size: str) -> None:
    lines = estimate(10**6, replace(Settings(), job=Job(model=model))).lines
    assert any(f"the output has {size} GB" in line for line in lines)


@pytest.mark.parametrize("rate", [0.0, -1.0, math.nan, math.inf])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(BadCall, match="photos per second of one core"):
        estimate(1000, Settings(), rate=rate)


def test_what_cannot_run_is_refused() -> None:
    with pytest.raises(BadCall, match="0 photos"):
        estimate(0, Settings())
    with pytest.raises(BadCall, match="no core or task nodes"):
        estimate(1000, replace(Settings(), core=Group(count=0), task=Group(count=0)))
    with pytest.raises(BadCall, match=r"g5\.xlarge"):
        estimate(1000, replace(Settings(), core=Group(type="g5.xlarge")))


def test_limits_are_listed_where_they_begin() -> None:
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


def test_nodes_are_counted() -> None:
    many = replace(Settings(), task=Group(count=1251))
    assert "on 5,008 vCPUs of 1,252 nodes" in estimate(10**6, many).lines[0]
    alone = replace(Settings(), task=Group(count=0))
    assert "on 4 vCPUs of 1 node:" in estimate(1000, alone).lines[0]


def test_the_document_has_the_table_that_the_script_prints() -> None:
    printed = subprocess.run(
        [sys.executable, ROOT / "bench" / "scale" / "table.py"], capture_output=True, check=True
    ).stdout.decode()
    assert len(printed.splitlines()) == 2 + 2 * 6
    assert printed in (ROOT / "docs" / "scale.md").read_text()
