"""The estimate of a run: the formulas beside plays of the tasks, what it says, what it warns of."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
from verger._limits import limits
from verger.cloud import scale, simulate
from verger.cloud.prices import load
from verger.cloud.scaling import Costs, Spread, makespan, rows_a_part, steps_of, with_losses
from verger.cloud.settings import Group, Job, Scaling, Serverless, Settings
from verger.cloud.simulate import Losses, mean_seconds, play
from verger.cloud.sizing import CORE_RATES, SPARK_SHARE, estimate
from verger.errors import BadCall
from verger.spark.run import _rows_a_part

DOCUMENT = Path(__file__).parents[2] / "docs" / "scale.md"
EVEN = Spread(0.0, 0.0, 1.0)


@pytest.mark.parametrize("slots", [32, 48, 1000])
@pytest.mark.parametrize("photos", [1, 640, 10_605, 100_000, 1_000_000, 7_654_321])
def test_parts_are_cut_as_pca_py_cuts_them(photos: int, slots: int) -> None:
    assert rows_a_part(photos, slots) == _rows_a_part(photos, slots, limits().part_rows)


def test_few_slots_are_planned_for_as_if_nodes_were_to_come() -> None:
    assert rows_a_part(10_605, 12) == _rows_a_part(10_605, 32, limits().part_rows)


@pytest.mark.parametrize(("tasks", "nodes"), [(1, 3), (12, 3), (13, 3), (100, 25), (1981, 3)])
def test_equal_tasks_take_whole_waves(tasks: int, nodes: int) -> None:
    waves = math.ceil(tasks / (4 * nodes))
    assert play(tasks, nodes, 4, 7.0, EVEN).seconds == pytest.approx(7.0 * waves)
    assert makespan(tasks, 4 * nodes, EVEN) == pytest.approx(waves)


def test_nothing_beats_the_sum_of_work_or_the_longest_task() -> None:
    for seed in range(20):
        played = play(100, 3, 4, 1.0, seed=seed).seconds
        alone = play(100, 1, 1, 1.0, seed=seed).seconds  # the same draws, one after the other
        assert played >= alone / 12
        assert played <= alone / 12 + 2.0 * 1.6  # Graham's bound, no task longer than that


@pytest.mark.parametrize("nodes", [3, 12, 100])
@pytest.mark.parametrize("waves", [0.5, 1.0, 1.5, 2.0, 3.3, 5.0, 10.0, 20.0])
@pytest.mark.parametrize(
    "spread", [Spread(), Spread(0.05), Spread(0.13, 0.02), Spread(0.1, 0.0)], ids=str
)
def test_formula_is_near_the_play(nodes: int, waves: float, spread: Spread) -> None:
    tasks = int(4 * nodes * waves)
    runs = {3: 100, 12: 60, 100: 10}[nodes]
    played = mean_seconds(tasks, nodes, 4, 1.0, spread, runs=runs)
    ratio = makespan(tasks, 4 * nodes, spread) / played
    assert 0.92 < ratio < (1.05 if waves >= 20 else 1.18)


@pytest.mark.parametrize("an_hour", [0.05, 0.2, 0.5])
def test_losses_cost_what_the_formula_says(an_hour: float) -> None:
    # Some hours of work, so that some nodes go.
    usual, tasks, nodes, losses = 60.0, 4000, 10, Losses(an_hour)
    whole = mean_seconds(tasks, nodes, 4, usual, runs=10)
    played = mean_seconds(tasks, nodes, 4, usual, losses=losses, runs=30)
    assert played > whole
    formula = with_losses(whole, usual, an_hour, losses.replace)
    assert formula == pytest.approx(played, rel=0.05)


def test_losses_lose_no_task() -> None:
    played = play(500, 4, 4, 30.0, losses=Losses(20.0, 10.0), seed=3)
    assert played.lost > 0
    assert played.repeated > 0
    assert played.seconds > play(500, 4, 4, 30.0, seed=3).seconds
    assert play(500, 4, 4, 30.0, losses=Losses(20.0, 10.0), seed=3) == played


def test_the_same_dice_give_the_same_play() -> None:
    assert play(200, 3, 4, 5.0, seed=1) == play(200, 3, 4, 5.0, seed=1)
    assert play(200, 3, 4, 5.0, seed=1) != play(200, 3, 4, 5.0, seed=2)


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
    # A HEAD and a GET a photo, a listing a thousand, and some for each of 1,981 parts.
    assert requests == pytest.approx(2e6 * 0.42e-6 + 1000 * 5.3e-6 + 1981 * 4 * 5.3e-6, rel=0.01)
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
    assert "larger primary" in estimate(10_000_000, Settings()).limits[0]
    larger = replace(Settings(), primary=Group(type="m5.4xlarge"))
    assert estimate(10_000_000, larger).limits == []
    assert any("tasks in one stage" in one for one in estimate(10**8, larger).limits)
    many = replace(Settings(), task=Group(count=40))
    assert "prefix" in estimate(1_000_000, many).slow[0]
    assert estimate(1_000_000, many, rate=5.0).slow == []
    assert any("limit: " in line for line in estimate(1_000_000, many).lines)
    scaled = replace(Settings(), scaling=Scaling(enabled=True))
    assert any("managed scaling" in line for line in estimate(1000, scaled).lines)


def test_limits_of_serverless_are_those_of_its_workers_and_its_twelve_hours() -> None:
    found = estimate(10_000_000, Settings(), rate=20.0, serverless=True)
    assert found.seconds > 12 * 3600
    memory, hours = found.limits
    assert "5.2 GB may be free: more [serverless] worker_memory_gb, or several" in memory
    assert "a job of EMR Serverless is ended after 12.0 h: more [serverless] workers" in hours
    larger = replace(Settings(), serverless=Serverless(workers=40, worker_memory_gb=30))
    assert estimate(10_000_000, larger, rate=20.0, serverless=True).limits == []


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


def test_the_document_has_the_table_that_the_command_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert simulate.main(["--table"]) == 0
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == 2 + len(scale.NETWORKS) * len(scale.PHOTOS)
    assert printed in DOCUMENT.read_text()


def test_the_command_shows_play_and_formula(capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate.main(["--photos", "20000", "--runs", "3", "--losses", "0.5"]) == 0
    shown = capsys.readouterr().out
    assert "64 tasks of 313 photos on 12 cores of 3 nodes" in shown
    assert "formula: " in shown
