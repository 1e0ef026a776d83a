"""Where buckets may lie: the region of each is asked for before anything is listed or read."""

from __future__ import annotations

import http.client
import ipaddress
import os
import re
import ssl
import time
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from verger.errors import BadCall, RegionRefused, StorageError
from verger.runs.text import printable

# Where photos may go unless someone says otherwise; binds the buckets of AWS alone.
DEFAULT_REGIONS = ("eu-west-3",)
_TIMEOUT = 10.0  # seconds
_TRIES = 4
_PAUSE = 0.2  # seconds before the second try; doubles
_REGION = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_AUTHORITY = re.compile(r"(?P<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?")
# What stands before AWS's domain is the first group.
AWS_HOST = re.compile(r"(?:(.*)\.)?(?:amazonaws\.(?:com|com\.cn|eu)|api\.aws)")


class Server(NamedTuple):
    """What answers for a bucket."""

    endpoint: str | None  # a URL; None: AWS's own
    region: str | None  # that was set; None: none was
    path_style: bool


def allowed_regions(given: str | None = None) -> tuple[str, ...] | None:
    """The regions in a list such as "eu-west-3,eu-west-1", else in VERGER_REGIONS; none for "any".

    None where neither says anything: then AWS's buckets may lie in DEFAULT_REGIONS.

    Errors: BadCall for what is no list of regions.
    """
    text = given or os.environ.get("VERGER_REGIONS") or ""
    regions = tuple(region.strip() for region in text.split(",") if region.strip())
    if not all(map(_REGION.fullmatch, regions)):
        raise BadCall(f"regions '{text}': give AWS regions such as eu-west-3,eu-west-1, or any")
    return () if "any" in regions else regions or None


def is_aws(endpoint: str | None) -> bool:
    """Whether requests go to AWS, also by an endpoint that someone wrote out."""
    if endpoint is None:
        return True
    host = _host_of(endpoint)[1].rstrip(".")  # DNS takes it so, too
    return AWS_HOST.fullmatch(host) is not None


def guard_region(bucket: str, server: Server, allowed: tuple[str, ...] | None) -> str | None:
    """Lets a bucket pass whose region is among those allowed. Returns its region; None: not asked.

    `allowed` is as of allowed_regions: a list binds every server, an empty one none.

    Errors: RegionRefused, naming bucket, region and remedy; StorageError if nothing answers.
    Cost:   one request, where there is something to find out.
    """
    aws = is_aws(server.endpoint)
    if allowed is None:
        allowed = DEFAULT_REGIONS if aws else ()
    if not allowed and (server.region or not aws):
        return None
    # Asked where an allowed bucket would be: no other region hears of it.
    ask = server.endpoint or _aws_endpoint(*(allowed or DEFAULT_REGIONS)[:1])
    found = _region_of(bucket, ask, server.path_style or server.endpoint is None)
    if allowed and found not in allowed:
        raise RegionRefused(
            f"s3://{bucket}: refused, nothing was read: it lies in "
            f"{found or 'a region that it does not tell'}, allowed is {', '.join(allowed)}; move "
            "the bucket, or name its region in --regions or VERGER_REGIONS"
        )
    return found


def _aws_endpoint(region: str) -> str:
    return f"https://s3.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")


def authority_of(url: str) -> tuple[str, int | None] | None:
    """The host, in small letters, and port of a URL; None where parsers could read two things.

    What a guard takes for the host must be the one that is called: no user, no `\\`, no `%2e`.
    """
    try:
        return _parts_of(urlsplit(url if "://" in url else f"https://{url}").netloc)
    except ValueError:
        return None


def _parts_of(authority: str) -> tuple[str, int | None] | None:
    found = _AUTHORITY.fullmatch(authority.lower())
    if found is None:
        return None
    port = int(found["port"]) if found["port"] else None
    return (found["host"].strip("[]"), port) if port is None or 0 < port <= 65535 else None


def _host_of(endpoint: str) -> tuple[str, str, int | None]:
    """Scheme, host and port. Errors: BadCall."""
    scheme, separator, rest = endpoint.partition("://")
    if not separator:
        scheme, rest = "https", endpoint
    scheme, found = scheme.lower(), _parts_of(rest.rstrip("/"))
    if scheme not in ("http", "https") or found is None:
        raise BadCall(
            f"{printable(endpoint)}: not the URL of an endpoint: give one such as https://host:port"
        )
    return scheme, *found


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _region_of(bucket: str, endpoint: str, path_style: bool) -> str | None:
    """What the server says to a HEAD of the bucket.

    It needs no signature: the header comes with a refusal, too.
    """
    failure = ""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_PAUSE * 2 ** (attempt - 1))
        try:
            status, region = _head(bucket, endpoint, path_style)
        except (OSError, http.client.HTTPException) as error:
            failure = f"{type(error).__name__}: {error}"
            continue
        if region:
            return region
        if status == 404:
            raise StorageError(
                f"s3://{bucket}: no such bucket: check the bucket's name, or create it"
            )
        if status < 500:
            return None
        failure = f"HTTP status {status}"
    raise StorageError(
        f"cannot ask {endpoint} for the region of s3://{bucket}: {failure}; check the endpoint "
        "(AWS_ENDPOINT_URL) and the network"
    )


def _head(bucket: str, endpoint: str, path_style: bool) -> tuple[int, str | None]:
    scheme, host, port = _host_of(endpoint)
    path_style = path_style or _is_address(host)  # as SDKs do: there are no hosts below it
    where = host if path_style else f"{bucket}.{host}"
    connection: http.client.HTTPConnection
    if scheme == "https":
        trust = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE") or None)
        connection = http.client.HTTPSConnection(where, port, timeout=_TIMEOUT, context=trust)
    else:
        connection = http.client.HTTPConnection(where, port, timeout=_TIMEOUT)
    try:
        connection.request("HEAD", f"/{quote(bucket)}" if path_style else "/")
        answer = connection.getresponse()
        return answer.status, answer.headers.get("x-amz-bucket-region")
    finally:
        connection.close()
