"""Several runs and one output, runs that are killed, locks that others left."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest

from .cloud import LOCK, Cloud, Harvest, assert_all_rows, assert_same_files, files
from .conftest import PHOTOS
from .faults import Fault, on
from .http_message import Target
from .plain_names import plain
from .started import wait_until

IN_USE = 6
RUNS, KILLS = 8, 20
TIMEOUT = 240  # seconds
STALE = 20 * 60  # seconds without renewal after which anybody may take a lock over
SLOW = ["--batch", "1", "--threads", "1"]


def test_eight_runs_at_once(cloud: Cloud, small: Harvest) -> None:
    """One has the output, the others say so and change nothing."""
    # Photos come slowly until the others have ended, however long they take to begin.
    slow = on(Fault.SLOW, "GetObject", key=".jpg")
    cloud.proxy.rules, cloud.proxy.slowness = [slow], 12
    command = ("run", small.url, cloud.url("out"), *small.options)
    runs = [cloud.start(*command) for _ in range(RUNS)]
    wait_until(
        lambda: sum(run.poll() is not None for run in runs) >= RUNS - 1,
        TIMEOUT,
        "all runs but one have ended",
    )
    cloud.proxy.slowness = 0
    done = [cloud.finish(run) for run in runs]
    messages = [one.stderr for one in done]
    assert sorted(one.returncode for one in done) == [0] + [IN_USE] * (RUNS - 1), messages
    for one in done:
        if one.returncode == IN_USE:
            assert f"{cloud.url('out')}: another run is writing to it" in one.stderr
    assert_same_files(cloud.objects("out"), files(small.out))
    assert LOCK not in cloud.objects("out")


def test_readers_are_let_in_while_a_run_goes_on(cloud: Cloud, small: Harvest) -> None:
    out = cloud.url("out")
    cloud.verger("run", small.url, out, *small.options)
    cloud.server.put(cloud.bucket, f"out/{LOCK}", b"{}")
    assert cloud.verger("show", out).stdout.endswith("Dimensions: (40, 4)\n")
    cloud.verger("verify", out)
    assert LOCK in cloud.objects("out")


def wait_for_a_part(cloud: Cloud, out: str) -> None:
    """Waits until a run has published its first part."""
    part = f"{out}/Preprocessing/part-00000.parquet"
    wait_until(lambda: part in map(plain, cloud.server.keys(cloud.bucket)), TIMEOUT, part)


def killed(cloud: Cloud, out: str, harvest: Harvest) -> None:
    """Kills a run that has published its first part."""
    run = cloud.start("run", harvest.url, out, *harvest.options, *SLOW)
    wait_for_a_part(cloud, out.removeprefix(f"s3://{cloud.bucket}/"))
    run.kill()
    assert cloud.finish(run).returncode == -signal.SIGKILL


def test_a_killed_run_on_this_machine(cloud: Cloud, harvest: Harvest) -> None:
    """Its lock is there and its process is not: the next run takes over at once."""
    out = cloud.url("out")
    killed(cloud, out, harvest)
    assert LOCK in cloud.objects("out")
    summary = cloud.summary("run", harvest.url, out, *harvest.options)
    assert summary["reused"] >= 512
    assert_same_files(cloud.objects("out"), files(harvest.out))
    assert LOCK not in cloud.objects("out")


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped(
    sent: signal.Signals, code: int, cloud: Cloud, harvest: Harvest, tmp_path: Path
) -> None:
    """It takes its lock along and says how to go on."""
    run = cloud.start("run", harvest.url, cloud.url("out"), *harvest.options, *SLOW)
    wait_for_a_part(cloud, "out")
    run.send_signal(sent)
    done = cloud.finish(run)
    assert done.returncode == code, done.stderr
    assert "run the same command again" in done.stderr
    assert LOCK not in cloud.objects("out")
    assert cloud.summary("run", harvest.url, cloud.url("out"), *harvest.options)["reused"] >= 512
    assert_all_rows(cloud, harvest, tmp_path / "found")


def test_killed_at_any_time(cloud: Cloud, harvest: Harvest, tmp_path: Path) -> None:
    """The old output can be read after each kill; the next run takes over, and the end is exact."""
    out = cloud.url("out")
    first = sorted(harvest.folder.rglob("*.jpg"))[:100]
    for file in first:
        key = f"Photos/{file.relative_to(harvest.folder)}"
        cloud.server.put(cloud.bucket, key, file.read_bytes())
    cloud.verger("run", cloud.url("Photos"), out, *harvest.options)
    cloud.server.put_folder(cloud.bucket, "Photos", harvest.folder)
    command = ("run", cloud.url("Photos"), out, *harvest.options, *SLOW)
    begin = time.monotonic()
    cloud.verger(*command[:2], cloud.url("undisturbed"), *command[3:])
    seconds = time.monotonic() - begin

    chance = random.Random(20)
    kills, progress = 0, set()
    for _ in range(KILLS):
        run = cloud.start(*command)
        time.sleep(seconds * chance.uniform(0.02, 0.6))
        run.kill()
        kills += cloud.finish(run).returncode == -signal.SIGKILL
        progress.add(cloud.verger("show", out).stdout.rpartition("Dimensions: ")[2])
    assert kills > 0
    assert progress <= {"(100, 4)\n", f"({PHOTOS}, 4)\n"}
    cloud.verger("run", cloud.url("Photos"), out, *harvest.options)
    assert_all_rows(cloud, harvest, tmp_path / "found")
    left = [name for name in cloud.objects("out") if "staged" in name or name == LOCK]
    assert left == []


def test_a_lock_of_another_machine(cloud: Cloud, small: Harvest) -> None:
    """Nobody here knows whether that run goes on: its lock holds until it has grown old."""
    other = json.dumps({"token": "t", "host": "elsewhere 1 2", "process": 1, "start": "1"})
    cloud.server.put(cloud.bucket, f"out/{LOCK}", other.encode())
    lock = cloud.server.objects / cloud.bucket / "out" / LOCK
    command = ("run", small.url, cloud.url("out"), *small.options)
    for age in (0, STALE - 60):
        os.utime(lock, (time.time() - age,) * 2)
        done = cloud.verger(*command, check=IN_USE)
        assert cloud.url(f"out/{LOCK}") in done.stderr
        assert cloud.server.keys(cloud.bucket) == [f"out/{LOCK}"]
    os.utime(lock, (time.time() - STALE - 60,) * 2)
    cloud.verger(*command)
    assert_same_files(cloud.objects("out"), files(small.out))
    assert LOCK not in cloud.objects("out")


@pytest.mark.parametrize("change", ["taken", "removed"])
def test_a_lock_that_is_lost(change: str, cloud: Cloud, small: Harvest) -> None:
    """A run that was frozen, and whose lock another took over, does not commit."""
    other = json.dumps({"token": "t", "host": "elsewhere 1 2", "process": 1, "start": "1"})

    def take_over(target: Target) -> Fault | None:
        if target.operation == "PutObject" and "Preprocessing/part-" in target.key:
            if change == "taken":
                cloud.server.put(cloud.bucket, f"out/{LOCK}", other.encode())
            else:
                cloud.server.delete(cloud.bucket, f"out/{LOCK}")
        return None

    cloud.proxy.rules = [take_over]
    done = cloud.verger("run", small.url, cloud.url("out"), *small.options, check=IN_USE)
    assert "another run" in done.stderr
    assert not [name for name in cloud.objects("out") if "manifest" in name]
    if change == "taken":
        assert cloud.server.get(cloud.bucket, f"out/{LOCK}") == other.encode()


@pytest.mark.parametrize("put", [0, 1], ids=["absent", "stale"])
def test_an_answer_about_the_lock_that_is_lost(put: int, cloud: Cloud, small: Harvest) -> None:
    """The run has the lock and does not take it for another's."""
    if put == 1:
        cloud.server.put(cloud.bucket, f"out/{LOCK}", b"{}")
        lock = cloud.server.objects / cloud.bucket / "out" / LOCK
        os.utime(lock, (time.time() - STALE - 60,) * 2)
    cloud.proxy.rules = [on(Fault.RESET_AFTER, "PutObject", key=LOCK, after=put, times=1)]
    cloud.verger("run", small.url, cloud.url("out"), *small.options)
    assert cloud.proxy.faults == {Fault.RESET_AFTER: 1}
    assert LOCK not in cloud.objects("out")


