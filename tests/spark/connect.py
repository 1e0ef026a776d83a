"""A Spark Connect server on the loopback, two tasks at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .cluster import match_in_log
from .venvs import SETTINGS, SparkVenv

SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"
BINDING = {
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.connect.grpc.binding.port": "0",
}


@contextmanager
def running_connect_server(venv: SparkVenv) -> Iterator[str]:
    """What SPARK_REMOTE must be to reach it."""
    options = ["--master", "local[2]", "--class", SERVER]
    for key, value in {**SETTINGS, **BINDING}.items():
        options += ["--conf", f"{key}={value}"]
    with venv.start("spark-submit", *options, "spark-internal") as server:
        address = match_in_log(server, r"Spark Connect server started at: (127\.0\.0\.1:\d+)")
        yield f"sc://{address}"
