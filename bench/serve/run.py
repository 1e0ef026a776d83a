"""What serving costs: beside bare inference, beside FastAPI with OpenVINO, under slow clients.

    bench/serve/run.py [--only latency,throughput,peer,slow,hostile,soak] [--minutes 1] [--quick]

Each round measures both sides, in turn. wrk and the slow clients run on the same cores as the
servers, and take from all of them. Bare inference decodes and resizes nothing.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests" / "serve"), str(ROOT / "tests" / "cli")]

from figures import Row, ratios, row, spread  # noqa: E402
from hostile import KINDS, hostile_request  # noqa: E402
from machine import save  # noqa: E402
from serve.load import by_wrk, one_by_one, percentile  # noqa: E402
from serve.processes import (  # noqa: E402
    CASES,
    PEER,
    Case,
    bare,
    cpu_seconds,
    fastapi,
    nginx,
    resident_mb,
    verger_serve,
)
from serve.slow import slow_clients  # noqa: E402

Figures = dict[str, Any]
PATH = "/v1/classify"
CLIENTS = 64
SLOW = 1000


class Bench:
    """Outputs and photos, and one method a question: figures, and rows of BENCHMARKS.md."""

    def __init__(self, scratch: Path, rounds: int, seconds: int, minutes: float) -> None:
        self._scratch, self._rounds, self._seconds = scratch, rounds, seconds
        self._minutes = minutes
        self._orchard = orchard = scratch / "orchard"
        tool = ROOT / "tools" / "draw_orchard.py"
        subprocess.run([sys.executable, tool, orchard, "--photos", "6"], check=True)
        self._photo = sorted(orchard.rglob("*.jpg"))[0]
        self._outputs: dict[str, Path] = {}

    def _output(self, case: Case) -> Path:
        """Made where it is asked for first."""
        if case.name not in self._outputs:
            self._outputs[case.name] = case.make_output(self._orchard, self._scratch)
        return self._outputs[case.name]

    def latency(self) -> tuple[Figures, list[Row]]:
        """A photo that comes alone: the median, and what it is in quiet moments."""
        figures: Figures = {}
        rows = []
        body = self._photo.read_bytes()
        for case in CASES:
            p50, p10, beside = [], [], []
            with verger_serve(self._output(case)) as (url, _):
                for _ in range(self._rounds):
                    times = one_by_one(url + PATH, body, 200)
                    p50.append(statistics.median(times))
                    p10.append(percentile(times, 0.1))
                    beside.append(bare(case, 200, streams=1, batch=1))
            bare50, bare10 = [b.p50_ms for b in beside], [b.p10_ms for b in beside]
            figures[case.name] = {"p50": p50, "p10": p10, "bare_p50": bare50, "bare_p10": bare10}
            bound = 1.3 if case.name == "fp32-224" else None
            of = f"of bare inference of one image, {case.name}"
            rows.append(row(f"median time of a lone photo, {case.name}", spread(p50), "ms"))
            rows.append(row(f"... {of}", ratios(p50, bare50), at_most=bound))
            rows.append(row(f"tenth percentile of a lone photo, {of}", ratios(p10, bare10)))
        return figures, rows

    def throughput(self) -> tuple[Figures, list[Row]]:
        """64 clients at a time. The CPU time of the server alone does not count what wrk takes."""
        figures: Figures = {}
        rows = []
        for case in CASES:
            rates, cpu, beside = [], [], []
            streams = self._best_streams(case)
            with verger_serve(self._output(case)) as (url, process):
                for _ in range(self._rounds):
                    rate, cpu_ms = self._loaded(url, process.pid)
                    rates.append(rate)
                    cpu.append(cpu_ms)
                    beside.append(bare(case, int(rate * self._seconds), streams, batch=4))
            bare_rates, bare_cpu = [b.rate for b in beside], [b.cpu_ms for b in beside]
            figures[case.name] = {"rate": rates, "bare": bare_rates, "streams": streams}
            figures[case.name] |= {"cpu_ms": cpu, "bare_cpu_ms": bare_cpu}
            what = f"under {CLIENTS} clients, {case.name}"
            rows.append(row(f"photos per second {what}", spread(rates), "photos/s"))
            rows.append(row("... of batched bare inference", ratios(rates, bare_rates), "share"))
            of = f"CPU time of bare inference, of that of the server, a photo, {what}"
            rows.append(row(of, ratios(bare_cpu, cpu), "share"))
        return figures, rows

    def peer(self) -> tuple[Figures, list[Row]]:
        """FastAPI and OpenVINO, one round after the other."""
        if not PEER.is_file():
            sys.exit(
                "bench/serve: requirements/bench-serve.txt is not installed: tools/setup.sh bench"
            )
        ours, theirs, our_cpu, their_cpu = [], [], [], []
        out = self._output(CASES[0])
        with verger_serve(out) as (url, process), fastapi() as (peer, peer_process):
            by_wrk(peer + PATH, self._photo, CLIENTS, 2)
            for _ in range(self._rounds):
                rate, cpu = self._loaded(url, process.pid)
                ours.append(rate)
                our_cpu.append(cpu)
                rate, cpu = self._loaded(peer, peer_process.pid)
                theirs.append(rate)
                their_cpu.append(cpu)
        what = f"under {CLIENTS} clients, beside FastAPI with OpenVINO, fp32-224"
        figures = {"ours": ours, "fastapi": theirs, "cpu_ms": our_cpu, "fastapi_cpu_ms": their_cpu}
        return figures, [
            row(f"photos per second {what}", ratios(ours, theirs), at_least=1.5),
            row("... photos per second of CPU time", ratios(their_cpu, our_cpu)),
        ]

    def _loaded(self, url: str, process: int) -> tuple[float, float]:
        """Photos per second under all clients, and milliseconds of CPU time a photo."""
        before = cpu_seconds(process)
        load = by_wrk(url + PATH, self._photo, CLIENTS, self._seconds)
        if load.failed or load.rate == 0:
            sys.exit(f"bench/serve: {load.failed} requests to {url} failed, {load.rate} a second")
        used = cpu_seconds(process) - before
        return load.rate, 1e3 * used / (load.rate * self._seconds)

    def slow(self) -> tuple[Figures, list[Row]]:
        """Whether clients that take their time delay others; nginx says what the machine does."""
        body = self._photo.read_bytes()
        p99: dict[str, list[float]] = {"alone": [], "slow": [], "nginx": [], "nginx_slow": []}
        folder = self._scratch / "nginx"
        folder.mkdir()
        with verger_serve(self._output(CASES[0])) as (url, _), nginx(folder) as control:
            for _ in range(self._rounds):
                p99["alone"].append(percentile(one_by_one(url + PATH, body, 400), 0.99))
                with slow_clients(url, SLOW):
                    p99["slow"].append(percentile(one_by_one(url + PATH, body, 400), 0.99))
                p99["nginx"].append(percentile(one_by_one(control, None, 2000), 0.99))
                with slow_clients(control, SLOW):
                    p99["nginx_slow"].append(percentile(one_by_one(control, None, 2000), 0.99))
        what = f"p99 of a lone photo beside {SLOW:,} slow connections, of that without them"
        return p99, [
            row(what, ratios(p99["slow"], p99["alone"]), at_most=2.0),
            row("... the same of nginx with a file", ratios(p99["nginx_slow"], p99["nginx"])),
        ]

    def hostile(self) -> tuple[Figures, list[Row]]:
        """10,000 broken requests and bombs: what the server answers, what they leave in memory."""
        from running import Server, status_of

        count = 1000 if self._rounds == 1 else 11_000
        options = ["--header-timeout", "2", "--body-timeout", "2", "--quiet"]
        server = Server(self._output(CASES[0]), self._scratch / "log", *options)
        photo = self._photo.read_bytes()

        def send(seed: int) -> tuple[str, int]:
            kind = KINDS[seed % len(KINDS)].__name__
            return kind, status_of(server.send(hostile_request(seed, photo)))

        with ThreadPoolExecutor(8) as pool:
            Counter(pool.map(send, range(330)))
            before = server.resident_bytes() / 1e6
            counts = Counter(pool.map(send, range(330, count)))
        after = server.resident_bytes() / 1e6
        alive = server.classify(photo).status == 200
        server.stop()
        by_status = Counter[int]()
        for (_, status), number in counts.items():
            by_status[status] += number
        bad = sum(number for status, number in by_status.items() if status >= 500 and status != 503)
        figures = {
            "requests": count,
            "by_status": dict(by_status),
            "alive": alive,
            "resident_mb": [before, after],
        }
        return figures, [
            row(f"answers of 5xx but 503 to {count:,} broken requests", bad, "count", at_most=0),
            row("... memory after them, of that before", after / before, "share", at_most=1.2),
        ]

    def soak(self) -> tuple[Figures, list[Row]]:
        """80 % of the greatest load for some time: whether memory grows."""
        body = self._photo.read_bytes()
        with verger_serve(self._output(CASES[0])) as (url, process):
            rate = 0.8 * by_wrk(url + PATH, self._photo, CLIENTS, self._seconds).rate
            memory = [resident_mb(process.pid)]
            end = time.monotonic() + 60 * self._minutes
            failures: list[Exception] = []

            def send(threads: int) -> None:
                while time.monotonic() < end:
                    begin = time.monotonic()
                    try:
                        one_by_one(url + PATH, body, 40)
                    except Exception as error:
                        failures.append(error)
                        return
                    pause = 50 * threads / rate - (time.monotonic() - begin)
                    time.sleep(max(0, pause) * random.uniform(0.9, 1.1))

            clients = [threading.Thread(target=send, args=(8,)) for _ in range(8)]
            for client in clients:
                client.start()
            while time.monotonic() < end:
                time.sleep(min(5, max(1, 60 * self._minutes / 40)))
                memory.append(resident_mb(process.pid))
            for client in clients:
                client.join()
        if failures:
            sys.exit(f"bench/serve: a request failed: {failures[0]!r}")
        third = len(memory) // 3
        growth = statistics.median(memory[-third:]) / statistics.median(memory[third : 2 * third])
        figures = {"minutes": self._minutes, "rate": rate, "resident_mb": memory}
        what = f"memory in the last third of {self._minutes:g} minutes at 80 % load, of the second"
        return figures, [row(what, growth, "share", at_most=1.02)]

    def _best_streams(self, case: Case) -> int:
        rates = {streams: bare(case, 400, streams, batch=4).rate for streams in (1, 2)}
        return max(rates, key=lambda streams: rates[streams])


QUESTIONS = ("latency", "throughput", "peer", "slow", "hostile", "soak")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(QUESTIONS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=10, help="of a load by wrk")
    parser.add_argument("--minutes", type=float, default=10, help="of the soak")
    parser.add_argument("--quick", action="store_true", help="one round of 5 seconds, 1 minute")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds, options.minutes = 1, 5, 1.0
    figures: Figures = {}
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(Path(scratch), options.rounds, options.seconds, options.minutes)
        for question in options.only.split(","):
            figures[question], more = getattr(bench, question)()
            rows += more
            print(*more, sep="\n", file=sys.stderr)
    save("serve", figures, title="Photos over HTTP", rows=rows, quick=options.quick)
    return 0


if __name__ == "__main__":
    sys.exit(main())
