"""Our own request for an object, where Arrow does not pass on the answer of S3."""

from __future__ import annotations

import hashlib
import json
import time
from ctypes import byref
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from verger._library import borrowed, take_text
from verger._structs import S3Request
from verger.runs.aws import Keys
from verger.runs.s3_errors import read_body
from verger.runs.web import request

_TIMEOUT = 30  # seconds


class Reply(NamedTuple):
    """The answer of S3 to a request."""

    status: int
    code: str  # "": none
    message: str


def get_first_byte(bucket_url: str, key: str, region: str, keys: Keys | None) -> Reply:
    """Send a GET for the first byte of an object; unsigned without keys.

    Errors: as web.request.
    """
    url = f"{bucket_url}/{quote(key, safe='/~')}"
    headers = {"range": "bytes=0-0"}
    if keys is not None:
        parts = urlsplit(url)
        covered = f"host:{parts.netloc}\nrange:{headers['range']}\n"
        empty = hashlib.sha256(b"").hexdigest()
        request_to_sign = S3Request(*map(borrowed, ("GET", parts.path, "", covered, empty)))
        added = take_text(
            "verger_s3_sign",
            byref(request_to_sign),
            borrowed(json.dumps(keys._asdict())),
            borrowed(region),
            int(time.time()),
        )
        for line in added.splitlines():
            name, _, value = line.partition(": ")
            headers[name] = value
    answer = request("GET", url, _TIMEOUT, headers)
    return Reply(answer.status, *(("", "") if answer.status < 300 else read_body(answer.body)))
