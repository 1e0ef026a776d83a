"""Clients that take their time: each deadline ends them, and they delay nobody."""

from __future__ import annotations

import contextlib
import socket
import time
from pathlib import Path

from running import Server, Start, ask, read_all, status_of, wait_until

LONG = "600"  # seconds
HEAD = b"POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"


def drip(server: Server, begin: bytes, pause: float = 0.1) -> tuple[bytes, float]:
    """Sends a byte now and then for a minute; the answer, and after how many seconds it came."""
    start = time.monotonic()
    with server.socket() as connection:
        connection.sendall(begin)
        connection.setblocking(False)
        answer = b""
        while time.monotonic() < start + 60:
            time.sleep(pause)
            with contextlib.suppress(BlockingIOError, ConnectionError):
                connection.send(b"x")
            with contextlib.suppress(BlockingIOError):
                answer += connection.recv(1 << 16)
                break
        took = time.monotonic() - start
        connection.settimeout(5)
        return answer + read_all(connection), took


def test_header(start: Start, trained: Path) -> None:
    server = start(trained, "--header-timeout", "1", "--idle-timeout", LONG)
    answer, seconds = drip(server, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ")
    assert status_of(answer) == 408
    assert b"at once" in answer
    assert 0.8 < seconds < 9  # the default is 10


def test_body(start: Start, trained: Path) -> None:
    server = start(trained, "--body-timeout", "1", "--request-timeout", LONG)
    answer, seconds = drip(server, HEAD)
    assert status_of(answer) == 408
    assert b"too slowly" in answer
    assert 0.8 < seconds < 30
    assert server.metric("verger_body_bytes") == 0


def test_request(start: Start, trained: Path) -> None:
    """The deadline of a request bounds that of its body."""
    server = start(trained, "--body-timeout", LONG, "--request-timeout", "1")
    answer, seconds = drip(server, HEAD)
    assert status_of(answer) == 408
    assert 0.8 < seconds < 30


def test_idle(start: Start, trained: Path, photo: bytes) -> None:
    """After the last request, not after the first."""
    server = start(trained, "--idle-timeout", "4")
    connection = server.connect()
    assert ask(connection, "POST", "/v1/classify", photo).status == 200
    time.sleep(2)
    assert ask(connection, "POST", "/v1/classify", photo).status == 200
    start_of_wait = time.monotonic()
    with server.socket() as silent:
        assert connection.sock.recv(1) == b""
        assert 3.2 < time.monotonic() - start_of_wait < 25
        assert silent.recv(1) == b""


def test_a_client_that_does_not_read(start: Start, trained: Path, photo: bytes) -> None:
    server = start(trained, "--request-timeout", "1", "--idle-timeout", "1")
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        request = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
        with contextlib.suppress(OSError):
            connection.settimeout(10)
            connection.sendall(request * 20_000)
        assert server.classify(photo).status == 200
    wait_until(lambda: server.metric("verger_connections") <= 2)


def test_many_slow_clients_delay_nobody(start: Start, trained: Path, photo: bytes) -> None:
    server = start(trained, "--header-timeout", LONG, "--body-timeout", LONG)
    connection = server.connect()
    assert ask(connection, "POST", "/v1/classify", photo).status == 200
    slow = [server.socket() for _ in range(300)]
    for number, each in enumerate(slow):
        each.sendall(HEAD + b"x" * number if number % 2 else b"GET /healthz HTTP/1.1\r\nX: ")
    times = []
    for _ in range(40):
        begin = time.monotonic()
        assert ask(connection, "POST", "/v1/classify", photo).status == 200
        times.append(time.monotonic() - begin)
    assert server.metric("verger_connections") >= 301
    assert sorted(times)[20] < 10  # bench/serve measures; this is to catch a server that hangs
    for each in slow:
        each.close()
