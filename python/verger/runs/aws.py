"""Settings and credentials of AWS's tools for this user.

The library has the rules; this module reads files, runs commands and sends requests.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

from verger._home import home_folder
from verger._library import borrowed, take_text
from verger.errors import StorageError
from verger.runs.retries import attempts, status_may_pass
from verger.runs.web import NoAnswer, request, variables

_SETTINGS, _CREDENTIALS = 0, 1  # verger_aws_search
_MINUTE = 60


class AwsSettings(NamedTuple):
    """What the environment and the chosen profile say; "" for what nobody set."""

    region: str
    endpoint: str


class Keys(NamedTuple):
    """What requests are signed with."""

    access_key: str
    secret_key: str
    session_token: str


class _CachedKeys(NamedTuple):
    keys: Keys
    renew_at: float  # seconds since 1970, 0 for never; `expires` likewise
    expires: float
    named: dict[str, str]  # the environment variables at the search


_lock = threading.Lock()
_cached: _CachedKeys | None = None


def find_settings() -> AwsSettings:
    """Return the settings of the environment and the profile. Errors: BadCall for a missing
    profile.
    """
    return AwsSettings(**_search(_SETTINGS, ""))


def find_keys(region: str) -> Keys:
    """Return the keys of this process: searched once, and again before they expire or when the
    environment has changed. `region` is the bucket's.

    Errors: StorageError that names the profile and the remedy; BadCall as find_settings.
    """
    global _cached
    with _lock:
        now, named = time.time(), variables()
        if _cached is not None and _cached.named != named:
            _cached = None
        if _cached is None or (_cached.renew_at and now >= _cached.renew_at):
            try:
                credentials = _search(_CREDENTIALS, region)
                ends = credentials.pop("renew_at"), credentials.pop("expires")
                _cached = _CachedKeys(Keys(**credentials), *ends, named)
            except StorageError:
                if _cached is None or (_cached.expires and now >= _cached.expires):
                    raise
                _cached = _cached._replace(renew_at=now + _MINUTE)
        return _cached.keys


def _search(search: int, region: str) -> Any:
    where = {
        "variables": variables(),
        "home": str(home_folder() or ""),
        "region": region,
        "now": int(time.time()),
    }
    answers: list[Any] = []
    while True:
        text = take_text(
            "verger_aws_next", search, borrowed(json.dumps(where)), borrowed(json.dumps(answers))
        )
        step = json.loads(text)
        if "done" in step:
            return step["done"]
        if "error" in step:
            raise StorageError(step["error"])
        if "read" in step:
            answers.append(_read(step["read"]))
        elif "run" in step:
            answers.append(_run(step["run"]))
        else:
            answers.append(_send(step["send"]))


def _read(path: str) -> str | None:
    if not os.path.isfile(path):
        return None
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError as error:
        raise StorageError(f"cannot read '{path}': {error.strerror}") from error


def _run(command: str) -> dict[str, Any]:
    """Run a command; its stderr, and its questions there, go to the user."""
    done = subprocess.run(command, shell=True, stdout=subprocess.PIPE, check=False)
    status = done.returncode if done.returncode >= 0 else 128 - done.returncode
    return {"status": status, "said": done.stdout.decode("utf-8", "replace")}


def _send(message: dict[str, Any]) -> dict[str, Any]:
    reply: dict[str, Any] = {}
    for _ in attempts(message["tries"]):
        try:
            answer = request(
                message["method"],
                message["url"],
                message["seconds"],
                message["headers"],
                message["body"].encode(),
                message["local"],
            )
            reply = {"status": answer.status, "body": answer.body.decode("utf-8", "replace")}
        except NoAnswer as error:
            reply = {"status": 0, "error": str(error)}
        if not status_may_pass(reply["status"]):
            break
    return reply
