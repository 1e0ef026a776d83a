"""A server whose allocations fail: it refuses a request or closes its connection, and goes on."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass
from pathlib import Path

from program import verger
from running import HOST, Answer, Server, ask, wait_until
from small_photos import jpeg, plant, tiny_network

from .memory import TIMEOUT, FailingMemory

RESERVE = 1 << 20  # bytes, fewer than the server's (cli/base/reserve.cc)
SETTLE = 0.003  # seconds for what a server does after its answer
REQUESTS = (
    ("POST", "/v1/classify"),
    ("POST", "/v1/features"),
    ("POST", "/v1/similar"),
    ("GET", "/nothing"),
    ("GET", "/openapi.json"),
)


def make_served(folder: Path) -> Path:
    """An output of 40 photos by a tiny network, with a classifier."""
    folder.mkdir()
    out = folder / "out"
    network = tiny_network(folder / "tiny.onnx")
    plain = ("--model", network, "--preset", "torchvision", "--threads", "1", "--no-report")
    verger("run", plant(folder / "photos", 40), out, *plain)
    verger("train", out)
    return out


def options_for(out: Path) -> tuple[str, ...]:
    """Of a server that has one thread for photos and finds its network."""
    return ("--model", str(out.parent / "tiny.onnx"), "--threads", "1")


@dataclass
class Served:
    """A server under control, and what it answers when nothing disturbs it."""

    out: Path
    log: Path
    memory: FailingMemory
    server: Server
    expected: dict[str, Answer]

    def start_again(self) -> None:
        """In place of one that has ended."""
        self.server.kill()
        self.server = Server(
            self.out, self.log, *options_for(self.out), environment=self.memory.environment()
        )

    def request(self, method: str, target: str, timeout: float = TIMEOUT) -> Answer | None:
        """One request on its own connection; None if the server closes it without an answer."""
        body = jpeg(7) if method == "POST" else None
        connection = http.client.HTTPConnection(HOST, self.server.port, timeout=timeout)
        try:
            return ask(connection, method, target, body)
        except TimeoutError as error:
            raise AssertionError(f"{target} gets neither an answer nor an end") from error
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def disturb(self, method: str, target: str, passing: int, *, for_good: bool) -> str | None:
        """Sends a request, of whose allocations one fails, and then one with all memory there.

        for_good: whether all later ones fail as well, but for the server's reserve; one request
                  more then comes while there is no memory.
        Returns what became of the request, None if no allocation failed.
        """
        self.memory.fail_nth(passing, for_good=for_good, spare=RESERVE)
        outcome = self._outcome(method, target)
        if for_good and self.memory.failed > 0:
            self._outcome(method, target)
        time.sleep(SETTLE)
        failed = self.memory.failed
        self.memory.stop()
        self._assert_alive()
        assert outcome == "answered" or failed > 0
        again = self._outcome(method, target)
        self._assert_alive()
        assert again == "answered", f"{outcome}, then {again}; {self.memory.last_site()}"
        return outcome if failed > 0 else None

    def _outcome(self, method: str, target: str) -> str:
        """What becomes of a request: the right answer, a refusal for want of memory, or an end."""
        answer = self.request(method, target)
        if answer is None:
            return "closed"
        if answer.status == self.expected[target].status:
            assert answer.body == self.expected[target].body
            return "answered"
        assert answer.status == 503, answer
        assert "memory" in answer.problem(), answer
        return "503"

    def _assert_alive(self) -> None:
        code = self.server.process.poll()
        end = f"exit {code} at {self.memory.last_site()}" if code is not None else ""
        assert code is None, f"{end}: {self.server.log.read_text()[-200:]}"

    def assert_idle(self) -> None:
        """Nothing that it counted for the requests is left."""
        wait_until(lambda: self.server.metric("verger_body_bytes") == 0)
        wait_until(lambda: self.server.metric("verger_queue_photos") == 0)
        wait_until(lambda: self.server.metric("verger_connections") == 1)  # the one that asks


def start_served(out: Path, folder: Path, owners: str) -> Served:
    folder.mkdir()
    memory = FailingMemory(folder / "memory", owners)
    log = folder / "log"
    server = Server(out, log, *options_for(out), environment=memory.environment())
    served = Served(out, log, memory, server, {})
    for method, target in REQUESTS:
        answer = served.request(method, target)
        assert answer is not None
        served.expected[target] = answer
    return served
