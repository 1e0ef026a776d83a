"""What can go wrong between a program and S3, and rules that say for which requests it does."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from itertools import count

from .http_message import Message, Target
from .plain_names import plain


class Fault(Enum):
    """What can go wrong with one request."""

    INTERNAL_ERROR = "500 InternalError, not forwarded"
    SLOW_DOWN = "503 SlowDown, not forwarded"
    RESET_BEFORE = "the line drops, not forwarded"
    RESET_AFTER = "the line drops once the server has answered"
    TIMEOUT = "silence, not forwarded, then the end of the connection"
    SLOW = "the whole answer, slowly"
    SHORT_BODY = "the first half of the answer's body, then the end of the connection"
    ACCESS_DENIED = "403 AccessDenied, not forwarded"
    EXPIRED_TOKEN = "400 ExpiredToken, not forwarded"
    INVALID_KEY = "403 InvalidAccessKeyId, not forwarded"


# What a network or an overloaded server does now and then: a later try succeeds.
PASSING = (
    Fault.INTERNAL_ERROR,
    Fault.SLOW_DOWN,
    Fault.RESET_BEFORE,
    Fault.RESET_AFTER,
    Fault.TIMEOUT,
    Fault.SLOW,
    Fault.SHORT_BODY,
)
ERRORS = {
    Fault.INTERNAL_ERROR: (500, "InternalError", "We encountered an internal error."),
    Fault.SLOW_DOWN: (503, "SlowDown", "Please reduce your request rate."),
    Fault.ACCESS_DENIED: (403, "AccessDenied", "Access Denied"),
    Fault.EXPIRED_TOKEN: (400, "ExpiredToken", "The provided token has expired."),
    Fault.INVALID_KEY: (403, "InvalidAccessKeyId", "The key you provided is not in our records."),
}

# A rule sees every request, before chance does; it may do something meanwhile.
Rule = Callable[[Target], Fault | None]


def on(
    fault: Fault, operation: str = "", *, key: str = "", after: int = 0, times: int = 1 << 30
) -> Rule:
    """Fails `times` requests after the first `after` of those of one of S3's operations, if that
    is given, for keys whose plain names end so."""
    numbers = count()

    def rule(target: Target) -> Fault | None:
        if operation not in ("", target.operation) or not plain(target.key).endswith(key):
            return None
        return fault if after <= next(numbers) < after + times else None

    return rule


def from_then_on(fault: Fault, operation: str, after: int = 0) -> Rule:
    """Fails everything once so many requests of an operation have come: expired credentials."""
    begins = on(fault, operation, after=after)
    begun = False

    def rule(target: Target) -> Fault | None:
        nonlocal begun
        begun = begun or begins(target) is not None
        return fault if begun else None

    return rule


def error(fault: Fault, target: Target) -> Message:
    """S3's answer to what it will not do."""
    return answer_of(target, *ERRORS[fault])


def answer_of(target: Target, status: int, code: str, text: str) -> Message:
    """An answer that is an error; one to HEAD has no body. `text`: as XML."""
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code>'
    body += f"<Message>{text}</Message><RequestId>FAULT</RequestId></Error>"
    lines = (
        f"HTTP/1.1 {status} {code}",
        "Content-Type: application/xml",
        f"Content-Length: {len(body)}",
        "x-amz-request-id: FAULT",
    )
    head = "".join(f"{line}\r\n" for line in lines) + "\r\n"
    return Message(head.encode(), b"" if target.method == "HEAD" else body.encode())
