"""A running `verger serve`, and requests to it."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from program import VERGER

HOST = "127.0.0.1"
TIMEOUT = 120  # seconds for an answer, or for the end, on a busy machine


@dataclass(frozen=True)
class Answer:
    """A response that was read to its end."""

    status: int
    headers: dict[str, str]  # names in small letters
    body: bytes

    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    def problem(self) -> str:
        """The detail of an error, which must be what RFC 9457 says."""
        assert self.headers["content-type"] == "application/problem+json", self
        problem = self.json()
        assert problem["status"] == self.status
        assert problem["type"] == "about:blank"
        assert problem["title"]
        return str(problem["detail"])


class Server:
    """`verger serve OUT` on a free port of the loopback."""

    def __init__(
        self, out: Path, log: Path, *options: str, environment: dict[str, str] | None = None
    ) -> None:
        self._log_file: IO[bytes] = log.open("wb")
        self.log = log
        self.process = subprocess.Popen(
            [VERGER, "serve", out, "--listen", f"{HOST}:0", *options],
            stdout=subprocess.PIPE,
            stderr=self._log_file,
            cwd=log.parent,
            env=environment,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline().decode()
        match = re.search(r"at http://127\.0\.0\.1:(\d+)$", line)
        assert match, f"{line!r}; stderr: {log.read_text()}"
        self.port = int(match[1])
        self.url = f"http://{HOST}:{self.port}"

    def connect(self, timeout: float = TIMEOUT) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(HOST, self.port, timeout=timeout)

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own."""
        connection = self.connect()
        try:
            return ask(connection, method, path, body, headers)
        finally:
            connection.close()

    def classify(self, photo: bytes, query: str = "") -> Answer:
        return self.request("POST", f"/v1/classify{query}", photo)

    def socket(self, timeout: float = TIMEOUT) -> socket.socket:
        return socket.create_connection((HOST, self.port), timeout)

    def send(self, request: bytes, timeout: float = TIMEOUT) -> bytes:
        """What comes for these bytes until the server closes or `timeout` is over."""
        with self.socket(timeout) as connection:
            try:
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the server has answered and closed; what it wrote can still be read
            return read_all(connection)

    def metric(self, name: str) -> float:
        """The sum of a metric over its labels."""
        text = self.request("GET", "/metrics").body.decode()
        lines = [line for line in text.splitlines() if re.match(rf"{name}(\{{| )", line)]
        return sum(float(line.rpartition(" ")[2]) for line in lines)

    def resident_bytes(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        match = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert match
        return int(match[1]) * 1024

    def stop(self, timeout: float = TIMEOUT) -> str:
        """Ends it by SIGTERM, which must be a success. Returns what it wrote to stderr."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout)
        self._log_file.close()
        assert self.process.stdout is not None
        self.process.stdout.close()
        text = self.log.read_text()
        assert code == 0, f"exit {code}: {text}"
        return text

    def kill(self) -> None:
        """For the end of a test that failed."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


Start = Callable[..., Server]  # of an output, with options of the program


def ask(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    connection.request(method, path, body, dict(headers or {}))
    response = connection.getresponse()
    content = response.read()
    fields = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, fields, content)


def read_all(connection: socket.socket) -> bytes:
    chunks = []
    try:
        while chunk := connection.recv(1 << 16):
            chunks.append(chunk)
    except OSError:
        pass
    return b"".join(chunks)


def status_of(response: bytes) -> int:
    """The status of the first response in some bytes; 0 if there is none."""
    match = re.match(rb"HTTP/1\.1 (\d{3}) ", response)
    return int(match[1]) if match else 0


def wait_until(condition: Any, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
