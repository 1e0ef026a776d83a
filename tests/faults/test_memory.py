"""Memory that runs out at one allocation, or from one on: runs end cleanly and lose nothing."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from program import VERGER

from .memory import OURS, FailingMemory, make_mixed_run, run_without_memory
from .memory_served import REQUESTS, RESERVE, Served, make_served, start_served
from .outputs import Scenario


@pytest.fixture(scope="module")
def mixed(place: Path) -> Scenario:
    return make_mixed_run(place / "mixed")


@pytest.fixture(scope="module")
def memory(place: Path) -> FailingMemory:
    return FailingMemory(place / "memory")


@pytest.fixture(scope="module")
def sites(mixed: Scenario, memory: FailingMemory, place: Path) -> list[int]:
    """Where the run allocates."""
    out = mixed.begin(place / "listed")
    return list(memory.sites(mixed.command(out)))


@pytest.fixture(scope="module")
def served(place: Path) -> Iterator[Served]:
    served = start_served(make_served(place / "served"), place / "server", OURS)
    yield served
    served.server.kill()


@pytest.mark.parametrize("for_good", [False, True])
@pytest.mark.parametrize("number", [6, pytest.param(None, marks=pytest.mark.faults)])
def test_run(
    number: int | None,
    for_good: bool,
    mixed: Scenario,
    memory: FailingMemory,
    sites: list[int],
    out: Path,
) -> None:
    assert len(sites) > 1000
    few = sites if number is None else random.Random(number).sample(sites, number)
    failed = 0
    for site in few:
        failed += run_without_memory(mixed, out, memory, site, for_good=for_good).failed > 0
        shutil.rmtree(out)
    assert failed > len(few) // 2


@pytest.mark.parametrize("passing", [0, 1, 10, 100])
def test_no_memory_at_the_start(passing: int, memory: FailingMemory) -> None:
    """The first allocations are those of static objects, before main."""
    memory.fail_nth(passing, for_good=True)
    done = memory.run([VERGER, "--version"])
    assert memory.failed > 0
    assert (done.returncode, done.stdout) == (1, "")
    assert "out of memory" in done.stderr


@pytest.mark.parametrize("for_good", [False, True])
@pytest.mark.parametrize("every", [29, pytest.param(1, marks=pytest.mark.faults)])
def test_server(every: int, for_good: bool, served: Served) -> None:
    """Each allocation of a request fails in turn."""
    for method, target in REQUESTS:
        passing = 0
        while served.disturb(method, target, passing, for_good=for_good) is not None:
            passing += every
        assert passing > 0
    served.assert_idle()


def test_server_accepts_connections_again(served: Served) -> None:
    """Memory ends before a connection is accepted, and no closed one has left memory for it."""
    method, target = "GET", "/openapi.json"
    with ExitStack() as connections:
        for _ in range(3):
            connections.enter_context(served.server.socket())
            assert served.request(method, target) is not None  # so the server has accepted it
        served.memory.fail_nth(0, for_good=True, spare=RESERVE)
        for _ in range(3):
            refused = connections.enter_context(served.server.socket())
            refused.sendall(f"{method} {target} HTTP/1.0\r\n\r\n".encode())
            with suppress(ConnectionError):
                while refused.recv(1 << 16):
                    pass  # whatever it gets before its end
        assert served.memory.failed > 0
        served.memory.stop()
        answer = served.request(method, target)
        assert answer is not None
        assert answer.body == served.expected[target].body


def test_server_ends_after_it_all(place: Path) -> None:
    """SIGTERM while there is no memory at all, and then some again."""
    out = make_served(place / "stopped")
    served = start_served(out, place / "stopped server", OURS)
    served.memory.fail_nth(0, for_good=True)
    assert served.request("GET", "/healthz") is None
    served.memory.stop()
    served.server.stop()
