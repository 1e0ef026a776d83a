"""A started cluster is reported even without stdout; and nothing starts that can only fail."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from verger._version import VERSION
from verger.cloud import cluster, guard, main
from verger.cloud.commands import run as whole
from verger.errors import Failed

from .programs import BUCKET, Program, mission
from .test_moto import emr, s3
from .test_run import add_photo, jobs_end

pytestmark = pytest.mark.usefixtures("moto")

WHERE = (f"s3://{BUCKET}/Data", f"s3://{BUCKET}")


def in_shell(
    program: Program, command: str, option: str, stdout: str
) -> subprocess.CompletedProcess[str]:
    """Runs a command of the mission's, its stdout as the shell makes it."""
    program.write(mission())
    shell = f'set -o pipefail; "{sys.executable}" -m verger.cloud {command} {option} {stdout}'
    return subprocess.run(
        ["bash", "-c", shell],
        cwd=program.folder,
        env={**os.environ, "PYTHONPATH": str(Path(main.__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("stdout", ["| true", ">&-", ">/dev/full"])
@pytest.mark.parametrize("json", ["", "--json"])
def test_up_reports_its_cluster_even_without_stdout(
    program: Program, stdout: str, json: str
) -> None:
    done = in_shell(program, "up", json, stdout)
    (id_,) = (one["Id"] for one in emr().list_clusters()["Clusters"])
    assert f"{id_}: starting\n" in done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith(
        "verger cloud: the command succeeded, but its result cannot be written to stdout: "
    ), done.stderr
    assert done.returncode == 5
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("json", ["", "--json"])
@pytest.mark.parametrize("command", ["settings", "plan", "status"])
@pytest.mark.parametrize(("stdout", "code"), [("| true", 0), (">&-", 5), (">/dev/full", 5)])
def test_a_result_that_nobody_can_read_is_no_success(
    program: Program, command: str, json: str, stdout: str, code: int
) -> None:
    """But a reader that has enough, as head, is."""
    done = in_shell(program, command, json, stdout)
    assert done.returncode == code, done.stderr
    assert ("the result cannot be written to stdout: " in done.stderr) == bool(code)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("command", ["run", "submit"])
@pytest.mark.parametrize("places", [("", WHERE[1]), (WHERE[0], ""), ("", ""), (" ", WHERE[1])])
def test_an_empty_place_is_not_the_default(
    program: Program, command: str, places: tuple[str, str]
) -> None:
    done = program(command, *places, settings=mission())
    assert done.code == 2
    assert "is empty: check that the shell variable is set" in done.err
    assert guard.sent == []


@pytest.mark.parametrize(
    "call",
    [
        (command, option)
        for command in ("up", "down", "status", "plan")
        for option in ("name", "bucket")
    ]
    + [("plan", "settings"), ("up", "region"), ("status", "cluster"), ("status", "step")]
    + [("logs", "step"), ("settings", "stack"), ("ui", "ssh")],
    ids=" ".join,
)
@pytest.mark.parametrize("word", ["", " "])
def test_an_empty_option_is_not_the_default(
    program: Program, call: tuple[str, str], word: str
) -> None:
    program.write(mission())
    done = program(call[0], f"--{call[1]}", word)
    assert done.code == 2
    assert done.err == (
        f"verger cloud: --{call[1]} is empty: check that the shell variable is set\n"
    )
    assert guard.sent == []


@pytest.mark.parametrize("keys", [(), ("Database/x.jpg",), ("Data/",), ("Data/plum/",)])
def test_a_run_without_photos_starts_nothing(program: Program, keys: tuple[str, ...]) -> None:
    for key in keys:
        s3().put_object(Bucket=BUCKET, Key=key, Body=b"")
    done = program("run", *WHERE, settings=mission())
    assert done.code == 4, done.err
    assert f"{WHERE[0]} has no photos, nothing was started" in done.err
    assert not {"emr.RunJobFlow", "s3.PutObject"} & set(guard.sent)


@pytest.mark.parametrize("failing", ["stop", "end"])
def test_a_run_whose_cluster_may_still_run_fails(
    program: Program, environment: pytest.MonkeyPatch, failing: str
) -> None:
    def stop(self: object, id_: str) -> None:
        if failing == "stop":
            raise Failed("you may not do TerminateJobFlows")

    environment.setattr(cluster.Clusters, "stop", stop)
    environment.setattr("verger.cloud.whole_run._STOP_PAUSE", 0.01)
    environment.setattr("verger.cloud.watch.END_SECONDS", 0.15)
    add_photo()
    with jobs_end("COMPLETED"):
        done = program("run", *WHERE, "--every", "0.05", settings=mission())
    (id_,) = (one["Id"] for one in emr().list_clusters()["Clusters"])
    assert done.code == 1, done.err
    assert f"{id_} may still run: to stop it: 'verger cloud down --cluster {id_}'" in done.err
    assert done.err.endswith(f"aws emr terminate-clusters --region eu-west-3 --cluster-ids {id_}\n")
    assert ("could not be stopped" in done.err) == (failing == "stop")


def test_no_answer_in_time_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            raise AssertionError("nobody types")

    waits: list[float] = []

    def select(read: object, write: object, wrong: object, seconds: float) -> tuple[list[int], ...]:
        waits.append(seconds)
        return [], [], []

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("select.select", select)
    assert whole._ask("Stop it? ")
    assert waits == [30]


def test_it_has_a_version(program: Program) -> None:
    done = program("--version")
    assert (done.code, done.out) == (0, f"verger cloud {VERSION}\n")
