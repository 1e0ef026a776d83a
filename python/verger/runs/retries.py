"""Requests over the network that are sent again; the numbers are those of the program."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

from verger._limits import limits


def attempts(tries: int = 0) -> Iterator[int]:
    """Yield 0, 1 ... for each try of a request, at most `tries` (0: limits().request_tries).

    Sleeps before each but the first: half to all of a pause that doubles up to a limit, so that
    clients that failed together do not come back together.
    """
    bounds = limits()
    for attempt in range(tries or bounds.request_tries):
        if attempt:
            longest = min(bounds.first_pause_ms << min(attempt - 1, 10), bounds.longest_pause_ms)
            time.sleep(random.uniform(longest / 2, longest) / 1000)
        yield attempt


def status_may_pass(status: int) -> bool:
    """Return whether a service of AWS may answer a request of this HTTP status (0: none) later."""
    return status in (0, 429) or status >= 500
