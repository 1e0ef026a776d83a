"""Errors of a bucket, as Arrow tells them of a server that answers by script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

import pytest
from pyarrow import fs

from verger._structs import Limits
from verger.errors import StorageError
from verger.runs import s3, s3_client
from verger.runs.conftest import serving
from verger.runs.photo import Photo
from verger.runs.place import Missing
from verger.runs.read import read_photo
from verger.runs.storage import Place, S3Settings, open_place

# Names that say what happened to nobody.
NAMES = [
    "Forbidden Fruit/a.jpg",
    "expired.jpg",
    "AWS Error ACCESS_DENIED during/x.jpg",
    "k' in bucket 'fruits': AWS Error ACCESS_DENIED during HeadObject operation: No response body.",
    "HTTP status 403.jpg",
]


@dataclass
class Script:
    """What a server answers, to a look at an object and to all else."""

    head: int = 404
    status: int = 404
    code: str = "NoSuchKey"
    message: str = "no &amp; none"
    url: str = ""
    requests: list[str] = field(default_factory=list)
    signed: bool = False


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            script.requests.append(f"{self.command} {self.path}")
            script.signed |= "Authorization" in self.headers
            self.rfile.read(int(self.headers.get("content-length", 0)))
            head = self.command == "HEAD"
            status = script.head if head else script.status
            if status == 0:  # no answer
                self.close_connection = True
                return
            document = (
                f"<Error><Code>{script.code}</Code><Message>{script.message}</Message></Error>"
            )
            body = b"" if head or not script.code else document.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", "application/xml")
            self.end_headers()
            self.wfile.write(body)

        do_HEAD = do_GET = do_PUT = do_POST = do_DELETE = answer

        def log_message(self, *_: object) -> None:
            pass

    monkeypatch.setattr(s3_client, "limits", lambda: Limits(request_tries=1))
    with serving(Handler) as script.url:
        yield script


def place_of(script: Script) -> Place:
    return open_place("s3://fruits", S3Settings(script.url, "here", "key", "not-a-secret"))


def photo(name: str) -> Photo:
    return Photo(name, "label", 1, 1)


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_an_object_is_an_error(name: str, script: Script) -> None:
    place = place_of(script)
    script.head = script.status = 0
    with pytest.raises(StorageError, match="NETWORK_CONNECTION.*; check the endpoint") as failed:
        read_photo(place, photo(name))
    assert type(failed.value) is StorageError, "the photo is not to blame"
    script.head, script.status, script.code = 403, 403, "AccessDenied"
    outcome = read_photo(place, photo(name))
    reason = (
        "AccessDenied (HTTP 403): no & none; give these credentials the right to it, or use others"
    )
    assert outcome == (None, f"cannot be read: {reason}", True)
    script.head = 404
    assert read_photo(place, photo(name)).error.startswith("vanished")
    script.head, script.status, script.code = 503, 503, ""
    with pytest.raises(StorageError, match=r"HTTP 503; run again later"):
        read_photo(place, photo(name))


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidAccessKeyId", "SignatureDoesNotMatch"])
def test_credentials_that_are_no_good_end_a_run(code: str, script: Script) -> None:
    """Arrow's look at the object is answered by 403 alone, as if it were not permitted."""
    script.head, script.status, script.code = 403, 403, code
    with pytest.raises(StorageError, match="renew|check AWS_") as failed:
        read_photo(place_of(script), photo("a.jpg"))
    assert type(failed.value) is StorageError
    assert [line.split(" ")[0] for line in script.requests] == ["HEAD", "GET"], "a look, and a read"


@pytest.mark.parametrize(
    ("status", "code", "kind", "line"),
    [
        (
            403,
            "AccessDenied",
            StorageError,
            "ACCESS_DENIED: no & none; give these credentials the right",
        ),
        (404, "NoSuchBucket", StorageError, "NO_SUCH_BUCKET: no & none; .*create it"),
        (404, "NoSuchKey", Missing, "NO_SUCH_KEY: no & none; check the name"),
        (301, "", StorageError, "HTTP 301; set AWS_REGION"),
        (
            400,
            "AuthorizationHeaderMalformed",
            StorageError,
            r"Auth.* \(HTTP 400\): .*; set AWS_REGION",
        ),
        (501, "NotImplemented", StorageError, r"Not.* \(HTTP 501\): .*; the server does not"),
        (503, "SlowDown", StorageError, "SLOW_DOWN: no & none; run again later"),
        (0, "", StorageError, "NETWORK_CONNECTION: .*; check the endpoint"),
    ],
)
def test_what_arrow_says_is_understood(
    status: int, code: str, kind: type[StorageError], line: str, script: Script
) -> None:
    script.status, script.code = status, code
    place = place_of(script)
    with pytest.raises(StorageError, match=f"cannot write 's3://fruits/expired': {line}") as failed:
        place.publish("expired", b"1")
    assert type(failed.value) is kind
    if code != "NoSuchBucket":  # where there is no bucket, Arrow lists nothing
        with pytest.raises(kind, match=f"cannot list 's3://fruits/expired': {line}"):
            place.list("expired")


@pytest.mark.parametrize("data", [b"", b"1"])
def test_what_is_small_goes_by_one_put(data: bytes, script: Script) -> None:
    """Servers such as gofakes3 take no empty piece of an upload."""
    script.status, script.code = 200, ""
    place_of(script).publish("_SUCCESS", data)
    assert script.requests == ["PUT /fruits/_SUCCESS"]


def test_other_errors_of_arrow_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> fs.S3FileSystem:
        raise OSError("Forbidden")

    monkeypatch.setattr(s3, "open_client", fail)
    place = open_place("s3://fruits/a", S3Settings("http://127.0.0.1:1", "here", "key", "secret"))
    with pytest.raises(StorageError, match="'s3://fruits/a/b': Forbidden; run again") as failed:
        place.read("b")
    assert type(failed.value) is StorageError


@pytest.mark.parametrize("unsigned", [False, True])
def test_requests_to_public_buckets_may_go_unsigned(
    script: Script, monkeypatch: pytest.MonkeyPatch, unsigned: bool
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    place = open_place("s3://fruits", S3Settings(script.url, "here", unsigned=unsigned))
    with pytest.raises(Missing):
        place.read("a.jpg")
    assert script.signed is not unsigned


@pytest.mark.parametrize(
    ("endpoint", "path_style", "host", "virtual"),
    [
        (None, None, None, False),
        (None, False, None, False),
        (None, True, "s3.eu-west-3.amazonaws.com", False),
        ("http://minio:9000", None, "minio:9000", False),
        ("http://minio:9000", False, "minio:9000", True),
    ],
)
def test_the_bucket_stands_in_the_path_or_in_the_host(
    monkeypatch: pytest.MonkeyPatch,
    endpoint: str | None,
    path_style: bool | None,
    host: str | None,
    virtual: bool,
) -> None:
    options: dict[str, object] = {}
    monkeypatch.setattr(fs, "S3FileSystem", lambda **values: options.update(values))
    monkeypatch.setattr(s3_client, "guard_region", lambda *_: "eu-west-3")
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    s3_client.open_client(
        S3Settings(endpoint, "here", "key", "secret", path_style=path_style), "fruits", 1
    )
    assert options.get("endpoint_override") == host
    assert options.get("force_virtual_addressing", False) is virtual
