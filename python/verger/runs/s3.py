"""A prefix of an S3 bucket, through Arrow's S3 filesystem."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
from pyarrow import fs

from verger._home import name_aws_files
from verger.errors import BadCall, StorageError
from verger.runs.place import Lock, Missing, Place, PlaceFile
from verger.runs.regions import Server, allowed_regions, guard_region, read_endpoint, s3_endpoint
from verger.runs.s3_errors import Kind, S3Error, explain, explain_arrow
from verger.runs.s3_lock import take_lock
from verger.runs.text import printable

_TRIES = 6  # of each request, with pauses that grow
_ANY_TIME = 2**63 - 1  # later than every other


@dataclass(frozen=True)
class S3Settings:
    """How to reach a bucket. None: as the environment says, then Arrow's chain of credentials."""

    endpoint: str | None = None  # a URL; AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL
    region: str | None = None  # AWS_REGION, AWS_DEFAULT_REGION, then the bucket's own
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    path_style: bool | None = None  # of addresses; None: where there is an endpoint
    regions: tuple[str, ...] | None = None  # where buckets may lie; None: see allowed_regions
    unsigned: bool = False  # requests: for buckets that are public


class Denied(StorageError):
    """These credentials may not read the object."""


def _first(*names: str) -> str | None:
    return next((os.environ[name] for name in names if os.environ.get(name)), None)


@functools.lru_cache(maxsize=16)
def _open(settings: S3Settings, bucket: str, process: int) -> fs.S3FileSystem:
    """One client a process: clients do not survive a fork. None goes round the region guard."""
    endpoint = settings.endpoint or _first("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
    region = settings.region or _first("AWS_REGION", "AWS_DEFAULT_REGION")
    allowed = settings.regions if settings.regions is not None else allowed_regions()
    if endpoint:
        endpoint = read_endpoint(endpoint)
    region = guard_region(
        bucket, Server(endpoint, region, settings.path_style is not False), allowed
    )
    options: dict[str, object] = {}
    if not endpoint and settings.path_style:
        endpoint = s3_endpoint(region)  # of one that is named, Arrow puts the bucket into the path
    if endpoint:
        # Newer SDKs put a checksum behind what they send, which servers other than AWS's may take
        # for the beginning of the next request.
        os.environ.setdefault("AWS_REQUEST_CHECKSUM_CALCULATION", "WHEN_REQUIRED")
        scheme, _, host = endpoint.partition("://")
        options = {"endpoint_override": host, "scheme": scheme}
        if settings.path_style is False:
            if int(pa.__version__.split(".")[0]) < 17:
                raise BadCall(
                    f"{endpoint}: this pyarrow ({pa.__version__}) puts the bucket into the path: "
                    "set fs.s3a.path.style.access=true, or install pyarrow 17 or later"
                )
            options["force_virtual_addressing"] = True
    if settings.unsigned:
        options["anonymous"] = True
    elif settings.access_key is not None:
        options["access_key"] = settings.access_key
        options["secret_key"] = settings.secret_key
        options["session_token"] = settings.session_token
    name_aws_files()
    return fs.S3FileSystem(
        region=region,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=_TRIES),
        connect_timeout=10,
        request_timeout=60,
        **options,
    )


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
        if kind != Kind.DENIED:
            return StorageError(line)
        # Arrow looks at an object before it reads it, and what S3 answers to a look has no code:
        # no right to it, or credentials that are no good? A listing's answer has one.
        try:
            client = _open(self.settings, self.bucket, os.getpid())
            client.get_file_info(fs.FileSelector(self.key(name), allow_not_found=True))
        except (OSError, pa.ArrowException) as listed:
            worse = self._explain(verb, name, listed)
            if worse.kind == Kind.CREDENTIALS:
                return StorageError(worse.line)
        return Denied(line)

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
