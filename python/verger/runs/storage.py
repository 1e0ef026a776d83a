"""Where photos and outputs are: opens folders and S3 buckets by their names."""

from __future__ import annotations

import os
import re

from verger._library import borrowed, call
from verger.errors import BadCall
from verger.runs.local import LocalPlace
from verger.runs.place import Denied, Lock, Missing, NotAFile, Place
from verger.runs.s3 import S3Place
from verger.runs.s3_client import S3Settings

__all__ = [
    "Denied",
    "LocalPlace",
    "Lock",
    "Missing",
    "NotAFile",
    "Place",
    "S3Place",
    "S3Settings",
    "open_place",
]

_S3 = ("s3", "s3a", "s3n")


def open_place(place: str | os.PathLike[str], s3: S3Settings | None = None) -> Place:
    """Return the place of a name: a folder, `file:///folder`, or `s3://bucket/prefix` (s3a, s3n).

    Nothing is opened or created yet. Names are literal: `%20` is three characters.

    Errors: BadCall for another scheme, and for an empty name.
    """
    name = os.fspath(place)
    if name.startswith("arn:"):
        call("verger_bucket_check", borrowed(name))
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):/", name)
    if scheme is None:
        return _local(name, name)
    rest = name[scheme.end() :]
    if scheme[1].lower() == "file":
        if rest.startswith("/") and not rest.startswith("//"):
            raise BadCall(f"{name}: names a host: write file:///folder, or the folder alone")
        return _local(name, "/" + rest.lstrip("/"))
    if scheme[1].lower() not in _S3 or not rest.startswith("/"):
        raise BadCall(f"{name}: cannot be opened: give a folder or s3://bucket/prefix")
    bucket, _, prefix = rest[1:].partition("/")
    prefix = prefix.rstrip("/")
    if not bucket or prefix.startswith("/") or "//" in prefix:
        raise BadCall(f"{name}: a name in it is empty: write s3://bucket/prefix")
    call("verger_bucket_check", borrowed(rest[1:]))
    return S3Place(name, bucket, prefix, s3 or S3Settings())


def _local(name: str, folder: str) -> LocalPlace:
    if not folder:
        raise BadCall("the name of a folder is empty: give a folder or s3://bucket/prefix")
    # Executors may run in another folder.
    return LocalPlace(name, os.path.abspath(folder))
