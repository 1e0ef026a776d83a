"""Runs the `verger` program for tests, and reads what it leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("VERGER_BUILD", ROOT / "build"))
VERGER = BUILD / "verger"
TIMEOUT = 300  # seconds; every command below takes a few at most, more on a busy machine

Argument = str | bytes | Path
Floats = npt.NDArray[np.float32]


def start(
    *arguments: Argument, prefix: Sequence[str] = (), **popen: Any
) -> subprocess.Popen[bytes]:
    """Starts the program and does not wait for it."""
    popen = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **popen}
    return subprocess.Popen([*prefix, VERGER, *arguments], **popen)


def verger(
    *arguments: Argument,
    check: int = 0,
    env: dict[str, str] | None = None,
    prefix: Sequence[str] = (),
    cwd: Path | None = None,
    timeout: int = TIMEOUT,
) -> subprocess.CompletedProcess[str]:
    """Runs the program; its exit code must be `check`."""
    done = subprocess.run(
        [*prefix, VERGER, *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        timeout=timeout,
        cwd=cwd,
    )
    output = f"{arguments}\nstdout: {done.stdout}\nstderr: {done.stderr}"
    assert done.returncode == check, f"exit {done.returncode} where {check} is wanted: {output}"
    return done


def wait_until(condition: Callable[[], object], seconds: float = TIMEOUT) -> None:
    """Waits for what comes soon. AssertionError if it takes more than `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.005)


def verger_and_peak(
    *arguments: Argument, timeout: int = TIMEOUT
) -> tuple[subprocess.CompletedProcess[str], int]:
    """Runs the program, which must succeed; the second value is its peak resident memory, bytes."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as cost:
        measure = ["-I", "-S", ROOT / "tools" / "measure_cost.py", cost.name, str(timeout)]
        done = verger(*arguments, prefix=[sys.executable, *map(str, measure)], timeout=timeout + 10)
        return done, json.load(cost)["peak_bytes"]


def run_python(
    code: str, *arguments: str, env: dict[str, str], timeout: int
) -> subprocess.CompletedProcess[str]:
    """Runs a program that uses the wheel's package, with the library of this build."""
    library = {"PYTHONPATH": str(ROOT / "python")}
    library["VERGER_LIBRARY"] = str(BUILD / "lib" / "libverger.so")
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**env, **library},
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def summary(*arguments: Argument, check: int = 0) -> dict[str, Any]:
    """The JSON summary of a command."""
    return dict(json.loads(verger(*arguments, "--json", check=check).stdout))


def parts(out: Path, kind: str) -> list[Path]:
    """The Parquet files of Preprocessing or Results."""
    return sorted((out / kind).glob("part-*.parquet"))


def stamps(files: Sequence[Path]) -> dict[str, tuple[int, int]]:
    """What tells whether a file is the same one, untouched."""
    return {str(file): (file.stat().st_ino, file.stat().st_mtime_ns) for file in files}


def manifest(out: Path) -> dict[str, Any]:
    """The latest manifest."""
    return dict(json.loads(sorted((out / "_verger").glob("manifest-*.json"))[-1].read_text()))


def table(out: Path, kind: str = "Results") -> pa.Table:
    """All rows, as pyarrow reads them, sorted by path."""
    return pq.read_table(out / kind).sort_by("path")


def latest_rows(out: Path) -> int:
    """Rows of Results that the latest manifest names, all of which must be there."""
    results = manifest(out)["reduction"]["results"]
    return sum(pq.read_table(out / part["name"]).num_rows for part in results)


def column(out: Path, name: str, kind: str = "Results") -> Floats:
    """A column of vectors as a matrix, rows sorted by path."""
    return np.array(table(out, kind)[name].to_pylist(), dtype=np.float32)


def assert_same(out: Path, expected: Path) -> None:
    """Both outputs have the same rows with the same numbers, to the last bit."""
    assert table(out).equals(table(expected))
    assert verger("verify", out).stderr.count("\n") <= 1


def assert_near(a: Floats, b: Floats, share: float) -> None:
    """No number differs by more than `share` of the largest."""
    assert a.shape == b.shape
    assert np.abs(a - b).max() <= share * np.abs(b).max()


def draw_orchard(folder: Path, photos: int, seed: int = 0, timeout: int = TIMEOUT) -> Path:
    """Draws the sample orchard with so many photos of each label."""
    command = [sys.executable, str(ROOT / "tools" / "draw_orchard.py"), str(folder)]
    command += ["--photos", str(photos), "--seed", str(seed)]
    subprocess.run(command, check=True, timeout=timeout)
    return folder
