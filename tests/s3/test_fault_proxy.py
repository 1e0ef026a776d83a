"""The proxy does what it says, seen by Python's own HTTP client before a small origin."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPConnection

import pytest

from .fault_proxy import FaultProxy, running_proxy
from .faults import ERRORS, PASSING, Fault, from_then_on, on
from .origin import CONTENT, Origin
from .started import wait_until

TIMEOUT = 60  # seconds


@pytest.fixture
def origin() -> Iterator[Origin]:
    server = Origin()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def proxy(origin: Origin) -> Iterator[FaultProxy]:
    with running_proxy(origin.server_port, silence=0.05, slowness=0.05) as running:
        yield running
        assert running.lost == 0


@pytest.fixture
def connection(proxy: FaultProxy) -> Iterator[HTTPConnection]:
    with client(proxy) as line:
        yield line


@contextmanager
def client(proxy: FaultProxy, timeout: float = TIMEOUT) -> Iterator[HTTPConnection]:
    """A connection of its own."""
    with closing(HTTPConnection("127.0.0.1", proxy.port, timeout=timeout)) as line:
        yield line


def ask(
    target: FaultProxy | HTTPConnection, method: str = "GET", path: str = "/bucket/key"
) -> tuple[int, bytes]:
    """Status and body of the answer, by a connection that is there or one of its own."""
    if isinstance(target, FaultProxy):
        with client(target) as connection:
            return ask(connection, method, path)
    target.request(method, path)
    with target.getresponse() as answer:
        return answer.status, answer.read()


def test_requests_are_handed_on_as_they_are(
    proxy: FaultProxy, connection: HTTPConnection, origin: Origin
) -> None:
    path = "/bucket/a%20b+%C3%A9?list-type=2&prefix=x%2F"
    connection.request("PUT", path, b"body", {"Host": "signed.example:99", "X-Amz-Date": "now"})
    assert connection.getresponse().read() == CONTENT
    method, seen_path, headers, body = origin.requests[0]
    assert (method, seen_path, body) == ("PUT", path, b"body")
    assert headers["Host"] == "signed.example:99"
    assert headers["X-Amz-Date"] == "now"
    target = proxy.requests[0].target
    assert (target.bucket, target.key) == ("bucket", "a b+é")
    assert target.query == {"list-type": "2", "prefix": "x/"}
    assert proxy.requests[0].headers["x-amz-date"] == "now"


def test_bodies_and_answers_of_all_kinds_share_a_connection(
    proxy: FaultProxy, connection: HTTPConnection, origin: Origin
) -> None:
    connection.request("POST", "/b/k", iter([b"in ", b"chunks"]), encode_chunked=True)
    assert connection.getresponse().read() == CONTENT
    assert ask(connection, "HEAD") == (200, b"")
    assert ask(connection, "DELETE") == (204, b"")
    assert ask(connection) == (200, CONTENT)
    connection.request("PUT", "/b/k", CONTENT * 50)
    assert connection.getresponse().read() == CONTENT
    assert [request[0] for request in origin.requests] == ["POST", "HEAD", "DELETE", "GET", "PUT"]
    assert [request[3] for request in origin.requests] == [
        b"in chunks",
        b"",
        b"",
        b"",
        CONTENT * 50,
    ]
    assert (proxy.connections, origin.connections) == (1, 1)
    connection.close()
    wait_until(lambda: proxy.connections == 0, TIMEOUT, "the connection is closed")


def test_a_client_that_waits_is_told_to_go_on(proxy: FaultProxy, origin: Origin) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port), TIMEOUT) as line:
        line.sendall(b"PUT /b/k HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert line.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(b"hi")
        assert line.recv(100).startswith(b"HTTP/1.1 200")
    assert origin.requests[0][3] == b"hi"


@pytest.mark.parametrize("fault", ERRORS)
def test_errors_are_s3s(
    fault: Fault, proxy: FaultProxy, connection: HTTPConnection, origin: Origin
) -> None:
    status, code, _ = ERRORS[fault]
    proxy.rules = [on(fault, key="bad")]
    answer_status, body = ask(connection, path="/bucket/bad")
    assert answer_status == status
    assert f"<Code>{code}</Code>".encode() in body
    assert ask(connection, "HEAD", "/bucket/bad") == (status, b"")
    assert origin.requests == []
    assert ask(connection, path="/bucket/good") == (200, CONTENT)
    assert proxy.faults == {fault: 2}


@pytest.mark.parametrize(("fault", "reached"), [(Fault.RESET_BEFORE, 0), (Fault.RESET_AFTER, 1)])
def test_resets(fault: Fault, reached: int, proxy: FaultProxy, origin: Origin) -> None:
    proxy.rules = [on(fault, key="key")]
    with pytest.raises(ConnectionResetError):
        ask(proxy)
    assert len(origin.requests) == reached


def test_silence(proxy: FaultProxy, origin: Origin) -> None:
    proxy.rules = [on(Fault.TIMEOUT, key="key")]
    with pytest.raises(http.client.RemoteDisconnected):
        ask(proxy)
    proxy.silence = 1000
    with pytest.raises(TimeoutError), client(proxy, timeout=0.2) as connection:
        ask(connection)
    assert origin.requests == []


def test_a_slow_answer_is_whole(proxy: FaultProxy) -> None:
    proxy.rules = [on(Fault.SLOW, key="key")]
    assert ask(proxy) == (200, CONTENT)
    assert proxy.faults == {Fault.SLOW: 1}


def test_a_short_body_is_known_by_its_length(proxy: FaultProxy) -> None:
    proxy.rules = [on(Fault.SHORT_BODY, key="key")]
    with pytest.raises(http.client.IncompleteRead) as short:
        ask(proxy)
    assert short.value.partial == CONTENT[: len(CONTENT) // 2]
    with pytest.raises(ConnectionResetError):
        ask(proxy, "HEAD")  # there is no body to cut


def faults_of(origin: Origin, seed: int, order: int) -> tuple[dict[str, list[bool]], int]:
    """Which of three requests for each of 100 keys fail, asked in one order or the other."""
    with running_proxy(
        origin.server_port, rate=0.2, seed=seed, kinds=[Fault.SLOW_DOWN, Fault.INTERNAL_ERROR]
    ) as proxy:
        failed: dict[str, list[bool]] = {f"/b/{number}": [] for number in range(100)}
        with client(proxy) as connection:
            for path in [*failed][::order] * 3:
                failed[path].append(ask(connection, path=path)[0] != 200)
        assert all(proxy.faults[kind] > 0 for kind in proxy.kinds)
        return failed, proxy.faults.total()


def test_chance_follows_the_seed_and_nothing_else(origin: Origin) -> None:
    failed, number = faults_of(origin, 1, 1)
    assert 40 <= number <= 80  # of 300, at 20 %
    assert faults_of(origin, 1, -1) == (failed, number)
    assert faults_of(origin, 2, 1)[0] != failed


def test_every_passing_fault_comes_by_chance(proxy: FaultProxy) -> None:
    proxy.rate = 0.5
    for number in range(100):
        with suppress(OSError, http.client.HTTPException):
            ask(proxy, path=f"/b/{number}")
    assert set(proxy.faults) == set(PASSING)
    proxy.reset()
    assert (proxy.rate, proxy.requests, proxy.faults.total()) == (0, [], 0)


def test_rules_by_operation_and_count(proxy: FaultProxy, connection: HTTPConnection) -> None:
    proxy.rules = [on(Fault.SLOW_DOWN, "GetObject", after=2, times=2)]
    assert [ask(connection)[0] for _ in range(5)] == [200, 200, 503, 503, 200]
    assert ask(connection, "PUT")[0] == 200
    proxy.rules = [from_then_on(Fault.EXPIRED_TOKEN, "PutObject", after=1)]
    assert [ask(connection, method)[0] for method in ("PUT", "GET")] == [200, 200]
    assert [ask(connection, method)[0] for method in ("PUT", "GET", "PUT")] == [400] * 3
    assert proxy.operations() == {"GetObject": 7, "PutObject": 4}


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/b?list-type=2&prefix=a", "ListObjects"),
        ("GET", "/b/?location", "GetBucketLocation"),
        ("HEAD", "/b", "HeadBucket"),
        ("HEAD", "/b/k", "HeadObject"),
        ("POST", "/b?delete", "DeleteObjects"),
        ("POST", "/b/k?uploads", "CreateMultipartUpload"),
        ("PUT", "/b/k?partNumber=1&uploadId=u", "UploadPart"),
        ("POST", "/b/k?uploadId=u", "CompleteMultipartUpload"),
        ("DELETE", "/b/k?uploadId=u", "AbortMultipartUpload"),
        ("DELETE", "/b/k", "DeleteObject"),
    ],
)
def test_operations_have_s3s_names(
    method: str, path: str, operation: str, proxy: FaultProxy
) -> None:
    ask(proxy, method, path)
    assert proxy.operations() == {operation: 1}


def test_many_connections_at_once(proxy: FaultProxy) -> None:
    def several(number: int) -> list[bytes]:
        with client(proxy) as connection:
            return [ask(connection, path=f"/b/{number}")[1] for _ in range(5)]

    with ThreadPoolExecutor(64) as pool:
        for bodies in pool.map(several, range(128)):
            assert bodies == [CONTENT] * 5
    assert len(proxy.requests) == 640
    wait_until(lambda: proxy.connections == 0, TIMEOUT, "all connections are closed")


def test_it_ends_with_what_is_open(origin: Origin) -> None:
    before = threading.active_count()
    with ExitStack() as stack:
        with running_proxy(origin.server_port, silence=1000) as proxy:
            resting, waiting = (stack.enter_context(client(proxy)) for _ in range(2))
            assert ask(resting)[0] == 200
            proxy.rules = [on(Fault.TIMEOUT, key="key")]
            waiting.request("GET", "/bucket/key")
            wait_until(lambda: len(proxy.requests) == 2, TIMEOUT, "the second request has come")
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            waiting.getresponse()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", proxy.port), TIMEOUT)
    # The thread of the loop, and those that rules ran in.
    wait_until(lambda: threading.active_count() <= before + 1, TIMEOUT, "its threads have ended")


def test_a_server_that_is_not_there(origin: Origin) -> None:
    with socket.socket() as bound_socket:
        bound_socket.bind(("127.0.0.1", 0))
        with running_proxy(bound_socket.getsockname()[1]) as proxy:
            with pytest.raises(ConnectionResetError):
                ask(proxy)
            assert proxy.lost == 1
