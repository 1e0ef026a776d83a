"""The user's home folder, which is never relative to the current folder."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

_AWS_FILES = {"AWS_CONFIG_FILE": "config", "AWS_SHARED_CREDENTIALS_FILE": "credentials"}


def home_folder() -> Path | None:
    """Return $HOME if it is absolute, else the user's home by the system; None if there is none."""
    home = os.environ.get("HOME", "")
    if not home.startswith("/"):
        try:
            home = pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:
            return None
    return Path(home) if home.startswith("/") else None


def name_aws_files() -> None:
    """Set the paths of AWS's files in the environment, for boto3, unless HOME is absolute.

    boto3 itself would use a relative HOME, or a folder named ~ without one.
    """
    if os.environ.get("HOME", "").startswith("/"):
        return
    home = home_folder()
    for variable, name in _AWS_FILES.items():
        if not os.environ.get(variable):
            os.environ[variable] = str(home / ".aws" / name) if home else os.devnull
