"""One server that plays S3, STS, the portal of IAM Identity Center and a forward proxy.

It looks at no signature: who signed a request stands in its Authorization.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from scripted_s3 import BUCKET, ObjectHandler, listening


@dataclass(frozen=True)
class ReceivedRequest:
    """A request: the host that it was for if it came as to a proxy, and whose key signed it."""

    method: str
    path: str
    proxied: str
    key: str
    body: str
    headers: dict[str, str]


@dataclass
class FakeAws:
    """Objects by their keys, refusals of GETs by key: status, code, message."""

    objects: dict[str, bytes]
    refusals: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    sts: list[str] = field(default_factory=list)  # the access keys that it hands out, in turn
    sts_refuses: bool = False
    lifetime: str = "2099-01-01T00:00:00Z"
    url: str = ""
    requests: list[ReceivedRequest] = field(default_factory=list)

    def keys(self) -> set[str]:
        """Whose keys signed the requests to S3."""
        return {request.key for request in self.requests if request.path.startswith(f"/{BUCKET}")}


@contextmanager
def serving(fake: FakeAws) -> Iterator[FakeAws]:
    """Starts the server, and ends it."""

    class Handler(ObjectHandler):
        def note(self) -> ReceivedRequest:
            url = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            signed = re.search(r"Credential=([^/]*)/", headers.get("authorization", ""))
            body = self.rfile.read(int(headers.get("content-length", 0))).decode("utf-8", "replace")
            path = url.path + (f"?{url.query}" if url.query else "")
            key = signed[1] if signed else ""
            fake.requests.append(
                ReceivedRequest(self.command, path, url.netloc, key, body, headers)
            )
            return fake.requests[-1]

        def do_POST(self) -> None:
            action = parse_qs(self.note().body)["Action"][0]
            if fake.sts_refuses:
                error = "<Code>AccessDenied</Code><Message>not for you</Message>"
                self.reply(403, f"<ErrorResponse><Error>{error}</Error></ErrorResponse>".encode())
                return
            keys = (
                f"<AccessKeyId>{fake.sts.pop(0)}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
                f"<SessionToken>t</SessionToken><Expiration>{fake.lifetime}</Expiration>"
            )
            self.reply(200, f"<{action}><Credentials>{keys}</Credentials></{action}>".encode())

        def do_CONNECT(self) -> None:
            self.note()
            self.reply(403, b"")

        def do_GET(self) -> None:
            request = self.note()
            url = urlsplit(request.path)
            if url.path == "/federation/credentials":
                self.reply(
                    200,
                    b'{"roleCredentials": {"accessKeyId": "of-sso", "secretAccessKey": "s",'
                    b' "sessionToken": "t", "expiration": 4070908800000}}',
                )
                return
            key = unquote(url.path).removeprefix(f"/{BUCKET}").removeprefix("/")
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            refusal = fake.refusals.get(key)
            if "list-type" in query:
                self.reply(200, listing(fake.objects, query))
            elif key and key not in fake.objects:
                self.reply(404, b"<Error><Code>NoSuchKey</Code></Error>")
            elif refusal is not None and self.command == "GET":
                status, code, message = refusal
                error = f"<Code>{code}</Code><Message>{message}</Message>"
                self.reply(status, f"<?xml version='1.0'?><Error>{error}</Error>".encode())
            else:
                self.reply(200, fake.objects.get(key, b""))

        do_HEAD = do_GET

    with listening(Handler) as fake.url:
        yield fake


def listing(objects: dict[str, bytes], query: dict[str, str]) -> bytes:
    """ListObjectsV2 of all objects below a prefix."""
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
    entries, folders = "", set()
    for key in sorted(key for key in objects if key.startswith(prefix)):
        rest = key[len(prefix) :]
        if delimiter and delimiter in rest:
            folders.add(prefix + rest.split(delimiter)[0] + delimiter)
        else:
            entries += (
                f"<Contents><Key>{escape(key)}</Key><Size>{len(objects[key])}</Size>"
                "<LastModified>2023-11-14T22:13:20.000Z</LastModified></Contents>"
            )
    for folder in sorted(folders):
        entries += f"<CommonPrefixes><Prefix>{escape(folder)}</Prefix></CommonPrefixes>"
    ends = "<IsTruncated>false</IsTruncated>"
    return f"<ListBucketResult>{ends}{entries}</ListBucketResult>".encode()
