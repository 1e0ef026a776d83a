"""The region guard: checks the region of each bucket before anything is listed or read.

The library has the rules; this module sends the request.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from ctypes import byref, c_int32
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from verger._library import borrowed, call, give_back, take_text
from verger._structs import Bucket, Bytes
from verger.errors import StorageError
from verger.runs.retries import attempts
from verger.runs.s3_errors import Kind, explain, kind_of
from verger.runs.web import NoAnswer, request

_TIMEOUT = 10.0  # seconds


class Server(NamedTuple):
    """The server of a bucket, and its region if one is set."""

    endpoint: str | None  # by read_endpoint; None: AWS's own
    region: str | None  # None: not set
    path_style: bool


class Host(NamedTuple):
    """The host of a URL."""

    name: str  # in lower case, without port and brackets
    is_aws: bool
    region: str  # the name at the region's position in a host of AWS: "eu-west-3", or "iam"


def read_host(url: str) -> Host:
    """Return the host of a URL. Errors: BadCall where parsers could read two hosts."""
    name, is_aws, region = Bytes(), c_int32(), Bytes()
    call("verger_host_read", borrowed(url), byref(name), byref(is_aws), byref(region))
    return Host(give_back(name).decode(), is_aws.value != 0, give_back(region).decode())


def read_endpoint(url: str) -> str:
    """Return an endpoint such as https://host:port in the form for requests. Errors: BadCall."""
    return take_text("verger_endpoint_read", borrowed(url))


def is_aws(endpoint: str | None) -> bool:
    """Return whether requests go to AWS, also by an explicit endpoint. Errors: BadCall."""
    return endpoint is None or read_host(endpoint).is_aws


def s3_endpoint(region: str) -> str:
    """Return AWS's endpoint of S3 in a region."""
    return take_text("verger_s3_endpoint", borrowed(region))


def allowed_regions(option: str | None = None) -> tuple[str, ...] | None:
    """Return the regions in a list such as "eu-west-3,eu-west-1", else in VERGER_REGIONS; none for
    "any".

    None if neither is set: then AWS's buckets must lie in Paris.

    Errors: BadCall for a text that is no list of regions.
    """
    text = option or os.environ.get("VERGER_REGIONS") or ""
    regions = take_text("verger_regions_read", borrowed(text))
    if regions == "any":
        return ()
    return tuple(regions.split(",")) if regions else None


def guard_region(bucket: str, server: Server, allowed: Sequence[str] | None) -> str:
    """Check that a bucket's region is among those allowed, and return the region to use.

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
    """Send a HEAD of the bucket and return the region in the answer; "" if it has none.

    It needs no signature: the header comes with a refusal, too.
    """
    status, code, message = 0, "", ""
    for _ in attempts():
        try:
            status, answer = _head(bucket, endpoint, path_style)
        except NoAnswer as error:
            status, code, message = 0, "NetworkConnection", f"{type(error).__name__}: {error}"
            continue
        if answer:
            return answer
        # An answer to HEAD has no body; 404 can only mean the bucket.
        code, message = "NoSuchBucket" if status == 404 else "", ""
        kind = kind_of(status, code)
        if kind == Kind.NO_BUCKET:
            break
        if kind != Kind.MAY_PASS:
            return ""
    raise StorageError(explain("find", f"s3://{bucket}", status, code, message).line)


def _head(bucket: str, endpoint: str, path_style: bool) -> tuple[int, str | None]:
    scheme, _, host = endpoint.partition("://")
    # As SDKs do: an IP address has no subdomains.
    path_style = path_style or _is_address(urlsplit(endpoint).hostname or "")
    url = f"{endpoint}/{quote(bucket)}" if path_style else f"{scheme}://{bucket}.{host}/"
    answer = request("HEAD", url, _TIMEOUT)
    return answer.status, answer.headers.get("x-amz-bucket-region")
