"""A request that must not be sent twice: boto3 would, where its answer was lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from verger.cloud.aws import Aws, Throttled, aws_errors

_TRIES = 6
_PAUSE = 2.0  # seconds before the second try; doubles


def send_once(
    aws: Aws, service: str, doing: str, send: Callable[[Any], str], pause: Callable[[float], None]
) -> str:
    """What `send` gives, called with a client of `service` that tries once.

    Again only where AWS asked to be called less often: then nothing was done. Errors: Unanswered
    where it may have been done; any other VergerError where it was not.
    """
    client = aws.client(service, tries=1)
    for attempt in range(_TRIES):
        try:
            with aws_errors(doing):
                return send(client)
        except Throttled:
            if attempt == _TRIES - 1:
                raise
            pause(_PAUSE * 2**attempt)
    raise AssertionError("not reached")
