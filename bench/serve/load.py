"""Load on a server: one photo after another, or by wrk from many connections at a time."""

import http.client
import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SCRIPT = Path(__file__).with_name("photo.lua")


@dataclass(frozen=True)
class Load:
    """What wrk measured."""

    rate: float  # requests per second
    p50_ms: float
    p99_ms: float
    failed: int


def one_by_one(url: str, body: bytes | None, count: int) -> list[float]:
    """Milliseconds of each of so many requests on one connection, after ten for warming up."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    times = []
    for number in range(-10, count):
        begin = time.perf_counter()
        connection.request("POST" if body else "GET", parts.path, body)
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise RuntimeError(f"{url}: status {response.status}")
        if number >= 0:
            times.append(1e3 * (time.perf_counter() - begin))
    connection.close()
    return times


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def by_wrk(url: str, photo: Path, connections: int, seconds: int) -> Load:
    wrk: list[str | Path] = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
    wrk += ["--timeout", "60s", "-s", SCRIPT]
    environment = {**os.environ, "PHOTO": str(photo)}
    done = subprocess.run([*wrk, url], env=environment, capture_output=True, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    rate = figures["requests"] / figures["seconds"]
    return Load(rate, figures["p50_ms"], figures["p99_ms"], figures["failed"])
