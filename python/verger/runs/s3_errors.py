"""Errors of S3, by the library's rule: status and code decide, never words."""

from __future__ import annotations

from ctypes import byref, c_int
from enum import IntEnum
from typing import NamedTuple

from verger._library import borrowed, call, give_back, library, take_text
from verger._structs import Bytes


class Kind(IntEnum):
    """The C enumeration verger_s3_kind."""

    OTHER = 0
    MISSING = 1
    NO_BUCKET = 2
    DENIED = 3
    CREDENTIALS = 4
    WRONG_REGION = 5
    NOT_SUPPORTED = 6
    MAY_PASS = 7


class S3Error(NamedTuple):
    """The kind of an error, and a line that names the object and the remedy."""

    kind: Kind
    line: str


def kind_of(status: int, code: str = "") -> Kind:
    """Return what HTTP's status (0: no answer came) and S3's code mean."""
    return Kind(library().verger_s3_kind_of(status, borrowed(code)))


def explain(verb: str, path: str, status: int, code: str = "", message: str = "") -> S3Error:
    """Return the kind of an error, and a line for people."""
    return _error(
        "verger_s3_error",
        borrowed(verb),
        borrowed(path),
        status,
        borrowed(code),
        borrowed(message),
    )


def read_body(body: bytes) -> tuple[str, str]:
    """Return code and message of an answer that is an error; "" where it has none."""
    code, message = Bytes(), Bytes()
    call("verger_s3_body", borrowed(body), byref(code), byref(message))
    return give_back(code).decode(), give_back(message).decode()


def rejection(status: int, code: str, message: str) -> str:
    """Return why a photo is rejected whose object may not be read."""
    return take_text("verger_s3_rejection", status, borrowed(code), borrowed(message))


def explain_arrow(verb: str, path: str, text: str, bucket: str, key: str) -> S3Error:
    """Explain `text`, an error of Arrow's S3 filesystem about `key`, which it quotes."""
    return _error("verger_s3_arrow_error", *map(borrowed, (verb, path, text, bucket, key)))


def _error(function: str, *arguments: object) -> S3Error:
    kind, line = c_int(), Bytes()
    call(function, *arguments, byref(kind), byref(line))
    return S3Error(Kind(kind.value), give_back(line).decode())
