"""The only file that uses boto3: clients behind the region guard, and one-line errors."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from verger._home import name_aws_files
from verger.cloud.guard import AtTheSocket
from verger.cloud.settings import Settings
from verger.errors import BadCall, Failed, RegionRefused, StorageError, VergerError
from verger.runs.regions import read_host
from verger.runs.text import printable

_TRIES = 8
_CONNECT_SECONDS, _READ_SECONDS = 10, 60

_THROTTLED = {
    "Throttling",
    "ThrottlingException",
    "RequestLimitExceeded",
    "SlowDown",
    "TooManyRequestsException",
}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "Forbidden"}
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_WRONG_KEYS = {
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
}
_MISSING = {"NoSuchKey", "NoSuchBucket", "404", "NotFound"}
_QUOTAS = ("VcpuLimitExceeded", "LimitExceeded", "quota", "exceed", "limit of")
QUOTA_REMEDY = (
    "request a higher quota from AWS (Service Quotas, EC2), or use fewer or smaller nodes"
)


class Unanswered(Failed):
    """A request was sent, and whether AWS carried it out is not known."""


class NotSeen(StorageError):
    """An object that is missing or denied: S3 distinguishes these only for some users."""


class Throttled(Failed):
    """AWS refused a request because there were too many; it did nothing."""


class Aws:
    """Clients of AWS in the settings' region. Nothing is sent before the first call."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._session: Any = None
        self._clients: dict[tuple[str, int], Any] = {}

    def client(self, service: str, tries: int = _TRIES) -> Any:
        """Return a client of boto3 that tries each request `tries` times.

        Errors: BadCall if boto3 or the profile is missing; RegionRefused for an ambiguous endpoint.
        """
        key = service, tries
        if key not in self._clients:
            config = importlib.import_module("botocore.config").Config(
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
                retries={"mode": "standard", "total_max_attempts": tries},
            )
            with aws_errors(f"open a client of {service}"):
                self._clients[key] = self._new_client(service, config)
        return self._clients[key]

    def _new_client(self, service: str, config: Any) -> Any:
        region = self._settings.region
        try:
            client = self._open_session().client(service, region_name=region, config=config)
        except ValueError as error:
            text = _one_line(error)
            if not text.lower().startswith("invalid endpoint"):
                raise BadCall(f"{text}: check AWS's variables and its config file") from error
            raise _unsure(text) from error
        try:
            read_host(client.meta.endpoint_url)
        except BadCall as error:
            raise _unsure(client.meta.endpoint_url) from error
        return client

    def _open_session(self) -> Any:
        if self._session is None:
            name_aws_files()
            session = importlib.import_module("botocore.session").get_session()
            # On the session, so that clients that only fetch credentials have it too.
            session.register("before-send", AtTheSocket(self._settings))
            self._session = importlib.import_module("boto3").Session(botocore_session=session)
        return self._session

    def s3_keys(self) -> tuple[str, str, str | None] | None:
        """Return the keys that boto3 signs with, for other S3 clients; None: there are none."""
        self.client("s3")
        with aws_errors("find credentials"):
            credentials = self._open_session().get_credentials()
            frozen = credentials.get_frozen_credentials() if credentials is not None else None
        return (frozen.access_key, frozen.secret_key, frozen.token) if frozen else None


def _unsure(endpoint: str) -> RegionRefused:
    return RegionRefused(
        f"AWS_ENDPOINT_URL, or endpoint_url of AWS's config file: {printable(endpoint)}: its "
        "host or port is ambiguous; nothing was sent: give https://HOST or https://HOST:PORT"
    )


def pages(
    client: Any, operation: str, key: str, may_lack: bool = False, **arguments: Any
) -> Iterator[dict[str, Any]]:
    """Yield all entries `key` of all pages of an answer.

    `may_lack`: a missing key is an empty list, as in S3; else it is an error.
    """
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page.get(key, []) if may_lack else page[key]


