"""A standalone Spark cluster on the loopback: a master and two workers of one core each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from s3.started import Started, alive, command_line, kill, parent, session, wait_until

from .venvs import SparkVenv

WORKERS = 2
MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"
EXECUTOR = "CoarseGrainedExecutorBackend"
PYTHON_DAEMON = "pyspark.daemon"
TIMEOUT = 240  # seconds to start, or for a killed process to be gone


class Cluster:
    """A running cluster. An executor takes a worker's one core and, by default, 1 GB of its 2."""

    def __init__(self, url: str, master: Started, workers: list[Started]) -> None:
        self.url = url  # for spark-submit's --master
        self.logs = master.err.parent
        self._workers = workers

    def executor_pids(self) -> list[int]:
        """The JVMs that run tasks."""
        return [pid for pid in self._pids() if EXECUTOR in command_line(pid)]

    def python_worker_pids(self) -> list[int]:
        """The Python processes that run tasks: children of each executor's daemon."""
        python = [pid for pid in self._pids() if PYTHON_DAEMON in command_line(pid)]
        return [pid for pid in python if parent(pid) in python]

    def kill_one_executor(self) -> int:
        """Kills an executor by SIGKILL and returns its process id when it is gone."""
        return _kill_first(self.executor_pids(), "executor")

    def kill_one_python_worker(self) -> int:
        """Kills a Python worker by SIGKILL and returns its process id when it is gone."""
        return _kill_first(self.python_worker_pids(), "Python worker")

    def executor_logs(self) -> list[Path]:
        """What executors wrote to stderr, of every application so far."""
        return sorted(self.logs.glob("work-*/app-*/*/stderr"))

    def _pids(self) -> list[int]:
        return [pid for worker in self._workers for pid in session(worker.pid)]


def _kill_first(pids: list[int], what: str) -> int:
    assert pids, f"no {what} runs that could be killed"
    kill(pids[0])
    wait_until(lambda: not alive(pids[0]), TIMEOUT, f"{what} {pids[0]} is gone")
    return pids[0]


@contextmanager
def running_cluster(venv: SparkVenv) -> Iterator[Cluster]:
    """Starts a cluster, waits until both workers have registered, and ends it."""
    with ExitStack() as stack:
        host = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        master = stack.enter_context(venv.start("spark-class", MASTER, *host))
        url = match_in_log(master, r"Starting Spark master at (spark://\S+)")
        workers = []
        for number in range(WORKERS):
            size = ("--cores", "1", "--memory", "2g")
            place = ("--work-dir", master.err.parent / f"work-{master.name}-{number}")
            started = venv.start("spark-class", WORKER, *host, *size, *place, url)
            workers.append(stack.enter_context(started))
        for worker in workers:
            match_in_log(worker, r"(Successfully registered with master)")
        yield Cluster(url, master, workers)


def match_in_log(process: Started, pattern: str) -> str:
    """The group of a pattern, as soon as a process has written a line with it to its log."""
    matches: list[str] = []

    def look() -> bool:
        assert process.running, f"{process.name} has ended{process.tail()}"
        matches.extend(re.findall(pattern, process.err.read_text("utf-8", "replace")))
        return bool(matches)

    wait_until(look, TIMEOUT, f"{process.name} says {pattern!r}")
    return matches[0]
