"""A cluster runs a job on both workers, and a job outlives what is killed under it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from s3.started import wait_until

from .cluster import WORKERS, Cluster
from .venvs import TIMEOUT, SparkVenv

JOBS = Path(__file__).parent / "jobs"
SUM = sum(range(0, 40 * WORKERS, 2))  # of 10 numbers in each of 2 tasks a worker, doubled
ROWS = 20 * WORKERS


def begun(folder: Path) -> int:
    return len(list(folder.glob("begun-*")))


def test_both_workers_run_tasks(
    spark_venv: SparkVenv, standalone_cluster: Cluster, tmp_path: Path
) -> None:
    with spark_venv.start_submit(
        JOBS / "wait_on_each.py", tmp_path, str(2 * WORKERS), master=standalone_cluster.url
    ) as job:
        wait_until(lambda: begun(tmp_path) == WORKERS, TIMEOUT, "a task on each worker")
        assert len(standalone_cluster.executor_pids()) == WORKERS
        assert len(standalone_cluster.python_worker_pids()) == WORKERS
        (tmp_path / "go").touch()
        done = job.wait(TIMEOUT)
    assert done.stdout == f"{ROWS} rows, sum {SUM}, on {WORKERS} executors\n"
    wait_until(lambda: not standalone_cluster.executor_pids(), TIMEOUT, "executors end")


@pytest.mark.parametrize(
    "kill_one",
    [Cluster.kill_one_executor, Cluster.kill_one_python_worker],
    ids=["executor", "python worker"],
)
def test_a_job_outlives_a_kill(
    spark_venv: SparkVenv,
    standalone_cluster: Cluster,
    tmp_path: Path,
    kill_one: Callable[[Cluster], int],
) -> None:
    with spark_venv.start_submit(
        JOBS / "wait_on_each.py", tmp_path, str(2 * WORKERS), master=standalone_cluster.url
    ) as job:
        wait_until(lambda: begun(tmp_path) == WORKERS, TIMEOUT, "a task on each worker")
        kill_one(standalone_cluster)
        wait_until(lambda: begun(tmp_path) == WORKERS + 1, TIMEOUT, "the lost task begins again")
        (tmp_path / "go").touch()
        done = job.wait(TIMEOUT)
    assert done.returncode == 0, job.tail()
    assert done.stdout.startswith(f"{ROWS} rows, sum {SUM}, "), job.tail()
