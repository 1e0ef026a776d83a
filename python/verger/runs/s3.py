"""A prefix of an S3 bucket, through Arrow's S3 filesystem."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import pyarrow as pa
from pyarrow import fs

from verger.errors import BadCall, StorageError
from verger.runs.aws import AwsSettings, Keys, find_keys, find_settings
from verger.runs.place import Lock, Missing, Place, PlaceFile
from verger.runs.regions import Server, allowed_regions, guard_region, read_endpoint, s3_endpoint
from verger.runs.s3_errors import Kind, S3Error, explain, explain_arrow, rejection
from verger.runs.s3_get import get_first_byte
from verger.runs.s3_lock import take_lock
from verger.runs.text import printable
from verger.runs.web import NoAnswer, proxy_for, variables

_TRIES = 6  # of each request, with pauses that grow
_ANY_TIME = 2**63 - 1  # later than every other


@dataclass(frozen=True)
class S3Settings:
    """How to reach a bucket. None: as the environment says, then the profile (find_settings,
    find_keys)."""

    endpoint: str | None = None  # a URL
    region: str | None = None  # else the bucket's own
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    path_style: bool | None = None  # of addresses; None: where there is an endpoint
    regions: tuple[str, ...] | None = None  # where buckets may lie; None: see allowed_regions
    unsigned: bool = False  # requests: for buckets that are public


class Denied(StorageError):
    """The object may not be read: by these credentials, or before it is restored."""

    def __init__(self, line: str, rejection: str = "") -> None:  # as pickles call it
        super().__init__(line)
        self.rejection = rejection  # why its photo is rejected


class _Server(NamedTuple):
    """What answers for a bucket that the region guard let pass."""

    endpoint: str | None  # None: AWS's own
    region: str


def _open(settings: S3Settings, bucket: str, process: int) -> fs.S3FileSystem:
    """One client a process and its keys: clients do not survive a fork."""
    server = _server(settings, bucket)
    return _client(settings, bucket, server, _keys(settings, bucket, server.region), process)


def _server(settings: S3Settings, bucket: str) -> _Server:
    # Another environment may name another one.
    named = tuple(sorted(variables().items()))
    allowed = settings.regions if settings.regions is not None else allowed_regions()
    return _guarded(settings, bucket, named, allowed)


@functools.lru_cache(maxsize=16)
def _guarded(
    settings: S3Settings,
    bucket: str,
    named: tuple[tuple[str, str], ...],
    allowed: tuple[str, ...],
) -> _Server:
    given = settings.endpoint and settings.region
    said = AwsSettings("", "") if given else find_settings()
    endpoint = settings.endpoint or said.endpoint or None
    if endpoint:
        endpoint = read_endpoint(endpoint)
        # Newer SDKs put a checksum behind what they send, which servers other than AWS's may take
        # for the beginning of the next request.
        os.environ.setdefault("AWS_REQUEST_CHECKSUM_CALCULATION", "WHEN_REQUIRED")
    asked = Server(endpoint, settings.region or said.region, settings.path_style is not False)
    return _Server(endpoint, guard_region(bucket, asked, allowed))


def _keys(settings: S3Settings, bucket: str, region: str) -> Keys | None:
    """None for requests that are not signed."""
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
    settings: S3Settings, bucket: str, server: _Server, keys: Keys | None, process: int
) -> fs.S3FileSystem:
    endpoint = server.endpoint
    options: dict[str, object] = {}
    if not endpoint and settings.path_style:
        endpoint = s3_endpoint(server.region)  # Arrow puts the bucket into the path of a named one
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
    if proxy := proxy_for(_url(settings, bucket, server)):
        options["proxy_options"] = _proxy_options(proxy)
    if keys is None:
        options["anonymous"] = True
    else:
        options["access_key"] = keys.access_key
        options["secret_key"] = keys.secret_key
        options["session_token"] = keys.session_token or None
    if "allow_delayed_open" in (fs.S3FileSystem.__doc__ or ""):  # of a recent pyarrow
        # What is small goes by one put, which servers take empty as well: not so pieces.
        options["allow_delayed_open"] = True
    return fs.S3FileSystem(
        region=server.region,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=_TRIES),
        connect_timeout=10,
        request_timeout=60,
        **options,
    )


def _url(settings: S3Settings, bucket: str, server: _Server) -> str:
    """Of the bucket, as Arrow calls it."""
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


@dataclass(frozen=True)
class S3Place(Place):
    """Objects below a prefix. Keys are names as they are, not quoted.

    There are no folders, and renaming copies. Arrow puts an empty object `folder/` where it removes
    an object; listings pass over those.
    """

    lock_can_be_lost = True

    bucket: str
    prefix: str  # no '/' at its ends; "" for the whole bucket
    settings: S3Settings

    @property
    def canonical(self) -> str:
        return printable(f"s3://{self.key('')}")

    def key(self, name: str) -> str:
        """Bucket and key of a name, as Arrow takes them."""
        return "/".join(part for part in (self.bucket, self.prefix, name) if part)

    @contextlib.contextmanager
    def client(self, verb: str, name: str) -> Iterator[fs.S3FileSystem]:
        """Arrow's filesystem; what it raises becomes Missing, Denied or StorageError."""
        try:
            yield _open(self.settings, self.bucket, os.getpid())
        except (OSError, pa.ArrowException) as error:
            raise self._failure(verb, name, error) from error

    def _failure(self, verb: str, name: str, error: Exception) -> StorageError:
        kind, line = self._explain(verb, name, error)
        if kind == Kind.MISSING:
            return Missing(line)
        if verb not in ("read", "lock") or kind not in (Kind.DENIED, Kind.OTHER, Kind.MAY_PASS):
            return StorageError(line)
        # Arrow looks at an object before it reads it, and what S3 answers to a look has no code. Of
        # an answer that is longer than the object it only says that the server has failed.
        server = _server(self.settings, self.bucket)
        keys = _keys(self.settings, self.bucket, server.region)
        url = _url(self.settings, self.bucket, server)
        try:
            reply = get_first_byte(url, self.key(name)[len(self.bucket) + 1 :], server.region, keys)
        except NoAnswer:
            return StorageError(line)
        if reply.status >= 300:
            kind, line = explain(verb, self.path_of(name), *reply)
        if kind == Kind.MISSING:
            return Missing(line)
        return Denied(line, rejection(*reply)) if kind == Kind.DENIED else StorageError(line)

    def _explain(self, verb: str, name: str, error: Exception) -> S3Error:
        path = self.path_of(name)
        if isinstance(error, FileNotFoundError):
            return explain(verb, path, 404)
        key = self.key(name)[len(self.bucket) + 1 :]
        return explain_arrow(verb, path, str(error), self.bucket, key)

    def check_region(self) -> None:
        with self.client("reach", ""):
            pass  # opening it is what asks

    def open_file(self, name: str) -> pa.NativeFile:
        with self.client("read", name) as client:
            return client.open_input_file(self.key(name))

    def read(self, name: str, most: int | None = None) -> bytes:
        with self.client("read", name) as client, client.open_input_file(self.key(name)) as file:
            return bytes(file.read(most))

    def list(self, folder: str) -> Sequence[str]:
        return sorted(info.base_name for info in self._infos(folder))

    def list_files(self, folder: str) -> Sequence[PlaceFile]:
        return [
            # Arrow takes a time that it cannot read for 1970: it may be any.
            PlaceFile(info.base_name, info.size, info.mtime_ns // 1000 or _ANY_TIME)
            for info in self._infos(folder)
            if info.is_file
        ]

    def _infos(self, folder: str) -> Sequence[fs.FileInfo]:
        with self.client("list", folder) as client:
            selector = fs.FileSelector(self.key(folder), allow_not_found=True)
            return list(client.get_file_info(selector))

    def exists(self, name: str) -> bool:
        with self.client("read", name) as client:
            return bool(client.get_file_info(self.key(name)).is_file)

    def publish(self, name: str, data: bytes) -> None:
        """One put, or an upload in pieces that appears when it is complete."""
        with self.client("write", name) as client:
            # No `with`: closing is what makes the object appear, and must not follow an error.
            stream = client.open_output_stream(self.key(name))
            stream.write(data)
            stream.close()

    def publish_new(self, name: str, data: bytes) -> bool:
        """Looks, then puts: Arrow has no conditional put. The output's lock keeps others out."""
        if self.exists(name):
            return False
        self.publish(name, data)
        return True

    def rename(self, old: str, new: str) -> None:
        with self.client("write", new) as client:
            client.copy_file(self.key(old), self.key(new))
        self.remove(old)

    def sync_folder(self, folder: str) -> None:
        pass  # what was put is durable

    def remove(self, name: str) -> None:
        with contextlib.suppress(Missing), self.client("remove", name) as client:
            client.delete_file(self.key(name))

    def make_folder(self, name: str) -> None:
        pass  # there are none

    def remove_stale_temporaries(self, folder: str) -> None:
        pass  # a lifecycle rule of the bucket ends uploads that a killed run left

    def lock(self, name: str) -> Lock:
        return take_lock(self, name)

    def free_bytes(self) -> int | None:
        return None
