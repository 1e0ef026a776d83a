"""A small server on 127.0.0.1 that lists objects as S3 does, or as its imitators do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "fruits"
SECOND = 1_764_368_326  # of every object, since 1970
TIME = "2025-11-28T22:18:46"

Order = Callable[[str], Any]


def by_bytes(key: str) -> bytes:
    """AWS's."""
    return key.encode()


def by_utf16(key: str) -> bytes:
    """Of servers in Java and JavaScript."""
    return key.encode("utf-16-be")


def by_folder(key: str) -> list[bytes]:
    """Of servers that walk folders of a disk."""
    return key.encode().split(b"/")


def backwards(key: str) -> list[int]:
    """Nobody's."""
    return [-byte for byte in key.encode()]


@dataclass
class Objects:
    """What a bucket holds, and how the server tells it."""

    keys: dict[str, bytes]
    order: Order = by_bytes
    page: int = 1000
    encodes: bool = True  # knows encoding-type=url
    fraction: Callable[[str], str | None] = lambda key: ".000"  # of LastModified; None: without
    repeats: bool = False  # the last key of a page is the first of the next
    forever: bool = False  # gives the first page whatever is asked
    queries: list[dict[str, str]] = field(default_factory=list)  # of every page

    def environment(self, port: int) -> dict[str, str]:
        """The server as programs learn it."""
        return {
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_SECRET_ACCESS_KEY": "b",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}",
            "AWS_EC2_METADATA_DISABLED": "true",
        }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer(b"")

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        _, bucket, *key = unquote(url.path).split("/", 2)
        if bucket != BUCKET:
            return self._answer(b"<Error><Code>NoSuchBucket</Code></Error>", 404)
        if key and key[0]:
            content = self.server.objects.keys.get(key[0])
            if content is None:
                return self._answer(b"<Error><Code>NoSuchKey</Code></Error>", 404)
            return self._answer(content)
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        self.server.objects.queries.append(query)
        return self._answer(self._listing(query).encode())

    def _answer(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", formatdate(SECOND, usegmt=True))
        self.send_header("ETag", '"one"')
        self.end_headers()
        self.wfile.write(body)

    def _listing(self, query: dict[str, str]) -> str:
        objects = self.server.objects
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        encodes = objects.encodes and query.get("encoding-type") == "url"
        entries: dict[str, bool] = {}  # names, and whether they are prefixes
        for key in sorted(objects.keys, key=objects.order):
            if not key.startswith(prefix):
                continue
            end = key.find(delimiter, len(prefix)) if delimiter else -1
            entries[key if end < 0 else key[: end + 1]] = end >= 0
        begin = 0 if objects.forever else int(query.get("continuation-token", "t+/=0")[4:])
        end = begin + min(objects.page, int(query.get("max-keys", "1000")))
        page = list(entries.items())[max(begin - objects.repeats, 0) : end]

        def name(text: str) -> str:
            # Some write %20 for a space, some '+'; both must be read.
            coded = quote_plus(text, "/") if len(text) % 2 else quote(text, "/")
            return coded if encodes else escape(text)

        xml = ['<?xml version="1.0" encoding="UTF-8"?>']
        xml += ['<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">']
        xml += [f"<Name>{BUCKET}</Name><KeyCount>{len(page)}</KeyCount><MaxKeys>1000</MaxKeys>"]
        xml += ["<EncodingType>url</EncodingType>"] if encodes else []
        more = end < len(entries)
        xml += [f"<IsTruncated>{str(more).lower()}</IsTruncated>"]
        xml += [f"<NextContinuationToken>t+/={end}</NextContinuationToken>"] if more else []
        for text, is_prefix in page:
            if is_prefix:
                xml += [f"<CommonPrefixes><Prefix>{name(text)}</Prefix></CommonPrefixes>"]
                continue
            fraction = objects.fraction(text)
            time = "" if fraction is None else f"<LastModified>{TIME}{fraction}Z</LastModified>"
            xml += [f"<Contents><Key>{name(text)}</Key>{time}<ETag>&quot;one&quot;</ETag>"]
            xml += [f"<Size>{len(objects.keys[text])}</Size></Contents>"]
        return "".join([*xml, "</ListBucketResult>"])


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, objects: Objects) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects = objects


@contextmanager
def serving(objects: Objects) -> Iterator[dict[str, str]]:
    """Serves the objects; gives the environment by which programs find them."""
    server = _Server(objects)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield objects.environment(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
