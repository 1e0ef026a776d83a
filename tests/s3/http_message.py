"""HTTP/1.1 messages as they are on the wire, whole: what the proxy hands on and cuts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

HEAD_LIMIT = 1 << 20  # bytes of a head, or of a line of a chunked body
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(frozen=True)
class Message:
    """A request or an answer. `head` ends with the empty line; `body` is framed as it was sent."""

    head: bytes
    body: bytes = b""

    @property
    def first_line(self) -> list[str]:
        return self.head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)

    @property
    def headers(self) -> dict[str, str]:
        """By lower-case name; of repeated headers, which S3 has none of, the last."""
        lines = self.head.decode("latin-1").split("\r\n")[1:-2]
        pairs = (line.partition(":") for line in lines)
        return {name.strip().lower(): value.strip() for name, _, value in pairs}

    @property
    def plain_body(self) -> bytes:
        """Without the sizes of its chunks, if it has any."""
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.body
        plain, rest = b"", self.body
        while rest:
            line, _, rest = rest.partition(b"\r\n")
            size = int(line.split(b";")[0], 16)
            if size == 0:
                break
            plain, rest = plain + rest[:size], rest[size + 2 :]
        return plain

    @property
    def closes(self) -> bool:
        """Whether the connection ends after it: it says so, or its body has no other end."""
        headers = self.headers
        framed = "content-length" in headers or "transfer-encoding" in headers
        return headers.get("connection", "").lower() == "close" or (bool(self.body) and not framed)


@dataclass(frozen=True)
class Target:
    """What a request asks for, in S3's terms; the bucket is the first name of the path."""

    method: str
    bucket: str
    key: str
    query: dict[str, str]

    @classmethod
    def of(cls, request: Message) -> Target:
        method, address, _ = request.first_line
        path, _, query = address.partition("?")
        bucket, _, key = unquote(path).removeprefix("/").partition("/")
        values = parse_qs(query, keep_blank_values=True)
        return cls(method, bucket, key, {name: value[0] for name, value in values.items()})

    @property
    def operation(self) -> str:
        """S3's name of it, of those that programs like ours ask for; else the method."""
        if not self.key:
            if self.method == "GET":
                return "GetBucketLocation" if "location" in self.query else "ListObjects"
            return "DeleteObjects" if "delete" in self.query else f"{self.method.title()}Bucket"
        if "uploads" in self.query:
            return "CreateMultipartUpload"
        if "uploadId" in self.query:
            uploads = {
                "PUT": "UploadPart",
                "POST": "CompleteMultipartUpload",
                "DELETE": "AbortMultipartUpload",
            }
            return uploads.get(self.method, self.method)
        return f"{self.method.title()}Object"


async def read_request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Message | None:
    """The next request, or nothing if the client has closed the connection between two.

    Sends '100 Continue' to a client that waits for it before it sends a body.
    """
    head = await _read_head(reader)
    if not head:
        return None
    message = Message(head)
    if message.headers.get("expect", "").lower() == "100-continue":
        writer.write(CONTINUE)
    return Message(head, await _read_body(reader, message.headers, to_the_end=False))


async def read_answer(reader: asyncio.StreamReader, method: str) -> Message:
    """The answer to a request of that method. Errors: IncompleteReadError if it is cut."""
    head = b""
    while not head or head.startswith(b"HTTP/1.1 1"):
        head = await _read_head(reader)
        if not head:
            raise asyncio.IncompleteReadError(b"", None)
    message = Message(head)
    if method == "HEAD" or message.first_line[1] in ("204", "304"):
        return message
    return Message(head, await _read_body(reader, message.headers, to_the_end=True))


async def _read_head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as cut:
        if cut.partial:
            raise
        return b""


async def _read_body(
    reader: asyncio.StreamReader, headers: dict[str, str], to_the_end: bool
) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await _read_chunks(reader)
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    return await reader.read() if to_the_end else b""


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    """A chunked body with its sizes and trailers."""
    body = bytearray()
    while True:
        line = await reader.readuntil(b"\r\n")
        body += line
        size = int(line.split(b";")[0], 16)
        if size == 0:
            break
        body += await reader.readexactly(size + 2)
    while line != b"\r\n":
        line = await reader.readuntil(b"\r\n")
        body += line
    return bytes(body)
