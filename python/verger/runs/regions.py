"""Where buckets may lie: the region of each is asked for before anything is listed or read.

The rules are the library's; here the request is sent.
"""

from __future__ import annotations

import ipaddress
import os
import time
from collections.abc import Sequence
from ctypes import byref, c_int32
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from verger._library import borrowed, call, give_back, take_text
from verger._structs import Bucket, Bytes
from verger.errors import StorageError
from verger.runs.s3_errors import Kind, explain, kind_of
from verger.runs.web import NoAnswer, request

_TIMEOUT = 10.0  # seconds
_TRIES = 4
_PAUSE = 0.2  # seconds before the second try; doubles


class Server(NamedTuple):
    """What answers for a bucket."""

    endpoint: str | None  # by read_endpoint; None: AWS's own
    region: str | None  # that was set; None: none was
    path_style: bool


class Host(NamedTuple):
    """What a URL says of its host."""

    name: str  # in small letters, without port and brackets
    is_aws: bool
    region: str  # what AWS's host names in the place of the region: "eu-west-3", or "iam"


def read_host(url: str) -> Host:
    """The host of a URL. Errors: BadCall where parsers could read two hosts."""
    name, is_aws, region = Bytes(), c_int32(), Bytes()
    call("verger_host_read", borrowed(url), byref(name), byref(is_aws), byref(region))
    return Host(give_back(name).decode(), is_aws.value != 0, give_back(region).decode())


def read_endpoint(url: str) -> str:
    """An endpoint such as https://host:port as requests name it. Errors: BadCall."""
    return take_text("verger_endpoint_read", borrowed(url))


def is_aws(endpoint: str | None) -> bool:
    """Whether requests go to AWS, also by an endpoint that someone wrote out. Errors: BadCall."""
    return endpoint is None or read_host(endpoint).is_aws


def s3_endpoint(region: str) -> str:
    """AWS's own in a region."""
    return take_text("verger_s3_endpoint", borrowed(region))


def allowed_regions(given: str | None = None) -> tuple[str, ...] | None:
    """The regions in a list such as "eu-west-3,eu-west-1", else in VERGER_REGIONS; none for "any".

    None where neither says anything: then AWS's buckets may lie in Paris.

    Errors: BadCall for what is no list of regions.
    """
    text = given or os.environ.get("VERGER_REGIONS") or ""
    regions = take_text("verger_regions_read", borrowed(text))
    if regions == "any":
        return ()
    return tuple(regions.split(",")) if regions else None


def guard_region(bucket: str, server: Server, allowed: Sequence[str] | None) -> str:
    """Lets a bucket pass whose region is among those allowed. Returns the region to use.

    `allowed` is as of allowed_regions: a list binds every server, an empty one none.

    Errors: RegionRefused, naming bucket, region and remedy; StorageError if nothing answers.
    Cost:   one request, where there is something to find out.
    """
    address = Bucket(
        borrowed(bucket), borrowed(server.endpoint or ""), borrowed(server.region or "")
    )
    list_ = borrowed("" if allowed is None else ",".join(allowed) or "any")
    ask, region = Bytes(), Bytes()
    call("verger_region_question", byref(address), list_, byref(ask), byref(region))
    endpoint, usual = give_back(ask).decode(), give_back(region).decode()
    if not endpoint:
        return usual
    answer = _region_of(bucket, endpoint, server.path_style or server.endpoint is None)
    return take_text("verger_region_check", byref(address), list_, borrowed(answer))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _region_of(bucket: str, endpoint: str, path_style: bool) -> str:
    """What the server says to a HEAD of the bucket; "" if it does not tell.

    It needs no signature: the header comes with a refusal, too.
    """
    status, code, said = 0, "", ""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_PAUSE * 2 ** (attempt - 1))
        try:
            status, answer = _head(bucket, endpoint, path_style)
        except NoAnswer as error:
            status, code, said = 0, "NetworkConnection", f"{type(error).__name__}: {error}"
            continue
        if answer:
            return answer
        # An answer to HEAD has no body; of the bucket itself nothing else can be missing.
        code, said = "NoSuchBucket" if status == 404 else "", ""
        kind = kind_of(status, code)
        if kind == Kind.NO_BUCKET:
            break
        if kind != Kind.MAY_PASS:
            return ""
    raise StorageError(explain("find", f"s3://{bucket}", status, code, said).line)


def _head(bucket: str, endpoint: str, path_style: bool) -> tuple[int, str | None]:
    scheme, _, host = endpoint.partition("://")
    # As SDKs do: there are no hosts below an address.
    path_style = path_style or _is_address(urlsplit(endpoint).hostname or "")
    url = f"{endpoint}/{quote(bucket)}" if path_style else f"{scheme}://{bucket}.{host}/"
    answer = request("HEAD", url, _TIMEOUT)
    return answer.status, answer.headers.get("x-amz-bucket-region")
