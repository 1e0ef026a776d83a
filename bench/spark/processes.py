"""Starts the ways of a question, each a process of its own, and reads what they say.

All Spark ways share one venv, .cache/bench-spark: the same Python, PySpark and pyarrow for both
sides. Verger comes into it as its users have it: by the wheel.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from machine import BUILD, ROOT

VENV = ROOT / ".cache" / "bench-spark"
PINS = ROOT / "requirements" / "bench-spark.txt"
JOB = ROOT / "deploy" / "emr" / "pca.py"
LOG_TAIL = 4000  # characters of a failed way's log to show


@dataclass(frozen=True)
class ProgramRun:
    """What came of a way: the last JSON it printed, and seconds of its process, start to end."""

    figures: dict[str, Any]
    process_seconds: float


class SparkVenv:
    """Runs Python and spark-submit of the venv, with scratch files below `scratch`."""

    def __init__(self, scratch: Path, checkout: bool = False) -> None:
        """`checkout`: Verger from python/ and the build rather than from the wheel."""
        if not (VENV / "bin" / "spark-submit").exists():
            sys.exit(f"bench/spark: no PySpark in {VENV}: run tools/setup.sh bench")
        self._environment = spark_environment(scratch)
        path = [str(ROOT / "bench")]
        if checkout:
            path.append(str(ROOT / "python"))
            self._environment["VERGER_LIBRARY"] = str(BUILD / "lib" / "libverger.so")
        else:
            _install_wheel()
        self._environment["PYTHONPATH"] = os.pathsep.join(path)

    def way(self, name: str, *arguments: object) -> ProgramRun:
        """Runs spark/ways/NAME.py."""
        command = [str(VENV / "bin" / "python"), "-m", f"spark.ways.{name}"]
        return _run([*command, *map(str, arguments)], self._environment, lines=1)

    def job(self, *arguments: object) -> ProgramRun:
        """Submits the product's own script, with --json."""
        command = [str(VENV / "bin" / "spark-submit"), "--master", "local[2]"]
        command += ["--driver-memory", "4g", "--conf", "spark.ui.enabled=false", str(JOB)]
        return _run([*command, *map(str, arguments), "--quiet", "--json"], self._environment)


def program(*arguments: object) -> ProgramRun:
    """Runs the `verger` program, with --json."""
    command = [str(BUILD / "verger"), *map(str, arguments), "--quiet", "--json"]
    return _run(command, dict(os.environ))


def _run(command: list[str], environment: dict[str, str], lines: int = 0) -> ProgramRun:
    """`lines`: how many of the last lines of stdout are the JSON; 0: all."""
    begin = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    if done.returncode != 0:
        line = " ".join(command)
        sys.exit(f"bench/spark: {line}\nexit {done.returncode}\n{done.stderr[-LOG_TAIL:]}")
    printed = done.stdout.strip().splitlines()
    return ProgramRun(json.loads("\n".join(printed[-lines:])), seconds)


def spark_environment(scratch: Path) -> dict[str, str]:
    """The environment of the venv's Spark, with scratch files below `scratch`."""
    environment = dict(os.environ)
    # Not another Spark that the user has.
    for name in ("SPARK_HOME", "PYTHONPATH", "PYTHONHOME", "VERGER_LIBRARY"):
        environment.pop(name, None)
    python = str(VENV / "bin" / "python")
    local = scratch / "spark-local"
    local.mkdir(parents=True, exist_ok=True)
    return environment | {
        "PYSPARK_PYTHON": python,
        "PYSPARK_DRIVER_PYTHON": python,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(local),
        "SPARK_WORKER_DIR": str(scratch / "spark-work"),
    }


def _install_wheel() -> None:
    """Puts the newest wheel of dist/ into the venv, if it is not the one that is there."""
    wheels = sorted((ROOT / "dist").glob("verger-*.whl"), key=lambda path: path.stat().st_mtime)
    if not wheels:
        sys.exit("bench/spark: no wheel in dist: run make wheel")
    stamp = VENV / ".wheel-stamp"
    digest = hashlib.sha256(wheels[-1].read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run(
        [*pip, "--no-deps", "--no-index", "--force-reinstall", str(wheels[-1])], check=True
    )
    stamp.write_text(digest)
