"""What is measured: our server, a peer, a control, bare inference."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from machine import BUILD, ROOT

VERGER = BUILD / "verger"
BARE = BUILD / "bench" / "bench_bare"
PEER = ROOT / ".cache" / "bench-serve" / "bin" / "python"
NETWORK = BUILD / "networks" / "efficientnet-lite0.onnx"


@dataclass(frozen=True)
class Case:
    """A precision and an input size of the embedded network."""

    name: str
    precision: str
    side: int

    def make_output(self, photos: Path, folder: Path) -> Path:
        """An output with a classifier."""
        out = folder / self.name
        options = ["--precision", self.precision, "--input-size", str(self.side)]
        commands: list[list[str | Path]] = [["run", photos, out, *options], ["train", out]]
        for words in commands:
            subprocess.run([VERGER, *words, "-q"], check=True, stdout=subprocess.DEVNULL)
        return out


CASES = (Case("fp32-224", "fp32", 224), Case("int8-112", "int8", 112))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def resident_mb(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    match = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(match[1]) / 1000 if match else 0.0


@contextlib.contextmanager
def running(command: list[object], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server until the block ends, once it accepts connections."""
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            if process.poll() is not None:
                sys.exit(f"bench/serve: {command[0]} ended with {process.returncode}")
            time.sleep(0.1)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()  # a peer that still works off its queue
            process.wait()


@contextlib.contextmanager
def verger_serve(out: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = free_port()
    command = [VERGER, "serve", out, "--listen", f"127.0.0.1:{port}", "--quiet", *options]
    with running(command, port) as process:
        yield f"http://127.0.0.1:{port}", process


@contextlib.contextmanager
def fastapi() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The peer: FastAPI and OpenVINO, as ways/fastapi_app.py has them, by uvicorn."""
    port = free_port()
    os.environ["NETWORK"] = str(NETWORK)
    folder = Path(__file__).parent / "ways"
    command = [PEER, "-m", "uvicorn", "fastapi_app:app", "--app-dir", folder, "--port", port]
    with running([*command, "--log-level", "error", "--no-access-log"], port) as process:
        yield f"http://127.0.0.1:{port}", process


@contextlib.contextmanager
def nginx(folder: Path) -> Iterator[str]:
    """The control: nginx with a file of an answer's size."""
    port = free_port()
    (folder / "answer").write_bytes(b"x" * 600)
    user = "user root;" if os.geteuid() == 0 else ""  # or its workers could not read the folder
    (folder / "nginx.conf").write_text(
        f"{user} pid {folder}/pid; error_log {folder}/error.log; daemon off; worker_processes 1;\n"
        "events { worker_connections 8192; }\n"
        f"http {{ access_log off; client_body_temp_path {folder}/body;\n"
        f"server {{ listen 127.0.0.1:{port}; root {folder}; }} }}\n"
    )
    with running([shutil.which("nginx") or "/usr/sbin/nginx", "-c", folder / "nginx.conf"], port):
        yield f"http://127.0.0.1:{port}/answer"


def cpu_seconds(process: int) -> float:
    """What a process has used of all cores."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Bare:
    """Bare inference on all cores."""

    rate: float  # images per second
    p50_ms: float  # of a batch alone
    p10_ms: float
    cpu_ms: float  # of an image


def bare(case: Case, images: int, streams: int, batch: int) -> Bare:
    """Measures it in a process of its own."""
    threads = len(os.sched_getaffinity(0))
    words = ["efficientnet-lite0", case.precision, case.side, images, streams, threads]
    done = subprocess.run(
        [str(BARE), *map(str, words)],
        env={**os.environ, "BARE_BATCH": str(batch)},
        check=True,
        capture_output=True,
        text=True,
    )
    return Bare(*map(float, done.stdout.split()))
