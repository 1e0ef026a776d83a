"""A real S3 server (versitygw) on the loopback, and a client that owes nothing to those we test."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import socket
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pyarrow.fs

from .started import Started, wait_until

PROGRAM = Path(__file__).resolve().parents[2] / ".cache" / "bin" / "versitygw"
REGION = "us-east-1"
TIMEOUT = 60  # seconds for the server to start, or to answer


@dataclass
class S3Server:
    """A running server. Buckets are made by `new_bucket`; keys may hold any character."""

    port: int
    objects: Path  # it keeps them as files here: BUCKET/KEY
    logs: Path
    region: str = REGION
    access_key: str = "verger-test"
    secret_key: str = "not-a-secret"
    _numbers: count[int] = field(default_factory=lambda: count(1), repr=False)
    _thread: threading.local = field(default_factory=threading.local, repr=False)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def new_bucket(self) -> str:
        """Makes an empty bucket and returns its name."""
        name = f"bucket-{next(self._numbers)}"
        self.request("PUT", name)
        return name

    def put(self, bucket: str, key: str, content: bytes) -> None:
        self.request("PUT", bucket, key, content)

    def put_all(self, bucket: str, objects: Mapping[str, bytes]) -> None:
        """Puts many objects, some at a time: about 1,000 small ones a second."""
        with ThreadPoolExecutor(4) as pool:
            for _ in pool.map(lambda item: self.put(bucket, *item), objects.items()):
                pass

    def put_folder(self, bucket: str, prefix: str, folder: Path) -> None:
        """Puts every file below a folder under PREFIX/its path there."""
        files = (file for file in sorted(folder.rglob("*")) if file.is_file())
        self.put_all(
            bucket, {f"{prefix}/{file.relative_to(folder)}": file.read_bytes() for file in files}
        )

    def get(self, bucket: str, key: str) -> bytes:
        return self.request("GET", bucket, key)

    def delete(self, bucket: str, key: str) -> None:
        self.request("DELETE", bucket, key)

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        """All keys of a bucket below a folder, sorted; gathered from pages of 1,000 by pyarrow."""
        start = f"{bucket}/{prefix}".rstrip("/")
        infos = self.filesystem().get_file_info(
            pyarrow.fs.FileSelector(start, recursive=True, allow_not_found=True)
        )
        files = (info.path for info in infos if info.type == pyarrow.fs.FileType.File)
        return sorted(path.removeprefix(f"{bucket}/") for path in files)

    def filesystem(self) -> pyarrow.fs.S3FileSystem:
        """The server as pyarrow sees it; paths are BUCKET/KEY."""
        return pyarrow.fs.S3FileSystem(
            access_key=self.access_key,
            secret_key=self.secret_key,
            region=self.region,
            scheme="http",
            endpoint_override=f"127.0.0.1:{self.port}",
        )

    def environment(self) -> dict[str, str]:
        """The server as programs learn it from the environment that AWS's tools share."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": self.region,
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def request(
        self,
        method: str,
        bucket: str,
        key: str = "",
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        check: tuple[int, ...] = (200, 204),
        subresource: str = "",
    ) -> bytes:
        """Sends one signed request; the answer's status must be one of `check`.

        `headers` by lower-case name; `subresource` is what follows the question mark, as 'policy'.
        Source: AWS Signature Version 4, with the payload's hash in the signature.
        """
        path = quote(f"/{bucket}/{key}" if key else f"/{bucket}", safe="/-_.~")
        query = f"{subresource}=" if subresource else ""
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        digest = hashlib.sha256(content).hexdigest()
        signed = {
            "host": f"127.0.0.1:{self.port}",
            "x-amz-content-sha256": digest,
            "x-amz-date": now,
            **(headers or {}),
        }
        signed = dict(sorted(signed.items()))
        names = ";".join(signed)
        lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
        canonical = f"{method}\n{path}\n{query}\n{lines}\n{names}\n{digest}"
        scope = f"{now[:8]}/{self.region}/s3/aws4_request"
        hashed = hashlib.sha256(canonical.encode()).hexdigest()
        secret = f"AWS4{self.secret_key}".encode()
        for word in scope.split("/"):
            secret = hmac.digest(secret, word.encode(), "sha256")
        text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashed}".encode()
        signature = hmac.digest(secret, text, "sha256").hex()
        credential = f"Credential={self.access_key}/{scope}"
        authorization = f"{credential}, SignedHeaders={names}, Signature={signature}"
        signed["authorization"] = f"AWS4-HMAC-SHA256 {authorization}"
        address = f"{path}?{query}" if query else path
        try:
            answer = self._exchange(method, address, content, signed)
        except ConnectionError:  # servers close connections that rest
            answer = self._exchange(method, address, content, signed)
        body = answer.read()
        assert answer.status in check, f"{method} {path}: {answer.status} {body.decode()}"
        return body

    def _exchange(
        self, method: str, address: str, content: bytes, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        connection = self._connection()
        connection.request(method, address, content, dict(headers))
        return connection.getresponse()

    def _connection(self) -> http.client.HTTPConnection:
        """A connection that a thread keeps for its requests."""
        if not hasattr(self._thread, "connection"):
            self._thread.connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=TIMEOUT
            )
        connection: http.client.HTTPConnection = self._thread.connection
        return connection


@contextmanager
def running_s3_server(folder: Path, region: str = REGION) -> Iterator[S3Server]:
    """Starts a server that keeps its objects below `folder`, and ends it."""
    assert PROGRAM.is_file(), f"{PROGRAM} is not there: run 'tools/setup.sh spark'"
    with reserved_port() as port:
        server = S3Server(port, folder / "objects", folder / "logs", region)
        for subfolder in (server.objects, server.logs):
            subfolder.mkdir(parents=True)
        env = {"ROOT_ACCESS_KEY": server.access_key, "ROOT_SECRET_KEY": server.secret_key}
        command: list[str | Path] = [PROGRAM, "--region", region, "--port", f"127.0.0.1:{port}"]
        command += ["--keep-alive", "--quiet", "posix", server.objects]
        with Started("versitygw", command, env=env, cwd=folder, logs=server.logs) as started:
            wait_until_it_listens(started, port, TIMEOUT)
            yield server


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port for a server that cannot be asked which one it chose itself.

    A socket that does not listen keeps it from everybody else; Linux lets a server listen there
    that sets SO_REUSEADDR, as they all do.
    """
    with socket.socket() as keeper:
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        keeper.bind(("127.0.0.1", 0))
        yield int(keeper.getsockname()[1])


def wait_until_it_listens(server: Started, port: int, timeout: float) -> None:
    """AssertionError if it ends, or does not listen in time."""

    def listens() -> bool:
        assert server.running, f"{server.name} has ended{server.tail()}"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_until(listens, timeout, f"{server.name} listens")
