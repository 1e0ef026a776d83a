"""Whatever is killed in mid run, the rows are exact: each photo once, with its own features."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from program import latest_rows, parts, verger
from s3.started import Started, kill, session, wait_until

from .cluster import Cluster
from .compared import assert_as_the_program
from .test_job import PCA
from .venvs import TIMEOUT, SparkVenv, only_3_5

PHOTOS = 300
RUNS = 20
SEED = int(os.environ.get("VERGER_KILL_SEED", "20"))


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos that take the embedded network a while."""
    from small_photos import plant

    return plant(tmp_path_factory.mktemp("kills") / "photos", PHOTOS)


@pytest.fixture(scope="module")
def expected(orchard: Path) -> Path:
    """The program's output of them."""
    out = orchard.parent / "wanted"
    verger("run", orchard, out)
    return out


@pytest.mark.parametrize(
    "kill_one",
    [Cluster.kill_one_executor, Cluster.kill_one_python_worker],
    ids=["executor", "python worker"],
)
def test_the_job_outlives_a_kill(
    verger_venv: SparkVenv,
    standalone_cluster: Cluster,
    orchard: Path,
    expected: Path,
    tmp_path: Path,
    kill_one: Callable[[Cluster], int],
) -> None:
    out = tmp_path / "out"
    with verger_venv.start_submit(PCA, orchard, out, master=standalone_cluster.url) as job:
        # Both workers have their tasks, and one has finished its first.
        wait_until(lambda: len(parts(out, "Preprocessing")) >= 1, TIMEOUT, "a part is there")
        kill_one(standalone_cluster)
        done = job.wait(TIMEOUT)
    assert done.returncode == 0, job.tail()
    assert done.stdout.endswith(f"Dimensions: ({PHOTOS}, 4)\n")
    assert_as_the_program(out, expected)


@only_3_5
def test_20_runs_with_a_kill_at_a_random_time(
    verger_venv: SparkVenv, orchard: Path, expected: Path, tmp_path: Path
) -> None:
    """Of the whole job, driver and all, or of one of its processes; then the same command again."""
    begin = time.monotonic()
    verger_venv.spark_submit(PCA, orchard, tmp_path / "untouched")
    lasts = time.monotonic() - begin
    numbers = random.Random(SEED)
    lines = []
    for run in range(RUNS):
        out = tmp_path / f"out {run}"
        begin = time.monotonic()
        with verger_venv.start_submit(PCA, orchard, out) as job:
            wait = numbers.uniform(0, lasts)
            lines.append(f"{run}: {_kill_something(job, wait, numbers)}")
            code = job.wait(TIMEOUT).returncode
        if "ended before" in lines[-1]:  # this machine is less busy than it was
            lasts = time.monotonic() - begin
        if code != 0:
            verger_venv.spark_submit(PCA, orchard, out)
        assert latest_rows(out) == PHOTOS, lines
        assert_as_the_program(out, expected)
    print("\n".join(lines))
    assert sum("ended before" not in line for line in lines) >= RUNS // 2


def _kill_something(job: Started, wait: float, numbers: random.Random) -> str:
    """Kills the whole job, or one Python process of it, after `wait` s; says what it was."""
    deadline = time.monotonic() + wait
    while job.running and time.monotonic() < deadline:
        time.sleep(0.05)
    if not job.running:
        return "ended before"
    processes = session(job.pid)
    if numbers.random() < 0.5:
        job.kill()
        return f"all {len(processes)} processes after {wait:.1f} s"
    victim = numbers.choice(processes)
    kill(victim)
    return f"process {processes.index(victim)} of {len(processes)} after {wait:.1f} s"
