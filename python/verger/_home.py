"""Where the user's own files are. What lies in the current folder is not the user's own."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

_AWS_FILES = {"AWS_CONFIG_FILE": "config", "AWS_SHARED_CREDENTIALS_FILE": "credentials"}


def home_folder() -> Path | None:
    """$HOME if it is absolute, else the home that the system has for the user; never relative."""
    home = os.environ.get("HOME", "")
    if not home.startswith("/"):
        try:
            home = pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:
            return None
    return Path(home) if home.startswith("/") else None


def name_aws_files() -> None:
    """Names AWS's files in the environment, for boto3, unless HOME is absolute.

    It takes a relative HOME as it is, and a missing one for a folder named ~.
    """
    if os.environ.get("HOME", "").startswith("/"):
        return
    home = home_folder()
    for variable, name in _AWS_FILES.items():
        if not os.environ.get(variable):
            os.environ[variable] = str(home / ".aws" / name) if home else os.devnull
