"""What is refused, by which status, and that the remedy is named."""

from __future__ import annotations

import io
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hostile import png_of
from PIL import Image
from program import verger
from running import Server, Start, ask, read_all, status_of, wait_until


def gif() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "GIF")
    return file.getvalue()


def test_bodies(server: Server, photo: bytes) -> None:
    for body, status, remedy in (
        (b"", 400, "send the bytes of a photo"),
        (b"no photo", 415, "not a JPEG, PNG or WebP"),
        (gif(), 415, "convert it to PNG"),
        (photo[: len(photo) // 2], 422, "send another photo"),
        (png_of(9000, 9000), 413, "--max-pixels 64000000"),
    ):
        answer = server.classify(body)
        assert answer.status == status, answer
        assert remedy in answer.problem()
    assert server.classify(photo).status == 200


@pytest.mark.parametrize("endpoint", ["/v1/classify", "/v1/similar", "/v1/features"])
def test_fields(server: Server, photo: bytes, endpoint: str) -> None:
    for headers, status, remedy in (
        ({"Content-Type": "multipart/form-data; boundary=b"}, 415, "--data-binary"),
        ({"Content-Type": "application/json"}, 415, "image type"),
        ({"Content-Encoding": "gzip"}, 415, "as it is"),
        ({"Transfer-Encoding": "chunked"}, 411, "Content-Length"),
    ):
        answer = server.request("POST", endpoint, photo, headers)
        assert answer.status == status
        assert remedy in answer.problem()


def test_targets_and_methods(server: Server, photo: bytes) -> None:
    assert "top" in server.classify(photo, "?top=0").problem()
    for path in ("/v1/classify?top=x", "/v1/classify?nothing=1", "/v1/similar?count=1001"):
        assert server.request("POST", path, photo).status == 400
    assert server.request("GET", "/nothing").status == 404
    answer = server.request("GET", "/v1/classify")
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert server.request("OPTIONS", "/v1/classify").status == 405
    assert server.request("DELETE", "/healthz").status == 405


def test_a_large_body_is_refused_before_it_is_sent(server: Server) -> None:
    with server.socket() as connection:
        connection.sendall(
            b"POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40000000\r\n"
            b"Expect: 100-continue\r\n\r\n"
        )
        answer = read_all(connection)
    assert status_of(answer) == 413
    assert b"--max-bytes 33554432" in answer
    # A client that sends nevertheless gets the answer too, not a reset.
    assert server.classify(bytes(34_000_000)).status == 413


def test_pixel_and_byte_limits_are_options(start: Start, trained: Path, photo: bytes) -> None:
    server = start(trained, "--max-pixels", "100", "--max-bytes", str(len(photo)))
    answer = server.classify(photo)
    assert (answer.status, "--max-pixels 100" in answer.problem()) == (413, True)
    answer = server.classify(photo + b"x")
    assert (answer.status, f"--max-bytes {len(photo)}" in answer.problem()) == (413, True)


def test_a_full_queue(start: Start, trained: Path) -> None:
    server = start(trained, "--queue", "2", "--threads", "1")
    slow = png_of(7000, 7000)

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: server.classify(slow), range(12)))
    statuses = [answer.status for answer in answers]
    assert set(statuses) == {200, 503}
    for answer in answers:
        if answer.status == 503:
            assert int(answer.headers["retry-after"]) >= 1
            assert "try again" in answer.problem()
    assert server.metric("verger_refusals_total") == statuses.count(503)


def test_names_of_others(start: Start, trained: Path) -> None:
    """A page of another name that has this machine's address may not read the answers."""
    server = start(trained, "--allow-host", "fruit.example.org")
    names = {"localhost": 200, "fruit.example.org": 200, "fruit.example": 400}
    for name, status in names.items():
        answer = server.request("GET", "/metrics", headers={"Host": name})
        assert answer.status == status, name


def test_memory_of_all_bodies(start: Start, trained: Path) -> None:
    server = start(trained, "--body-memory", "1048576", "--max-bytes", "1000000")
    head = b"POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"
    with server.socket() as first, server.socket() as second:
        first.sendall(head + bytes(900_000))
        wait_until(lambda: server.metric("verger_body_bytes") == 900_000)
        second.sendall(head + bytes(900_000))
        answer = read_all(second)
        assert status_of(answer) == 503
        assert b"Retry-After: " in answer
    # What claims to be large and is not takes nothing.
    claims = [server.socket() for _ in range(20)]
    for claim in claims:
        claim.sendall(head + b"x")
    wait_until(lambda: server.metric("verger_body_bytes") == 20)
    for claim in claims:
        claim.close()


def test_limits_of_a_client(start: Start, trained: Path, photo: bytes) -> None:
    # One photo in 5 s: a second one comes too soon on a busy machine as well.
    server = start(trained, "--client-connections", "3", "--client-rate", "0.2")
    connections = [server.connect() for _ in range(3)]
    statuses = [ask(each, "GET", "/healthz").status for each in connections]
    assert statuses == [200, 200, 200]
    answer = server.request("GET", "/healthz")
    assert answer.status == 429
    assert "connections" in answer.problem()
    assert ask(connections[0], "POST", "/v1/classify", photo).status == 200
    answer = ask(connections[1], "POST", "/v1/classify", photo)
    assert answer.status == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 5
    assert ask(connections[0], "GET", "/healthz").status == 200
    time.sleep(5.1)
    assert ask(connections[0], "POST", "/v1/classify", photo).status == 200


def test_connections_of_all_clients(start: Start, trained: Path) -> None:
    server = start(trained, "--connections", "2")
    open_ones = [server.socket() for _ in range(2)]  # accepted in their order, before the next one
    answer = server.request("GET", "/healthz")
    assert answer.status == 503
    for each in open_ones:
        each.close()
    wait_until(lambda: server.request("GET", "/healthz").status == 200)


def test_addresses_that_are_none(trained: Path) -> None:
    for listen in ("8080", "localhost", "example.org:80", "127.0.0.1:x", "127.0.0.1:70000"):
        failure = verger("serve", trained, "--listen", listen, check=2)
        assert "such as 127.0.0.1:8080" in failure.stderr
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        failure = verger("serve", trained, "--listen", address, check=1)
    assert "choose another by --listen" in failure.stderr


def test_the_log_has_a_line_for_each_request(start: Start, trained: Path) -> None:
    server = start(trained)
    threads = [
        threading.Thread(target=lambda: [server.request("GET", "/healthz") for _ in range(50)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    text = server.stop()
    assert text.count("route=/healthz status=200") == 200
