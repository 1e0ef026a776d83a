"""A thousand clients that send a byte now and then."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

HEADS = (
    b"GET /answer HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    b"POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\n\r\n",
    b"",
)


@contextlib.contextmanager
def slow_clients(url: str, count: int) -> Iterator[None]:
    """Keeps `count` connections open: in a header, in a body, or idle; those that end come back."""
    address = (urlsplit(url).hostname or "", urlsplit(url).port or 80)
    stop = threading.Event()

    def open_one(number: int) -> socket.socket:
        connection = socket.create_connection(address, 30)
        connection.sendall(HEADS[number % len(HEADS)])
        connection.setblocking(False)
        return connection

    connections = [open_one(number) for number in range(count)]

    def drip() -> None:
        number = 0
        while not stop.is_set():
            # Each client sends once in five seconds.
            time.sleep(5 / count)
            number = (number + 1) % count
            if number % len(HEADS) == 2:
                continue
            try:
                connections[number].send(b"x")
            except OSError:
                connections[number].close()
                with contextlib.suppress(OSError):
                    connections[number] = open_one(number)

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        for connection in connections:
            connection.close()
