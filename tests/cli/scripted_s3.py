"""A bucket of a few objects whose server fails as a test says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

MODIFIED = 1_700_000_000
BUCKET = "fruits"


@dataclass(frozen=True)
class Refusal:
    """An answer that is an error; status 0: the line is dropped."""

    status: int
    code: str = ""
    message: str = "no &amp; none"

    @property
    def body(self) -> bytes:
        if not self.code:
            return b""
        error = f"<Code>{self.code}</Code><Message>{self.message}</Message><Key>NoSuchBucket</Key>"
        return f"<?xml version='1.0'?><Error>{error}</Error>".encode()


@dataclass
class ScriptedS3:
    """Objects by their keys, and refusals by key; "" is the listing."""

    objects: dict[str, bytes]
    refusals: dict[str, Refusal] = field(default_factory=dict)
    url: str = ""

    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL_S3": self.url,
            "AWS_ACCESS_KEY_ID": "verger-test",
            "AWS_SECRET_ACCESS_KEY": "not-a-secret",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def listing(self, prefix: str, delimiter: str) -> bytes:
        entries, folders = "", set()
        for key in sorted(self.objects):
            rest = key[len(prefix) :]
            if not key.startswith(prefix):
                continue
            if delimiter and delimiter in rest:
                folders.add(prefix + rest.split(delimiter)[0] + delimiter)
            else:
                entries += (
                    f"<Contents><Key>{escape(key)}</Key><Size>{len(self.objects[key])}</Size>"
                    "<LastModified>2023-11-14T22:13:20.000Z</LastModified></Contents>"
                )
        for folder in sorted(folders):
            entries += f"<CommonPrefixes><Prefix>{escape(folder)}</Prefix></CommonPrefixes>"
        ends = "<IsTruncated>false</IsTruncated>"
        return f"<ListBucketResult>{ends}{entries}</ListBucketResult>".encode()


class ObjectHandler(BaseHTTPRequestHandler):
    """Answers as S3 does."""

    protocol_version = "HTTP/1.1"

    def reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/xml")
        self.send_header("Last-Modified", formatdate(MODIFIED, usegmt=True))
        self.send_header("ETag", '"1"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def listening(handler: type[ObjectHandler]) -> Iterator[str]:
    """The URL of a server on the loopback that answers by `handler`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def serving(script: ScriptedS3) -> Iterator[ScriptedS3]:
    """Starts the server, and ends it."""

    class Handler(ObjectHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            key = unquote(url.path).removeprefix(f"/{BUCKET}").removeprefix("/")
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            body = script.objects.get(key, b"")
            if "list-type" in query:
                body = script.listing(query.get("prefix", ""), query.get("delimiter", ""))
            refusal = script.refusals.get(key)
            if refusal is None and key and key not in script.objects:
                refusal = Refusal(404, "NoSuchKey")
            if refusal is None:
                self.reply(200, body)
            elif refusal.status:
                self.reply(refusal.status, refusal.body)
            else:
                self.close_connection = True

        do_HEAD = do_GET

    with listening(Handler) as script.url:
        yield script
