"""Work on some items at a time, its answers in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


def ahead(
    function: Callable[[_Item], _Answer],
    items: Iterable[_Item],
    count: int,
    size: Callable[[_Item], int] = lambda item: 0,
    most: int = 0,
    wait: bool = True,
) -> Iterator[_Answer]:
    """Yield the function of each item, in order, computed by `count` threads ahead of the caller.

    At most `count` answers are being computed or waiting at a time; fewer where the sizes of their
    items come to more than `most`, but always one. A caller that stops early waits for calls under
    way, unless `wait` is False.
    """
    pool = ThreadPoolExecutor(count, thread_name_prefix="verger-ahead")
    waiting: deque[tuple[int, Future[_Answer]]] = deque()
    total = 0
    try:
        for item in items:
            own = size(item)
            while waiting and (len(waiting) == count or total + own > most):
                total -= waiting[0][0]
                yield waiting.popleft()[1].result()
            waiting.append((own, pool.submit(function, item)))
            total += own
        while waiting:
            yield waiting.popleft()[1].result()
    finally:
        pool.shutdown(wait=wait, cancel_futures=True)
