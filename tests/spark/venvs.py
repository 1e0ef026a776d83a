"""The two Sparks of the tests, each in a venv of its own that tools/setup.sh made."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from s3.started import Started

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
VERSIONS = ("3.5", "4")
TIMEOUT = 600  # seconds; a Spark job of these tests takes 10 to 20, on a busy machine 60 or more

only_3_5 = pytest.mark.parametrize("spark_venv", ["3.5"], indirect=True)
only_4 = pytest.mark.parametrize("spark_venv", ["4"], indirect=True)

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}

Argument = str | Path


@dataclass
class SparkVenv:
    """One version of Spark, run outside the checkout, in an environment made from nothing."""

    version: str
    home: Path  # HOME and working folder of all its processes
    _numbers: count[int] = field(default_factory=lambda: count(1), repr=False)

    def __post_init__(self) -> None:
        self.folder = CACHE / f"spark-{self.version}"
        self.logs = self.home / "logs"
        self.logs.mkdir(parents=True)
        pins = ROOT / "requirements" / f"spark-{self.version}.txt"
        stamp = self.folder / ".stamp"
        installed = stamp.read_text().split()[0] if stamp.is_file() else "nothing"
        assert installed == hashlib.sha256(pins.read_bytes()).hexdigest(), (
            f"{self.folder} is not there, or not as {pins} says: run 'tools/setup.sh spark'"
        )

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of its processes: nothing of the tests' own but PATH and JAVA_HOME."""
        inherited = {name: os.environ[name] for name in ("PATH", "JAVA_HOME") if name in os.environ}
        return {
            **inherited,
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "PYTHONNOUSERSITE": "1",
            "PYTHONSAFEPATH": "1",
            "PYSPARK_PYTHON": str(self.python),
            "PYSPARK_DRIVER_PYTHON": str(self.python),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOCAL_DIRS": str(self.home / "local"),
            **(more or {}),
        }

    def start(
        self, program: str, *arguments: Argument, env: Mapping[str, str] | None = None
    ) -> Started:
        """Starts a program of the venv. Use it in a `with`, which ends it and all it started."""
        return Started(
            f"{next(self._numbers):02}-{program}",
            [self.folder / "bin" / program, *arguments],
            env=self.environment(env),
            cwd=self.home,
            logs=self.logs,
        )

    def start_submit(
        self,
        script: Path,
        *arguments: Argument,
        conf: Mapping[str, str] | None = None,
        master: str = "local[2]",
        env: Mapping[str, str] | None = None,
    ) -> Started:
        """Starts `spark-submit script arguments`. Use it in a `with`."""
        options = ["--master", master]
        for key, value in {**SETTINGS, **(conf or {})}.items():
            options += ["--conf", f"{key}={value}"]
        return self.start("spark-submit", *options, script, *arguments, env=env)

    def spark_submit(
        self,
        script: Path,
        *arguments: Argument,
        conf: Mapping[str, str] | None = None,
        master: str = "local[2]",
        env: Mapping[str, str] | None = None,
        timeout: float = TIMEOUT,
        check: int | None = 0,
    ) -> subprocess.CompletedProcess[str]:
        """Runs `spark-submit script arguments`; its exit code must be `check`, if that is given."""
        with self.start_submit(script, *arguments, conf=conf, master=master, env=env) as job:
            return self._checked(job, timeout, check)

    def run_python(
        self,
        code: str | Path,
        *arguments: Argument,
        env: Mapping[str, str] | None = None,
        timeout: float = TIMEOUT,
        check: int | None = 0,
    ) -> subprocess.CompletedProcess[str]:
        """Runs a file, or a string of code, by `python -I`."""
        what: list[Argument] = [code] if isinstance(code, Path) else ["-c", code]
        with self.start("python", "-I", *what, *arguments, env=env) as job:
            return self._checked(job, timeout, check)

    @staticmethod
    def _checked(
        job: Started, timeout: float, check: int | None
    ) -> subprocess.CompletedProcess[str]:
        done = job.wait(timeout)
        if check is not None and done.returncode != check:
            raise AssertionError(f"exit {done.returncode} where {check} is wanted{job.tail()}")
        return done

    def install(self, wheel: Path) -> None:
        """Puts our wheel into the venv, unless it is there already. Nothing is downloaded."""
        stamp = self.folder / ".verger-stamp"
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if stamp.is_file() and stamp.read_text() == digest:
            return
        pip = ["-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        only = ["--no-deps", "--no-index", "--force-reinstall"]
        command: list[Argument] = [self.python, *pip, *only, wheel]
        subprocess.run(command, check=True, timeout=TIMEOUT, cwd=self.home)
        stamp.write_text(digest)


def built_wheel() -> Path:
    """The wheel that `make wheel` left. AssertionError unless there is exactly one."""
    wheels = sorted((ROOT / "dist").glob("verger-*.whl"))
    assert len(wheels) == 1, f"one wheel is wanted in {ROOT / 'dist'}, not {wheels}: 'make wheel'"
    return wheels[0]
