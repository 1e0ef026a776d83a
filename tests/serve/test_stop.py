"""SIGTERM while photos come in: every request that was begun gets its answer."""

from __future__ import annotations

import http.client
import signal
import threading
import time
from functools import partial
from pathlib import Path

from hostile import png_of
from running import TIMEOUT, Server, Start, ask, read_all, wait_until

CLIENTS = 24
LONG = "600"  # seconds


class Client(threading.Thread):
    """Sends photo after photo on one connection, until the server says that it closes."""

    def __init__(self, server: Server, photo: bytes) -> None:
        super().__init__()
        self._server = server
        self._photo = photo
        self.answered = 0
        self.lost: list[str] = []
        self.end = ""

    def run(self) -> None:
        while not self.end:
            connection = self._server.connect()
            try:
                connection.connect()
            except ConnectionRefusedError:
                self.end = "refused"  # no longer listening: nothing was begun
                return
            except OSError as error:
                self.lost.append(f"connecting: {error!r}")
                return
            self._use(connection)
            connection.close()

    def _use(self, connection: http.client.HTTPConnection) -> None:
        while True:
            try:
                answer = ask(connection, "POST", "/v1/classify", self._photo)
            except Exception as error:
                self.lost.append(repr(error))
                self.end = "lost"
                return
            if answer.status != 200:
                self.lost.append(f"status {answer.status}")
            self.answered += 1
            if answer.headers.get("connection") == "close":
                return


def are_busy(clients: list[Client]) -> bool:
    return sum(client.answered for client in clients) > 2 * CLIENTS


def test_nothing_is_lost(start: Start, trained: Path, photo: bytes) -> None:
    for _ in range(3):
        server = start(trained)
        clients = [Client(server, photo) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        wait_until(partial(are_busy, clients))
        log = server.stop()
        for client in clients:
            client.join(TIMEOUT)
        assert [client.lost for client in clients if client.lost] == []
        answered = sum(client.answered for client in clients)
        assert log.count("route=/v1/classify status=200") == answered


def test_idle_connections_do_not_delay_the_end(start: Start, trained: Path) -> None:
    server = start(trained, "--idle-timeout", LONG, "--grace", LONG)
    idle = [server.socket() for _ in range(10)]
    begin = time.monotonic()
    server.stop()
    assert time.monotonic() - begin < 60
    for each in idle:
        assert each.recv(1) == b""


def test_a_request_under_way_is_waited_for(start: Start, trained: Path, photo: bytes) -> None:
    server = start(trained)
    with server.socket() as connection:
        head = (
            f"POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(photo)}\r\n\r\n"
        )
        connection.sendall(head.encode() + photo[:100])
        wait_until(lambda: server.metric("verger_body_bytes") == 100)
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not accepts(server))
        connection.sendall(photo[100:])
        answer = read_all(connection)
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"\r\nConnection: close\r\n" in answer
    assert server.process.wait(TIMEOUT) == 0


def accepts(server: Server) -> bool:
    """Whether it takes another connection."""
    try:
        server.socket().close()
    except ConnectionError:
        return False
    return True


def test_grace_bounds_the_end(start: Start, trained: Path) -> None:
    options = ("--body-timeout", LONG, "--request-timeout", LONG)
    server = start(trained, "--grace", "1", "--threads", "1", *options)
    body = png_of(7000, 7000)
    begun = [server.socket() for _ in range(30)]
    for each in begun:
        head = (
            f"POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        each.sendall(head.encode() + body)
    begun.append(server.socket())
    begun[-1].sendall(
        b"POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
    )
    wait_until(lambda: server.metric("verger_queue_photos") > 0)
    begin = time.monotonic()
    server.stop()
    assert time.monotonic() - begin < 60  # the photos that workers had, one each
