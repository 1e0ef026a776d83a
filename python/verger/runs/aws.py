"""What AWS's tools know of this user: settings and credentials.

The rules are the library's; here files are read, commands run and requests sent.
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
from verger.runs.web import NoAnswer, request, variables

_SETTINGS, _CREDENTIALS = 0, 1  # verger_aws_search
_PAUSE = 0.2  # seconds before the second try; doubles
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


class _Held(NamedTuple):
    keys: Keys
    renew_at: float  # seconds since 1970, 0 for never; so `expires`
    expires: float
    named: dict[str, str]  # the variables that they were found by


_lock = threading.Lock()
_held: _Held | None = None


def find_settings() -> AwsSettings:
    """Errors: BadCall for a chosen profile that is not there."""
    return AwsSettings(**_search(_SETTINGS, ""))


def find_keys(region: str) -> Keys:
    """This process's, found once, and again before they expire, or when the environment names
    others. `region` is the bucket's.

    Errors: StorageError that names the profile and the remedy; BadCall as find_settings.
    """
    global _held
    with _lock:
        now, named = time.time(), variables()
        if _held is not None and _held.named != named:
            _held = None
        if _held is None or (_held.renew_at and now >= _held.renew_at):
            try:
                found = _search(_CREDENTIALS, region)
                ends = found.pop("renew_at"), found.pop("expires")
                _held = _Held(Keys(**found), *ends, named)
            except StorageError:
                if _held is None or (_held.expires and now >= _held.expires):
                    raise
                _held = _held._replace(renew_at=now + _MINUTE)
        return _held.keys


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
    """What it prints on stderr, and asks there, is for whoever runs us."""
    done = subprocess.run(command, shell=True, stdout=subprocess.PIPE, check=False)
    status = done.returncode if done.returncode >= 0 else 128 - done.returncode
    return {"status": status, "said": done.stdout.decode("utf-8", "replace")}


def _send(asked: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for attempt in range(asked["tries"]):
        try:
            answer = request(
                asked["method"],
                asked["url"],
                asked["seconds"],
                asked["headers"],
                asked["body"].encode(),
                asked["local"],
            )
            said = {"status": answer.status, "body": answer.body.decode("utf-8", "replace")}
        except NoAnswer as error:
            said = {"status": 0, "error": str(error)}
        passes = said["status"] in (0, 429) or said["status"] >= 500
        if not passes:
            break
        if attempt + 1 < asked["tries"]:
            time.sleep(_PAUSE * 2**attempt)
    return said
