"""An HTTP proxy before an S3 server, which fails as networks and clouds do.

It hands requests on as they are, Host included, for their signatures cover it. Which of them fail,
and how, depends on the seed and on how often the same was asked before, not on the clock.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from .dialects import Dialect
from .faults import ERRORS, PASSING, Fault, Rule, error
from .http_message import HEAD_LIMIT, Message, Target, read_answer, read_request

PIECES = 4  # that a slow answer comes in
TIMEOUT = 60  # seconds to start and to end


@dataclass(frozen=True)
class ProxiedRequest:
    """A request that came: what it asked for, its headers by lower-case name, and its fault."""

    target: Target
    headers: dict[str, str]
    fault: Fault | None

    @property
    def operation(self) -> str:
        return self.target.operation


@dataclass
class FaultProxy:
    """A running proxy. Its settings may be changed at any time."""

    server_port: int
    rate: float = 0.0  # share of the requests that fail by chance
    seed: int = 0
    kinds: Sequence[Fault] = PASSING
    rules: list[Rule] = field(default_factory=list)
    dialect: Dialect = field(default_factory=Dialect)  # of the server that it plays
    silence: float = 5.0  # seconds that a timeout lasts
    slowness: float = 0.4  # seconds that a slow answer takes
    port: int = 0
    requests: list[ProxiedRequest] = field(default_factory=list, repr=False)
    lost: int = 0  # requests to which the server itself gave no answer
    _counts: Counter[tuple[str, ...]] = field(default_factory=Counter, repr=False)
    _clients: set[asyncio.Task[Any]] = field(default_factory=set, repr=False)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        """Connections of clients that are open."""
        return len(self._clients)

    @property
    def faults(self) -> Counter[Fault]:
        """How many of each kind it made."""
        return Counter(request.fault for request in self.requests if request.fault)

    def operations(self, key: str = "") -> Counter[str]:
        """How often each of S3's operations was asked for, on keys that hold `key`."""
        return Counter(request.operation for request in self.requests if key in request.target.key)

    def reset(self) -> None:
        """Forgets what it has seen, its rules and its rate."""
        self.requests, self.rules, self.rate, self.lost = [], [], 0.0, 0
        self.dialect = Dialect()
        self._counts.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client, to its end."""
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        upstream = _Upstream(self.server_port)
        try:
            while request := await read_request(reader, writer):
                if not await self._answer(request, writer, upstream):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has gone
        except asyncio.CancelledError:
            pass  # the proxy ends
        finally:
            upstream.close()
            writer.close()
            self._clients.discard(task)

    async def end(self) -> None:
        """Closes every connection."""
        for task in list(self._clients):
            task.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        await asyncio.sleep(0)  # lets the loop close their sockets

    async def _answer(
        self, request: Message, writer: asyncio.StreamWriter, upstream: _Upstream
    ) -> bool:
        """Answers a request, or fails to. False: the connection is at its end."""
        target = Target.of(request)
        fault = await self._choose(target)
        self.requests.append(ProxiedRequest(target, request.headers, fault))
        if fault is Fault.RESET_BEFORE:
            return _reset(writer)
        if fault is Fault.TIMEOUT:
            await asyncio.sleep(self.silence)
            return False
        if fault in ERRORS:
            answer = error(fault, target)
        else:
            # In a thread of its own, as rules are.
            refusal = await asyncio.to_thread(self.dialect.refuse, request, target)
            try:
                answer = refusal or await upstream.exchange(request, target.method)
            except (OSError, asyncio.IncompleteReadError):
                self.lost += 1
                return _reset(writer)
            answer = self.dialect.answer(answer, target)
        if fault is Fault.RESET_AFTER or (fault is Fault.SHORT_BODY and not answer.body):
            return _reset(writer)
        if fault is Fault.SHORT_BODY:
            writer.write(answer.head + answer.body[: len(answer.body) // 2])
            await writer.drain()
            return False
        wire = answer.head + answer.body
        if fault is Fault.SLOW:
            step = len(wire) // PIECES + 1
            for start in range(0, len(wire), step):
                await asyncio.sleep(self.slowness / PIECES)
                writer.write(wire[start : start + step])
        else:
            writer.write(wire)
        await writer.drain()
        return not answer.closes and not request.closes

    async def _choose(self, target: Target) -> Fault | None:
        for rule in self.rules:
            # In a thread of its own, for it may ask the server something.
            if fault := await asyncio.to_thread(rule, target):
                return fault
        if self.rate <= 0:
            return None
        # Whatever the bucket is called: tests get theirs in the order in which they are run.
        signature = (target.method, target.key, *map(str, target.query.items()))
        self._counts[signature] += 1
        chance = random.Random(f"{self.seed} {signature} {self._counts[signature]}")
        return chance.choice(self.kinds) if chance.random() < self.rate else None


class _Upstream:
    """The connection to the server that goes with one of a client; made when it is needed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def exchange(self, request: Message, method: str) -> Message:
        """The server's answer. Errors: OSError, IncompleteReadError if it gives none."""
        used = self._streams is not None
        try:
            return await self._exchange(request, method)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.close()
            # A server may close a connection that rests just when the next request comes.
            if not used:
                raise
            return await self._exchange(request, method)

    async def _exchange(self, request: Message, method: str) -> Message:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=HEAD_LIMIT)
        reader, writer = self._streams
        writer.write(request.head + request.body)
        with suppress(ConnectionError):  # a server that refuses may not wait for the body
            await writer.drain()
        answer = await read_answer(reader, method)
        if answer.closes:
            self.close()
        return answer

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _reset(writer: asyncio.StreamWriter) -> bool:
    """Drops the line: the client gets RST, not FIN."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    return False


@contextmanager
def running_proxy(server_port: int, **settings: Any) -> Iterator[FaultProxy]:
    """Starts a proxy before the server on that port, and ends it with all its connections."""
    proxy = FaultProxy(server_port, **settings)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="fault proxy")
    thread.start()

    def wait_for(coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(TIMEOUT)

    try:
        listener = wait_for(
            asyncio.start_server(proxy.serve, "127.0.0.1", 0, limit=HEAD_LIMIT, backlog=512)
        )
        proxy.port = listener.sockets[0].getsockname()[1]
        try:
            yield proxy
        finally:
            loop.call_soon_threadsafe(listener.close)
            wait_for(proxy.end())
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(TIMEOUT)
        loop.close()
