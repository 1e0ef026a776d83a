"""Arrow's S3 filesystem of a bucket, opened as the settings and the environment say."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import pyarrow as pa
from pyarrow import fs

from verger._limits import limits
from verger.errors import BadCall, StorageError
from verger.runs.aws import AwsSettings, Keys, find_keys, find_settings
from verger.runs.regions import Server, allowed_regions, guard_region, read_endpoint, s3_endpoint
from verger.runs.web import proxy_for, variables


@dataclass(frozen=True)
class S3Settings:
    """How to reach a bucket. None: as the environment sets it, else the profile (find_settings,
    find_keys).
    """

    endpoint: str | None = None  # a URL
    region: str | None = None  # else the bucket's own
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    path_style: bool | None = None  # of addresses; None: where there is an endpoint
    regions: tuple[str, ...] | None = None  # where buckets may lie; None: see allowed_regions
    unsigned: bool = False  # requests: for buckets that are public


class BucketServer(NamedTuple):
    """What answers for a bucket that the region guard let pass."""

    endpoint: str | None  # None: AWS's own
    region: str


def open_client(settings: S3Settings, bucket: str, process: int) -> fs.S3FileSystem:
    """Open the client of a bucket, one a process and its keys: clients do not survive a fork.

    Errors: RegionRefused; StorageError without credentials; BadCall for settings and proxies.
    """
    server = server_of(settings, bucket)
    return _client(settings, bucket, server, keys_of(settings, bucket, server.region), process)


def server_of(settings: S3Settings, bucket: str) -> BucketServer:
    """Return the server of a bucket, which the region guard has let pass.

    Errors: RegionRefused; StorageError if no server answers.
    """
    # Another environment may name another server.
    named = tuple(sorted(variables().items()))
    allowed = settings.regions if settings.regions is not None else allowed_regions()
    return _guarded(settings, bucket, named, allowed)


@functools.lru_cache(maxsize=16)
def _guarded(
    settings: S3Settings,
    bucket: str,
    named: tuple[tuple[str, str], ...],
    allowed: tuple[str, ...],
) -> BucketServer:
    complete = settings.endpoint and settings.region
    profile = AwsSettings("", "") if complete else find_settings()
    endpoint = settings.endpoint or profile.endpoint or None
    if endpoint:
        endpoint = read_endpoint(endpoint)
        # Newer SDKs append a checksum to a body, which servers other than AWS's may take
        # for the beginning of the next request.
        os.environ.setdefault("AWS_REQUEST_CHECKSUM_CALCULATION", "WHEN_REQUIRED")
    region = settings.region or profile.region
    server = Server(endpoint, region, path_style=settings.path_style is not False)
    return BucketServer(endpoint, guard_region(bucket, server, allowed))


def keys_of(settings: S3Settings, bucket: str, region: str) -> Keys | None:
    """Return the keys that requests are signed with; None for unsigned ones.

    Errors: StorageError, naming the bucket and the remedy.
    """
    if settings.unsigned:
        return None
    if settings.access_key is not None:
        return Keys(settings.access_key, settings.secret_key or "", settings.session_token or "")
    try:
        return find_keys(region)
    except StorageError as error:
        raise StorageError(f"s3://{bucket}/: {error}") from error


@functools.lru_cache(maxsize=16)
def _client(
    settings: S3Settings, bucket: str, server: BucketServer, keys: Keys | None, process: int
) -> fs.S3FileSystem:
    endpoint = server.endpoint
    options: dict[str, object] = {}
    if not endpoint and settings.path_style:
        endpoint = s3_endpoint(
            server.region
        )  # with an explicit endpoint Arrow puts the bucket into the path
    if endpoint:
        scheme, _, host = endpoint.partition("://")
        options = {"endpoint_override": host, "scheme": scheme}
        if settings.path_style is False:
            if int(pa.__version__.split(".")[0]) < 17:
                raise BadCall(
                    f"{endpoint}: this pyarrow ({pa.__version__}) puts the bucket into the path: "
                    "set fs.s3a.path.style.access=true, or install pyarrow 17 or later"
                )
            options["force_virtual_addressing"] = True
    if proxy := proxy_for(bucket_url(settings, bucket, server)):
        options["proxy_options"] = _proxy_options(proxy)
    if keys is None:
        options["anonymous"] = True
    else:
        options["access_key"] = keys.access_key
        options["secret_key"] = keys.secret_key
        options["session_token"] = keys.session_token or None
    if "allow_delayed_open" in (fs.S3FileSystem.__doc__ or ""):  # of a recent pyarrow
        # Small files are sent by one PUT, which may be empty on all servers; pieces may not.
        options["allow_delayed_open"] = True
    return fs.S3FileSystem(
        region=server.region,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=limits().request_tries),
        connect_timeout=10,
        request_timeout=60,
        **options,
    )


def bucket_url(settings: S3Settings, bucket: str, server: BucketServer) -> str:
    """Return the URL of a bucket as Arrow requests it."""
    scheme, _, host = (server.endpoint or s3_endpoint(server.region)).partition("://")
    path_style = settings.path_style
    if path_style is None:
        path_style = server.endpoint is not None
    return f"{scheme}://{host}/{bucket}" if path_style else f"{scheme}://{bucket}.{host}"


def _proxy_options(proxy: str) -> dict[str, object]:
    url = urlsplit(proxy)
    if url.scheme not in ("http", "https"):
        raise BadCall(
            f"{url.scheme}://{url.hostname}: pyarrow goes through http and https proxies alone: "
            "set one of these, or name the bucket's host in no_proxy"
        )
    options: dict[str, object] = {"scheme": url.scheme, "host": url.hostname, "port": url.port}
    if url.username is not None:
        options["username"] = unquote(url.username)
        options["password"] = unquote(url.password or "")
    return options
