"""`verger cloud run` against moto's server, from the first upload to the bill."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from verger.cloud import guard

from .programs import BUCKET, Program, mission

boto3 = pytest.importorskip("boto3")

pytestmark = pytest.mark.usefixtures("moto")


def emr() -> Any:
    return boto3.client("emr", region_name="eu-west-3")


def add_photo() -> None:
    """`run` starts nothing where there is none."""
    s3 = boto3.client("s3", region_name="eu-west-3")
    s3.put_object(Bucket=BUCKET, Key="Data/plum/0_100.jpg", Body=b"photo")


@contextmanager
def jobs_end(state: str) -> Iterator[None]:
    """moto runs no job: here each step ends in `state` as soon as it is there."""
    models = pytest.importorskip("moto.emr.models")
    ended = threading.Event()

    def end() -> None:
        while not ended.wait(0.05):
            for backend in list(models.emr_backends["123456789012"].values()):
                for cluster in list(backend.clusters.values()):
                    for step in cluster.steps:
                        step.state = state

    thread = threading.Thread(target=end, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@pytest.mark.parametrize(("state", "code"), [("COMPLETED", 0), ("FAILED", 1)])
def test_run_does_it_all_and_leaves_nothing_running(
    program: Program, state: str, code: int
) -> None:
    photos, out = f"s3://{BUCKET}/Data", f"s3://{BUCKET}"
    add_photo()
    with jobs_end(state):
        done = program("run", photos, out, "--every", "0.05", settings=mission())
    (cluster,) = emr().list_clusters()["Clusters"]
    assert cluster["Status"]["State"] == "TERMINATED"
    assert done.code == code, done.err
    assert f"{cluster['Id']} is starting, about 1." in done.err
    assert "Ctrl-C stops it; it ends by itself 15 min after its job" in done.err
    assert f"{cluster['Id']}: stopping" in done.err
    output = done.err if code else done.out
    assert re.search(rf"{cluster['Id']}: \d minutes?, about 0\.\d", output), output  # the bill
    if code:
        assert f"the step failed: EMR gave no reason: its logs are in s3://{BUCKET}/" in done.err
    assert guard.sent.count("emr.RunJobFlow") == 1


def test_ctrl_c_in_run_stops_the_cluster(program: Program) -> None:
    """SIGINT itself, while the job runs; nobody is there to be asked."""

    def interrupt() -> None:
        for _ in range(2400):
            if "emr.ListSteps" in guard.sent:
                break
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    add_photo()
    thread = threading.Thread(target=interrupt, daemon=True)
    thread.start()
    done = program(
        "run", f"s3://{BUCKET}/Data", f"s3://{BUCKET}", "--every", "0.05", settings=mission()
    )
    thread.join()
    assert done.code == 130, done.err
    (cluster,) = emr().list_clusters()["Clusters"]
    assert cluster["Status"]["State"] == "TERMINATED"
    assert f"{cluster['Id']}: stopping" in done.err
