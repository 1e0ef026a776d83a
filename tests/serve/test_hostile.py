"""Thousands of broken requests: no crash, no status above 500 but 503, memory as before.

`bench/serve/run.py --only hostile` sends tens of thousands.
"""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from hostile import KINDS, hostile_request
from running import Server, Start, status_of

COUNT = 3300
STATUSES = {200, 400, 404, 405, 408, 411, 413, 415, 422, 503}


def send_all(server: Server, seeds: range, photo: bytes) -> Counter[tuple[str, int]]:
    """How often each kind of request got each status; 0: closed without an answer."""

    def send(seed: int) -> tuple[str, int]:
        answer = server.send(hostile_request(seed, photo))
        for status in re.findall(rb"^HTTP/1\.1 (\d{3}) ", answer, re.MULTILINE):
            assert int(status) in STATUSES, (seed, status)
        return KINDS[seed % len(KINDS)].__name__, status_of(answer)

    with ThreadPoolExecutor(8) as pool:
        return Counter(pool.map(send, seeds))


def test_broken_requests(start: Start, trained: str, photo: bytes) -> None:
    server = start(trained, "--header-timeout", "30", "--body-timeout", "30")
    expected = server.classify(photo).body
    send_all(server, range(330), photo)
    before = server.resident_bytes()
    counts = send_all(server, range(330, COUNT), photo)
    assert server.process.poll() is None
    assert server.resident_bytes() < before + (64 << 20)
    assert server.metric("verger_body_bytes") == 0
    assert server.metric("verger_queue_photos") == 0
    assert server.classify(photo).body == expected
    # Each kind was refused as it should be.
    assert counts["smuggled", 400] + counts["smuggled", 411] == COUNT // 11 - 30
    assert counts["cut_photo", 422] > 200
    assert counts["bomb", 413] + counts["bomb", 422] + counts["bomb", 200] == COUNT // 11 - 30
    assert counts["cut_request", 200] == 0
    server.stop()
