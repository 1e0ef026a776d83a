"""What S3 servers other than AWS's do differently, as changes of what goes through the proxy.

Each was seen of the servers that it names; docs/reliability.md has the table.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

from .faults import answer_of
from .http_message import Message, Target
from .server import S3Server


@dataclass(frozen=True)
class Dialect:
    """`refuse` gives the answer to a request that the server behind it does not get, or None;
    `answer` changes what that says."""

    refuse: Callable[[Message, Target], Message | None] = lambda message, target: None
    answer: Callable[[Message, Target], Message] = lambda message, target: message


def without(message: Message, *names: str) -> Message:
    """A message without some headers."""
    lines = message.head.split(b"\r\n")
    removed_names = {name.lower().encode() for name in names}
    remaining = [line for line in lines if line.split(b":")[0].lower() not in removed_names]
    return Message(b"\r\n".join(remaining), message.body)


def with_header(message: Message, name: str, value: str) -> Message:
    """A message with one header more."""
    bare = without(message, name)
    return Message(bare.head[:-2] + f"{name}: {value}\r\n\r\n".encode(), bare.body)


def with_body(message: Message, body: bytes) -> Message:
    """A message with another body, whose length is in the headers."""
    bare = without(message, "transfer-encoding")
    return with_header(Message(bare.head, body), "Content-Length", str(len(body)))


def in_listings(change: Callable[[bytes], bytes]) -> Callable[[Message, Target], Message]:
    """The change of every listing's text."""

    def changed(message: Message, target: Target) -> Message:
        if target.operation != "ListObjects":
            return message
        return with_body(message, change(message.plain_body))

    return changed


def listed_time(time: str) -> Callable[[Message, Target], Message]:
    """Every time of a listing, as re.sub has it; \\1 is the time to the second."""
    pattern = rb"<LastModified>([^<]*?)(\.\d+)?Z</LastModified>"
    element = f"<LastModified>{time}</LastModified>" if time else ""
    return in_listings(lambda text: re.sub(pattern, element.encode(), text))


def _later(message: Message, target: Target) -> Message:
    """The object's own answer is a second later than the listing."""
    time = message.headers.get("last-modified")
    if time is None or target.operation not in ("GetObject", "HeadObject"):
        return message
    later = parsedate_to_datetime(time) + timedelta(seconds=1)
    return with_header(message, "Last-Modified", format_datetime(later, usegmt=True))


def _quoted_if_match(message: Message, target: Target) -> Message | None:
    condition = message.headers.get("if-match", "")
    if target.operation == "PutObject" and condition.startswith('"'):
        return answer_of(target, 412, "PreconditionFailed", "At least one did not hold")
    return None


def refusing(
    header: str, status: int, code: str, text: str
) -> Callable[[Message, Target], Message | None]:
    """Refuses puts with a header."""

    def refuse(message: Message, target: Target) -> Message | None:
        if target.method in ("PUT", "POST") and header in message.headers:
            return answer_of(target, status, code, text)
        return None

    return refuse


def _no_range_of_nothing(message: Message, target: Target) -> Message | None:
    empty = target.key.endswith(("_SUCCESS", "empty.jpg"))
    if target.operation == "GetObject" and empty and "range" in message.headers:
        return answer_of(target, 500, "InternalError", "We encountered an internal error.")
    return None


def saying_that_it_encrypts() -> Dialect:
    """As AWS's servers do, that encrypt; versitygw ignores what is asked."""
    name, encryption = "x-amz-server-side-encryption", dict[tuple[str, str], str]()

    def note(message: Message, target: Target) -> None:
        if name in message.headers:
            encryption[target.operation, target.key] = message.headers[name]

    def report(message: Message, target: Target) -> Message:
        value = encryption.get((target.operation, target.key))
        return with_header(message, name, value) if value else message

    return Dialect(refuse=note, answer=report)


def ignoring_conditions(
    server: S3Server, seconds: float = 1e9
) -> Callable[[Message, Target], Message | None]:
    """Puts over what is there for so long after the first put with If-None-Match of a key: s3rver
    for ever; S3Mock and s3s-fs while several come at the same moment."""
    first: dict[str, float] = {}

    def refuse(message: Message, target: Target) -> Message | None:
        if target.operation == "PutObject" and "if-none-match" in message.headers:
            now = time.monotonic()
            if now - first.setdefault(target.key, now) < seconds:
                server.delete(target.bucket, target.key)
        return None

    return refuse


def _no_region(message: Message, target: Target) -> Message:
    return without(message, "x-amz-bucket-region")


DIALECTS = {
    # Ceph RGW 16.
    "If-Match without quotes": Dialect(refuse=_quoted_if_match),
    # Backblaze B2 and others (ceph/s3-tests#218).
    "no conditional writes": Dialect(
        refuse=lambda message, target: (
            refusing("if-none-match", 501, "NotImplemented", "A header &quot;x&quot;")(
                message, target
            )
            or refusing("if-match", 501, "NotImplemented", "A header")(message, target)
        )
    ),
    # gofakes3; pycontribs/pyrax#337 and aws/aws-sdk-js#3717 are of others.
    "later in answers": Dialect(answer=_later),
    # rclone serve s3, gofakes3.
    "one digit behind the point": Dialect(answer=listed_time(r"\1.5Z")),
    "two digits behind the point": Dialect(answer=listed_time(r"\1.25Z")),
    "no times in listings": Dialect(answer=listed_time("")),
    "no times in answers": Dialect(
        answer=lambda message, target: without(message, "last-modified")
    ),
    # Eight of eleven servers.
    "no region": Dialect(answer=_no_region),
    # MinIO without a KMS; Ceph RGW 16; SeaweedFS.
    "encryption refused, 501": Dialect(
        refuse=refusing("x-amz-server-side-encryption", 501, "NotImplemented", "No KMS")
    ),
    "encryption refused, 400": Dialect(
        refuse=refusing("x-amz-server-side-encryption", 400, "InvalidRequest", "No SSE")
    ),
    "encryption refused, 500": Dialect(
        refuse=refusing("x-amz-server-side-encryption", 500, "InternalError", "No SSE")
    ),
    # s3rver 3.7.1.
    "no ranges of nothing": Dialect(refuse=_no_range_of_nothing),
}