@dataclass
class Stop:
    """A rule that stops a run during its first request of one kind."""

    operation: str
    start: str  # of the key
    run: subprocess.Popen[str] | None = None
    done: Event = field(default_factory=Event)

    def __call__(self, target: Target) -> None:
        matches = target.operation == self.operation and target.key.startswith(self.start)
        if matches and self.run is not None and not self.done.is_set():
            self.run.send_signal(signal.SIGSTOP)
            self.done.set()


PROJECTING = ("PutObject", "out/_verger/staged/")
STOPS = {  # the request during which it is stopped, and its exit code when it has gone on
    "fitting": ("PutObject", "out/_verger/pca-", IN_USE),
    "projecting": (*PROJECTING, IN_USE),
    "placing": ("PutObject", "out/Results/part-", IN_USE),
    "committing": ("PutObject", "out/_verger/manifest-", IN_USE),
    "tidying": ("DeleteObject", "out/Results/part-", 0),  # its version was made before the other's
}


@pytest.mark.parametrize("other", ["at work", "done"])
@pytest.mark.parametrize("stop", STOPS)
def test_a_run_that_sleeps_past_its_lock(
    stop: str, other: str, cloud: Cloud, harvest: Harvest
) -> None:
    """Stopped for so long that another takes the lock over, it changes nothing when it goes on."""
    out, (operation, start, code) = cloud.url("out"), STOPS[stop]
    cloud.server.put_folder(cloud.bucket, "out", harvest.out)
    cloud.server.delete(cloud.bucket, f"out/{LOCK}")

    def reduce(rule: Stop, components: int) -> Stop:
        cloud.proxy.rules = [rule]
        few = ("-k", str(components), "--threads", "1", "--json")
        rule.run = stack.enter_context(cloud.start("reduce", out, *few))
        stack.callback(rule.run.kill)
        assert rule.done.wait(TIMEOUT)
        return rule

    with ExitStack() as stack:
        sleeper = reduce(Stop(operation, start), 3)
        lock = cloud.server.objects / cloud.bucket / "out" / LOCK
        os.utime(lock, (time.time() - STALE - 60,) * 2)
        order = [(sleeper, code), (reduce(Stop(*PROJECTING), 4), 0)]
        for rule, expected in order if other == "at work" else reversed(order):
            ended(cloud, rule, expected)
    cloud.verger("verify", out)
    again = cloud.summary("reduce", out, "-k", "4")
    assert (again["rows"], again["components"]) == (PHOTOS, 4)


def ended(cloud: Cloud, stopped: Stop, code: int) -> None:
    """Lets a run go on to its end."""
    assert stopped.run is not None
    stopped.run.send_signal(signal.SIGCONT)
    done = cloud.finish(stopped.run)
    assert done.returncode == code, done.stderr
    assert code == 0 or "another run" in done.stderr
