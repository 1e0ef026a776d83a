"""Where photos and outputs are: opens folders and S3 buckets by their names."""

from __future__ import annotations

import os
import re

from verger._library import borrowed, call
from verger.errors import BadCall
from verger.runs.local import LocalPlace
from verger.runs.place import Lock, Missing, Place
from verger.runs.s3 import S3Place, S3Settings

__all__ = ["Lock", "LocalPlace", "Missing", "Place", "S3Place", "S3Settings", "open_place"]

_S3 = ("s3", "s3a", "s3n")


def open_place(place: str | os.PathLike[str], s3: S3Settings | None = None) -> Place:
    """The place of a name: a folder, `file:///folder`, or `s3://bucket/prefix` (s3a, s3n).

    Nothing is opened or created yet. Names are taken as they are: `%20` is three characters.

    Errors: BadCall for another scheme, or a name that is none.
    """
    shown = os.fspath(place)
    if shown.startswith("arn:"):
        call("verger_bucket_check", borrowed(shown))
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):/", shown)
    if scheme is None:
        return _local(shown, shown)
    rest = shown[scheme.end() :]
    if scheme[1].lower() == "file":
        if rest.startswith("/") and not rest.startswith("//"):
            raise BadCall(f"{shown}: names a host: write file:///folder, or the folder alone")
        return _local(shown, "/" + rest.lstrip("/"))
    if scheme[1].lower() not in _S3 or not rest.startswith("/"):
        raise BadCall(f"{shown}: cannot be opened: give a folder or s3://bucket/prefix")
    bucket, _, prefix = rest[1:].partition("/")
    prefix = prefix.rstrip("/")
    if not bucket or prefix.startswith("/") or "//" in prefix:
        raise BadCall(f"{shown}: a name in it is empty: write s3://bucket/prefix")
    call("verger_bucket_check", borrowed(rest[1:]))
    return S3Place(shown, bucket, prefix, s3 or S3Settings())


def _local(shown: str, folder: str) -> LocalPlace:
    if not folder:
        raise BadCall("the name of a folder is empty: give a folder or s3://bucket/prefix")
    # Executors may stand in another folder.
    return LocalPlace(shown, os.path.abspath(folder))
