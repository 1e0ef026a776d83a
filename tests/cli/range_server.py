"""A small HTTP server on 127.0.0.1 that serves one file, and misbehaves as a test asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Behaviour:
    """What the server serves, and how badly."""

    content: bytes
    etag: str | None = '"one"'
    ranges: bool = True  # else the whole file is sent whatever is asked
    statuses: list[int] = field(default_factory=list)  # answered first, one a request
    cuts: list[int] = field(default_factory=list)  # bytes sent before the line drops, one a request
    stalls: list[int] = field(default_factory=list)  # bytes sent before silence, one a request
    wrong_range: bool = False  # answers 206 from another offset than asked
    redirects: int = 0  # how many hops before the file; -1: a circle
    pause: float = 0.0  # seconds between blocks of `block` bytes
    block: int = 1 << 20
    chunked: bool = False  # no Content-Length: the end of the connection ends the file
    requests: list[dict[str, str]] = field(default_factory=list)  # headers of every request
    sent: int = 0


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        b = self.server.behaviour
        b.requests.append({key.lower(): value for key, value in self.headers.items()})
        self.close_connection = True
        hop = int(self.path.rpartition("hop=")[2]) if "hop=" in self.path else 0
        if b.redirects < 0 or hop < b.redirects:
            self.send_response(302)
            self.send_header("Location", f"/file?hop={hop + 1}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if b.statuses:
            status = b.statuses.pop(0)
            self.send_response(status)
            page = b"<html>not the file</html>"
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)
            return
        self._send_file(b)

    def _send_file(self, b: Behaviour) -> None:
        requested_range = self.headers.get("Range")
        condition = self.headers.get("If-Range")
        start = 0
        if requested_range and b.ranges and condition in (None, b.etag):
            start = int(requested_range.removeprefix("bytes=").rstrip("-"))
            if start >= len(b.content):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(b.content)}")
                self.end_headers()
                return
            if b.wrong_range:
                start //= 2
            self.send_response(206)
            end = f"{start}-{len(b.content) - 1}/{len(b.content)}"
            self.send_header("Content-Range", f"bytes {end}")
        else:
            self.send_response(200)
        if b.etag:
            self.send_header("ETag", b.etag)
        body = b.content[start:]
        if not b.chunked:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        cut = b.cuts.pop(0) if b.cuts else None
        stall = b.stalls.pop(0) if b.stalls else None
        if stall is not None:
            self._send(body[:stall], b)
            self.server.stopping.wait(120)
            return
        self._send(body if cut is None else body[:cut], b)

    def _send(self, body: bytes, b: Behaviour) -> None:
        for i in range(0, len(body), b.block):
            try:
                self.wfile.write(body[i : i + b.block])
            except OSError:
                return
            b.sent += len(body[i : i + b.block])
            if b.pause:
                time.sleep(b.pause)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, behaviour: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behaviour = behaviour
        self.stopping = threading.Event()


@contextmanager
def serve(behaviour: Behaviour) -> Iterator[str]:
    """Serves until the block ends; yields the address of the file."""
    server = _Server(behaviour)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/file"
    finally:
        server.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()