@contextmanager
def aws_errors(doing: str) -> Iterator[None]:
    """Raise errors of boto3 as VergerErrors: `doing` completes "cannot ...".

    An answer without the expected fields, as a proxy's page, is an Unanswered.
    """
    try:
        yield
    except (VergerError, KeyboardInterrupt):
        raise
    except ModuleNotFoundError as error:
        raise BadCall(f"{error}: pip install 'verger[cloud]', which brings boto3") from error
    except (AttributeError, LookupError, TypeError) as error:
        raise Unanswered(
            f"cannot {doing}: an answer that cannot be read ({type(error).__name__}: "
            f"{_one_line(error)}): check the network, and for proxies and log-in pages"
        ) from error
    except Exception as error:
        failure = translate(error, doing)
        if failure is None:
            raise
        raise failure from error


def translate(error: Exception, doing: str) -> VergerError | None:
    """Return the VergerError with cause and remedy; None for errors that are not boto3's."""
    kinds = importlib.import_module("botocore.exceptions")
    cannot = f"cannot {doing}"
    if isinstance(error, kinds.ClientError):
        return _refused(error, cannot)
    if isinstance(error, (kinds.NoCredentialsError, kinds.PartialCredentialsError)):
        return Failed(
            f"{cannot}: no credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or run 'aws configure sso'"
        )
    if isinstance(error, (kinds.SSOError, kinds.TokenRetrievalError)):
        return Failed(f"{cannot}: {error}: run 'aws sso login'")
    if isinstance(error, kinds.ProfileNotFound):
        return BadCall(f"{cannot}: {_one_line(error)}: check AWS_PROFILE")
    if isinstance(error, kinds.ParamValidationError):
        return BadCall(f"{cannot}: {_one_line(error)}: see the settings")
    if isinstance(error, (kinds.EndpointConnectionError, kinds.ConnectTimeoutError)):
        return Failed(f"{cannot}: {_one_line(error)}: check the network")
    if isinstance(error, (kinds.HTTPClientError, kinds.ConnectionError)):
        return Unanswered(f"{cannot}: no answer: {_one_line(error)}: check the network")
    if isinstance(error, (kinds.IncompleteReadError, _parser_error())):
        return Unanswered(f"{cannot}: an incomplete answer: {_one_line(error)}: check the network")
    if isinstance(error, kinds.BotoCoreError):
        return Failed(f"{cannot}: {_one_line(error)}")
    return None


def _refused(error: Any, cannot: str) -> VergerError:
    answer = error.response
    code = str(answer.get("Error", {}).get("Code", ""))
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    message = " ".join(str(answer.get("Error", {}).get("Message", "")).split())
    refusal = f"{cannot}: {code}: {message}" if message else f"{cannot}: {code}"
    if code in _THROTTLED:
        return Throttled(f"{refusal}: too many requests to AWS: wait a minute and run it again")
    if status >= 500:  # whatever its text: only a refusal means that nothing was done
        return Unanswered(f"{refusal}: AWS failed: run it again")
    if code in _EXPIRED:
        return Failed(f"{refusal}: the credentials have expired: renew them ('aws sso login')")
    if code in _WRONG_KEYS:
        return Failed(f"{refusal}: check AWS_PROFILE or AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY")
    if code in _DENIED:
        operation = error.operation_name
        kind = NotSeen if operation in _S3_OPERATIONS else Failed
        return kind(
            f"{refusal}: you may not do {operation}: the stack's LauncherPolicyArn allows it"
        )
    if code in _MISSING:
        return NotSeen(f"{refusal}: check the bucket's name and the key")
    if any(sign in f"{code} {message}" for sign in _QUOTAS):
        return Failed(f"{refusal}: a quota of your account: {QUOTA_REMEDY}")
    return Failed(refusal)


_S3_OPERATIONS = {"GetBucketLocation", "HeadObject", "GetObject", "PutObject", "ListObjectsV2"}


def _parser_error() -> type[Exception]:
    kind: type[Exception] = importlib.import_module("botocore.parsers").ResponseParserError
    return kind


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
