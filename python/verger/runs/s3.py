"""A prefix of an S3 bucket, through Arrow's S3 filesystem."""

from __future__ import annotations

import contextlib
import functools
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
from pyarrow import fs

from verger.errors import BadCall, StorageError
from verger.runs.place import Lock, Missing, Place
from verger.runs.text import printable

# Units: seconds. A run renews its lock; one that was not renewed for so long is a killed run's. It
# is more than clocks differ: from a quarter of an hour on, S3 refuses requests.
RENEW_LOCK = 60.0
STALE_LOCK = 20 * 60.0
# Between putting a lock and reading it back, so that a rival who looked before has put its own.
LOCK_PAUSE = 1.0
_TRIES = 6  # of each request, with pauses that grow


@dataclass(frozen=True)
class S3Settings:
    """How to reach a bucket. None: as the environment says, then Arrow's chain of credentials."""

    endpoint: str | None = None  # a URL; AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL
    region: str | None = None  # AWS_REGION, AWS_DEFAULT_REGION, then the bucket's own
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    path_style: bool | None = None  # of addresses; None: where there is an endpoint


# By how Arrow words them: what S3 said, and what to do about it.
_REMEDIES = (
    ("expired", "the credentials have expired: renew them and run again"),
    ("INVALID_ACCESS_KEY_ID", "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
    ("SIGNATURE_DOES_NOT_MATCH", "check AWS_SECRET_ACCESS_KEY"),
    ("ACCESS_DENIED", "give these credentials the right to it, or use others"),
    ("HTTP status 403", "give these credentials the right to it, or use others"),
    ("NO_SUCH_BUCKET", "check the bucket's name, or create it"),
    ("HTTP status 301", "set AWS_REGION to the bucket's region"),
    ("HTTP status 4", "check the credentials, the bucket's name and AWS_REGION"),
    ("NETWORK_CONNECTION", "check the endpoint (AWS_ENDPOINT_URL) and the network"),
)
_DENIED = ("ACCESS_DENIED", "HTTP status 403", "Forbidden")


class Denied(StorageError):
    """These credentials may not read the object."""


def _first(*names: str) -> str | None:
    return next((os.environ[name] for name in names if os.environ.get(name)), None)


@functools.lru_cache(maxsize=16)
def _open(settings: S3Settings, bucket: str, process: int) -> fs.S3FileSystem:
    """One client a process: clients do not survive a fork."""
    endpoint = settings.endpoint or _first("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
    region = settings.region or _first("AWS_REGION", "AWS_DEFAULT_REGION")
    options: dict[str, object] = {}
    if endpoint:
        scheme, _, host = endpoint.rpartition("://")
        options = {"endpoint_override": host.rstrip("/"), "scheme": scheme or "https"}
        if settings.path_style is False:
            if int(pa.__version__.split(".")[0]) < 17:
                raise BadCall(
                    f"{endpoint}: this pyarrow ({pa.__version__}) puts the bucket into the path: "
                    "set fs.s3a.path.style.access=true, or install pyarrow 17 or later"
                )
            options["force_virtual_addressing"] = True
    elif region is None:
        region = fs.resolve_s3_region(bucket)
    if settings.access_key is not None:
        options["access_key"] = settings.access_key
        options["secret_key"] = settings.secret_key
        options["session_token"] = settings.session_token
    return fs.S3FileSystem(
        region=region or "us-east-1",
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=_TRIES),
        connect_timeout=10,
        request_timeout=60,
        **options,
    )


class _ObjectLock(Lock):
    """An object with a token of the run, put again and again by a thread until it is released."""

    def __init__(self, place: S3Place, name: str, token: bytes) -> None:
        self._place, self._name, self._token = place, name, token
        self._released = threading.Event()
        self._renewing = threading.Thread(target=self._renew, daemon=True)
        self._renewing.start()

    def _ours(self) -> bool:
        return self._place.read_if_present(self._name) == self._token

    def _renew(self) -> None:
        while not self._released.wait(RENEW_LOCK):
            with contextlib.suppress(StorageError):  # the next time may fare better
                if not self._ours():
                    return
                self._place.publish(self._name, self._token)

    def check(self) -> None:
        if not self._ours():
            raise self._place.in_use("it has taken the lock over; run again when it has ended")

    def release(self) -> None:
        if self._released.is_set():
            return
        self._released.set()
        self._renewing.join()
        # A run that failed tells of its own error, not of a lock that it could not remove.
        with contextlib.suppress(StorageError):
            if self._ours():
                self._place.remove(self._name)


@dataclass(frozen=True)
class S3Place(Place):
    """Objects below a prefix. Keys are names as they are, not quoted.

    There are no folders, and renaming copies. Arrow puts an empty object `folder/` where it removes
    an object; listings pass over those.
    """

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
        except FileNotFoundError as error:
            told = f"cannot {verb} '{self.path_of(name)}': not found; check the name"
            raise Missing(told) from error
        except (OSError, pa.ArrowException) as error:
            raise self._failure(verb, name, str(error)) from error

    def _failure(self, verb: str, name: str, reason: str) -> StorageError:
        lowered = reason.lower()
        remedy = next(
            (remedy for mark, remedy in _REMEDIES if mark.lower() in lowered), "run again later"
        )
        denied = "expired" not in lowered and any(mark in reason for mark in _DENIED)
        kind = Denied if denied else StorageError
        return kind(f"cannot {verb} '{self.path_of(name)}': {printable(reason.strip())}; {remedy}")

    def open_file(self, name: str) -> pa.NativeFile:
        with self.client("read", name) as client:
            return client.open_input_file(self.key(name))

    def read(self, name: str) -> bytes:
        with self.client("read", name) as client, client.open_input_file(self.key(name)) as file:
            return bytes(file.read())

    def list(self, folder: str) -> Sequence[str]:
        with self.client("list", folder) as client:
            selector = fs.FileSelector(self.key(folder), allow_not_found=True)
            return sorted(info.base_name for info in client.get_file_info(selector))

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
        """Puts an object with a token of its own, and reads it back a second later.

        Keeps out every run that starts while another is under way. Two that start at the same time
        are told apart if neither takes longer than LOCK_PAUSE from its look to its put; `check`,
        before a version is made, finds the others but for those that come to it together. A lock
        that nobody has renewed for STALE_LOCK is taken over.
        """
        with self.client("lock", name) as client:
            found = client.get_file_info(self.key(name))
        if found.is_file and time.time() - found.mtime_ns / 1e9 < STALE_LOCK:
            raise self.in_use(
                "wait until it ends, or choose another OUT; if it was killed, remove "
                f"'{self.path_of(name)}', or wait {STALE_LOCK / 60:.0f} minutes"
            )
        token = f"{secrets.token_hex(16)} {socket.gethostname()} {os.getpid()}\n".encode()
        self.publish(name, token)
        time.sleep(LOCK_PAUSE)
        if self.read_if_present(name) != token:
            raise self.in_use("it began at the same moment: wait until it ends")
        return _ObjectLock(self, name, token)

    def free_bytes(self) -> int | None:
        return None
