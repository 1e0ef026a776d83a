from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from verger.runs.ahead import ahead


def test_answers_come_in_order_and_few_are_under_way() -> None:
    submitted: list[int] = []
    most = 0

    def items() -> Iterator[int]:
        for item in range(50):
            submitted.append(item)
            yield item

    for number, answer in enumerate(ahead(lambda item: -item, items(), 4)):
        assert answer == -number
        most = max(most, len(submitted) - number)
    assert most == 5, "four, and the one that is to be sent next"


def test_large_items_are_fewer_at_a_time_but_always_one() -> None:
    lock = threading.Lock()
    in_memory, most = 0, 0

    def work(size: int) -> int:
        nonlocal in_memory, most
        with lock:
            in_memory += size
            most = max(most, in_memory)
        return size

    for answer in ahead(work, [4, 4, 4, 20, 4, 4], 8, lambda size: size, 10):
        with lock:
            in_memory -= answer
    assert in_memory == 0
    assert most == 20


def test_an_error_is_raised_and_the_rest_is_not_begun() -> None:
    begun = []

    def work(item: int) -> int:
        begun.append(item)
        if item == 1:
            raise ValueError("one")
        return item

    with pytest.raises(ValueError, match="one"):
        list(ahead(work, range(100), 2))
    assert len(begun) < 5


@pytest.mark.parametrize("wait", [True, False])
def test_what_is_under_way_is_waited_for(wait: bool) -> None:
    """Or else it might still write where its caller cleans up."""
    go_on, begun, done = threading.Event(), threading.Event(), threading.Event()

    def work(item: int) -> int:
        if item == 0:
            begun.wait(10)
            raise ValueError("zero")
        begun.set()
        go_on.wait(10 if not wait else 0.1)
        done.set()
        return item

    with pytest.raises(ValueError, match="zero"):
        list(ahead(work, range(2), 2, wait=wait))
    assert done.is_set() is wait
    go_on.set()
