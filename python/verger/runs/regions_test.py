"""The region guard, against servers of our own that say where their buckets are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest

from verger._structs import Limits
from verger.errors import BadCall, RegionRefused, StorageError
from verger.runs import regions, retries
from verger.runs.conftest import serving
from verger.runs.listing import listing
from verger.runs.regions import (
    Server,
    allowed_regions,
    guard_region,
    is_aws,
    read_endpoint,
    read_host,
    s3_endpoint,
)
from verger.runs.storage import S3Settings, open_place


class Answers:
    """What a server says, one answer a request, the last again and again: status and region."""

    def __init__(self, *answers: tuple[int, str | None]) -> None:
        self.answers = list(answers)
        self.requests: list[str] = []  # "HEAD /bucket"
        self.url = ""

    def next(self) -> tuple[int, str | None]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def saying(answers: Answers) -> Iterator[Answers]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            answers.requests.append(f"{self.command} {self.path}")
            status, region = answers.next()
            self.send_response(status)
            if region is not None:
                self.send_header("x-amz-bucket-region", region)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_HEAD

        def log_message(self, *_: object) -> None:
            pass

    with serving(Handler) as answers.url:
        yield answers


@pytest.fixture
def server_that_says() -> Iterator[Callable[..., Answers]]:
    from contextlib import ExitStack

    with ExitStack() as stack:
        yield lambda *answers: stack.enter_context(saying(Answers(*answers)))


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VERGER_REGIONS", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    monkeypatch.setattr(
        retries, "limits", lambda: Limits(request_tries=4, first_pause_ms=1, longest_pause_ms=1)
    )


def test_lists_of_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    assert allowed_regions() is None
    assert allowed_regions("eu-west-3, us-gov-west-1") == ("eu-west-3", "us-gov-west-1")
    assert allowed_regions("any") == ()
    monkeypatch.setenv("VERGER_REGIONS", "eu-west-1")
    assert allowed_regions() == ("eu-west-1",)
    assert allowed_regions("eu-west-3") == ("eu-west-3",), "an option wins"
    with pytest.raises(BadCall, match="give AWS regions such as"):
        allowed_regions("Paris!")


def test_hosts_and_endpoints_are_the_library_s() -> None:
    assert read_host("https://S3.eu-west-3.amazonaws.com./a") == (
        "s3.eu-west-3.amazonaws.com",
        True,
        "eu-west-3",
    )
    assert read_endpoint("HTTP://Minio:80/") == "http://minio"
    assert s3_endpoint("eusc-de-east-1") == "https://s3.eusc-de-east-1.amazonaws.eu"
    assert is_aws(None)
    assert not is_aws("http://minio:9000")
    with pytest.raises(BadCall, match="not the URL of an endpoint"):
        is_aws("http://minio.example\\@s3.us-east-1.amazonaws.com")


@pytest.mark.parametrize("status", [200, 301, 400, 403, 404])
def test_a_bucket_is_let_pass_by_its_region(
    status: int, server_that_says: Callable[..., Answers]
) -> None:
    there = server_that_says((status, "eu-west-3"))
    server = Server(there.url, None, True)
    assert guard_region("fruits", server, ("eu-west-1", "eu-west-3")) == "eu-west-3"
    assert there.requests == ["HEAD /fruits"], "nothing but the bucket's name is sent"
    assert guard_region("fruits", Server(there.url, None, False), ("eu-west-3",)) == "eu-west-3"
    assert there.requests[1:] == ["HEAD /fruits"], "below a number there is no host of that name"
    with pytest.raises(RegionRefused, match="s3://fruits: refused") as refused:
        guard_region("fruits", server, ("eu-west-1", "eu-central-1"))
    assert refused.value.exit == 7


def test_servers_of_others_are_free_unless_a_list_was_given(
    server_that_says: Callable[..., Answers],
) -> None:
    there = server_that_says((200, "mars-1"))
    assert guard_region("fruits", Server(there.url, None, True), None) == "us-east-1"
    assert guard_region("fruits", Server(there.url, "here", True), ()) == "here"
    assert there.requests == []


def test_aws_is_bound_to_paris_and_asked_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS itself is out of reach here: which address would be asked, and what follows."""
    endpoints = []

    def head(bucket: str, endpoint: str, path_style: bool) -> tuple[int, str]:
        endpoints.append(endpoint)
        return 403, "us-east-1"

    monkeypatch.setattr(regions, "_head", head)
    for region in (None, "us-east-1"):  # whatever is set, the bucket tells
        with pytest.raises(RegionRefused, match="lies in us-east-1, allowed is eu-west-3"):
            guard_region("fruits", Server(None, region, False), None)
    with pytest.raises(RegionRefused):
        guard_region("fruits", Server(None, None, False), ("eusc-de-east-1",))
    assert guard_region("fruits", Server(None, None, False), ()) == "us-east-1"
    assert guard_region("fruits", Server(None, "us-east-1", False), ()) == "us-east-1"
    paris = "https://s3.eu-west-3.amazonaws.com"
    assert endpoints == [paris, paris, "https://s3.eusc-de-east-1.amazonaws.eu", paris]


def test_a_failure_that_passes_is_tried_again(server_that_says: Callable[..., Answers]) -> None:
    there = server_that_says((503, None), (500, None), (200, "eu-west-3"))
    assert guard_region("fruits", Server(there.url, None, True), ("eu-west-3",)) == "eu-west-3"
    assert len(there.requests) == 3


def test_no_answer_and_no_bucket_are_said(server_that_says: Callable[..., Answers]) -> None:
    for status, message in (
        (503, "HTTP 503; run again later"),
        (404, r"NoSuchBucket \(HTTP 404\); .*create it"),
    ):
        there = server_that_says((status, None))
        with pytest.raises(StorageError, match=f"cannot find 's3://fruits': {message}"):
            guard_region("fruits", Server(there.url, None, True), ("eu-west-3",))
    with pytest.raises(StorageError, match="ConnectionRefusedError.*check the endpoint"):
        guard_region("fruits", Server("http://127.0.0.1:1", None, True), ("eu-west-3",))


def test_nothing_is_listed_or_read_in_a_refused_region(
    server_that_says: Callable[..., Answers],
) -> None:
    there = server_that_says((200, "us-east-1"))
    place = open_place("s3://fruits/photos", S3Settings(there.url, regions=("eu-west-3",)))
    for use in (
        place.check_region,
        lambda: list(listing(place)),
        lambda: place.read("a.jpg"),
        lambda: place.publish("a.jpg", b""),
        lambda: place.lock("lock"),
    ):
        with pytest.raises(RegionRefused, match="s3://fruits: refused"):
            use()
    assert set(there.requests) == {"HEAD /fruits"}


def test_the_environment_of_the_driver_counts_where_nothing_else_is_said(
    server_that_says: Callable[..., Answers], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = server_that_says((200, "us-east-1"))
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", there.url)
    open_place("s3://fruits/a").check_region()
    monkeypatch.setenv("VERGER_REGIONS", "eu-west-3")
    with pytest.raises(RegionRefused):
        open_place("s3://others/a").check_region()
    open_place("s3://others/a", S3Settings(regions=("us-east-1",))).check_region()
