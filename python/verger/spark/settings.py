"""Settings of Spark for photos, each with its reason."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies

from verger.errors import BadCall
from verger.runs.text import printable

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PHOTOS_IN_A_BATCH = 64
# The default port of a Spark Connect server, and the seconds that it may take to accept.
_PORT, _SECONDS = 15002, 10.0

SETTINGS: dict[str, str] = {
    # A batch crosses to Python as one Arrow message of 2 GiB at most; Spark's own 10,000 photos of
    # 1 MB would be 10 GB. 64 keep the engine busy and the memory small.
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(PHOTOS_IN_A_BATCH),
    # Spark fills a task with files up to 128 MB and counts each as 4 MB at least: 32 small
    # photos, a second's work. So: as many a task as keep all cores busy to the end, 1,000 at most.
    "spark.sql.files.maxPartitionBytes": str(1000 * (4 << 20)),
    # The network is opened once a Python worker: a new worker a task would open it for every task.
    "spark.python.worker.reuse": "true",
    # The engine's memory (about 0.4 GB a core with ResNet-50) is Python's, outside the JVM's heap:
    # with Spark's 0.1 YARN would kill the container.
    "spark.executor.memoryOverheadFactor": "0.5",
    # Every core computes already: a second copy of a slow task only slows the others.
    "spark.speculation": "false",
    # Photos come from a bucket, as near to one node as to the other: why wait for a near one?
    "spark.locality.wait": "0s",
    # Deleting the markers of parent folders after every write is slow, and not every S3 server
    # likes it.
    "spark.hadoop.fs.s3a.directory.marker.retention": "keep",
    # Hardly two features are equal: Parquet's writer would build a dictionary of them only to throw
    # it away, and that is most of what it does.
    "spark.hadoop.parquet.enable.dictionary#features.list.element": "false",
    "spark.hadoop.parquet.enable.dictionary#pca_features.list.element": "false",
    # Progress is shown by photos, not by tasks.
    "spark.ui.showConsoleProgress": "false",
}


def configured(builder: SparkSession.Builder | None = None) -> SparkSession.Builder:
    """Return a session builder with SETTINGS, except those that spark-submit or `builder` sets.

    `builder`: SparkSession.builder by default; what the JVM starts with, such as
    spark.driver.memory or spark.jars.packages, must be set on it before. Call it before the session
    exists.

    A builder for Spark Connect gets the settings that a session may change, spark.sql.*: the server
    has all others from its start.
    """
    from pyspark.sql import SparkSession

    builder = builder if builder is not None else SparkSession.builder
    if server_of(builder) is not None:
        defaults = {
            name: value for name, value in SETTINGS.items() if name.startswith("spark.sql.")
        }
        is_given = builder._options.__contains__
    else:
        defaults, is_given = SETTINGS, _is_given(builder)
    for name, value in defaults.items():
        if not is_given(name):
            builder = builder.config(name, value)
    return builder


def server_of(builder: SparkSession.Builder) -> str | None:
    """Return the Spark Connect server of a builder or SPARK_REMOTE; None: a classic session."""
    return builder._options.get("spark.remote") or os.environ.get("SPARK_REMOTE") or None


def _is_given(builder: SparkSession.Builder) -> Callable[[str], bool]:
    from pyspark import SparkConf, SparkContext

    # spark-submit's settings are in the JVM; a value set here would override them. The JVM starts
    # with the settings of `builder`: its memory and jars cannot be set later.
    started_by = SparkConf(loadDefaults=False).setAll(list(builder._options.items()))
    SparkContext._ensure_initialized(conf=started_by)
    conf = SparkConf()
    return lambda name: conf.contains(name) or name in builder._options


def new_session(builder: SparkSession.Builder) -> SparkSession:
    """Return the session of a builder. Errors: BadCall if its Connect server does not answer."""
    server = server_of(builder)
    try:
        if server is not None:
            _require_answer(server)
        return builder.getOrCreate()
    except ImportError as missing:
        raise BadCall(
            f"{missing}: for Spark Connect, pip install 'pyspark[connect]', the server's version"
        ) from missing
    except Exception as failed:
        if server is None:
            raise
        raise BadCall(
            f"the Spark Connect server {_display_name(server)} does not answer "
            f"({printable(str(failed))[:300]}): start it, or set SPARK_REMOTE to a server that "
            "runs; without SPARK_REMOTE the session is a classic one"
        ) from failed


def _require_answer(server: str) -> None:
    """Errors: OSError if nobody listens: Spark's client would try in silence for ten minutes."""
    address = urlsplit(server)
    if address.scheme == "sc" and address.hostname and not getproxies():
        socket.create_connection((address.hostname, address.port or _PORT), _SECONDS).close()


def _display_name(server: str) -> str:
    """Return the address without its parameters, such as a token."""
    return printable(server.partition("/;")[0])
