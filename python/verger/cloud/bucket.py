"""The bucket: its region, the files that `up` uploads, and the results of a job."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verger.cloud.aws import Aws, NotSeen, aws_errors, pages
from verger.cloud.settings import Settings
from verger.cloud.wheels import wheels_of
from verger.errors import BadCall, RegionRefused, StorageError, VergerError
from verger.runs.regions import is_aws

PROGRESS = "_verger/progress.json"
_HASH = "verger-sha256"  # metadata of what we put
_SUMS = "SHA256SUMS"
# The names in S3 of its first regions.
_FIRST_REGIONS = {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}


@dataclass(frozen=True)
class Upload:
    """A file for the nodes."""

    url: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


def split(url: str) -> tuple[str, str]:
    """Return bucket and key of s3://bucket/key. Errors: BadCall."""
    scheme, _, rest = url.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme not in ("s3", "s3a", "s3n") or not bucket:
        raise BadCall(f"{url}: a cluster reads and writes buckets: give s3://bucket/prefix")
    return bucket, key


def deployed(name: str) -> bytes:
    """Return a file of deploy/, from the wheel, else from the checkout of this module."""
    here = Path(__file__).resolve()
    places = [here.parent / "deploy" / name, here.parents[3] / "deploy" / name]
    for place in places:
        if place.is_file():
            return place.read_bytes()
    raise StorageError(
        f"{name} is in none of {', '.join(map(str, places))}: install the wheel again"
    )


def uploads(settings: Settings) -> list[Upload]:
    """Return what a job needs in the bucket: wheels, their sums, scripts.

    Errors: BadCall where there is no wheel of Verger or of the job's network, or one that nodes
            would refuse.
    """
    wheels = wheels_of(Path(settings.bootstrap.folder), settings.job.model)
    files = [Upload(settings.wheels + wheel.name, wheel.read_bytes()) for wheel in wheels]
    sums = "".join(f"{one.sha256}  {one.url.rpartition('/')[2]}\n" for one in files)
    return [
        *files,
        Upload(settings.wheels + _SUMS, sums.encode()),
        Upload(settings.bootstrap_script, deployed("emr/bootstrap.sh")),
        Upload(settings.script, deployed("emr/pca.py")),
    ]


def sums_of(files: list[Upload]) -> str:
    """Return the hash of SHA256SUMS, by which nodes detect a replaced wheel."""
    return next(file.sha256 for file in files if file.url.endswith(f"/{_SUMS}"))


def places(settings: Settings, photos: str, out: str, files: Sequence[Upload] = ()) -> list[str]:
    """Return every URL that a job, and the command that starts it, reads or writes."""
    model = settings.job.model
    models = [model] if model.startswith(("s3://", "s3a://", "s3n://")) else []
    ours = [file.url for file in files] or [settings.script]
    return [*ours, settings.logs, photos, out, *models]


class Bucket:
    """Objects by their URLs."""

    def __init__(self, settings: Settings, aws: Aws) -> None:
        self._settings, self._aws = settings, aws

    @property
    def _s3(self) -> Any:
        return self._aws.client("s3")

    def check_regions(self, *urls: str) -> None:
        """Ask S3 for the buckets' regions. Errors: RegionRefused, StorageError."""
        for bucket in dict.fromkeys(split(url)[0] for url in urls):
            with aws_errors(f"find s3://{bucket}"):
                answer = self._s3.get_bucket_location(Bucket=bucket)
            region = _FIRST_REGIONS.get(location := answer.get("LocationConstraint"), location)
            if region not in self._settings.allowed_regions and not self._is_other_server():
                raise RegionRefused(
                    f"s3://{bucket}: refused, nothing was read: it lies in {region}, allowed is "
                    f"{', '.join(self._settings.allowed_regions)}"
                )

    def _is_other_server(self) -> bool:
        """Return whether S3 is another server, allowed by its host, with regions of its own."""
        return not is_aws(self._s3.meta.endpoint_url)

    def put_what_changed(self, files: list[Upload]) -> list[str]:
        """Put files whose bytes are not there; return their URLs."""
        put = []
        for file in files:
            bucket, key = split(file.url)
            if self._hash_of(bucket, key) == file.sha256:
                continue
            with aws_errors(f"put {file.url}"):
                self._s3.put_object(
                    Bucket=bucket, Key=key, Body=file.data, Metadata={_HASH: file.sha256}
                )
            put.append(file.url)
        return put

    def _hash_of(self, bucket: str, key: str) -> str | None:
        try:
            with aws_errors(f"look at s3://{bucket}/{key}"):
                head = self._s3.head_object(Bucket=bucket, Key=key)
        except NotSeen:
            return None
        return head.get("Metadata", {}).get(_HASH)

    def read(self, url: str) -> bytes:
        """Return an object, unpacked if its name ends in .gz. Errors: StorageError."""
        bucket, key = split(url)
        with aws_errors(f"read {url}"):
            data: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        if not key.endswith(".gz"):
            return data
        try:
            return gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise StorageError(f"{url}: not a complete .gz: {error}: try again later") from error

    def names(self, url: str) -> Iterator[str]:
        """Return the URLs of all objects below one."""
        bucket, prefix = split(url)
        with aws_errors(f"list {url}"):
            request: dict[str, Any] = {"Bucket": bucket, "Prefix": prefix, "may_lack": True}
            for entry in pages(self._s3, "list_objects_v2", "Contents", **request):
                yield f"s3://{bucket}/{entry['Key']}"

    def progress(self, out: str) -> dict[str, Any] | None:
        """Return the last progress of the job at OUT; None if it cannot be read.

        Errors: RegionRefused alone: the job goes on without a network here.
        """
        try:
            progress = json.loads(self.read(f"{out.rstrip('/')}/{PROGRESS}"))
        except RegionRefused:
            raise
        except (VergerError, ValueError):
            return None
        return progress if isinstance(progress, dict) else None
