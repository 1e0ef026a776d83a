"""boto3, too, takes no credentials of the current folder for the user's own."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from verger.cloud.aws import Aws

from .programs import mission

pytest.importorskip("boto3")


def write_credentials(home: Path, key: str) -> None:
    (home / ".aws").mkdir(parents=True)
    (home / ".aws" / "credentials").write_text(
        f"[default]\naws_access_key_id = {key}\naws_secret_access_key = secret\n"
    )


@pytest.mark.parametrize("home", ["", ".", "here"])
@pytest.mark.parametrize("known", [True, False])
def test_credentials_are_those_of_the_systems_home(
    home: str, known: bool, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`known`: whether the system has a home for the user."""
    for name in ("CONFIG_FILE", "SHARED_CREDENTIALS_FILE", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        environment.delenv(f"AWS_{name}")  # a fixture puts them back
    for folder in (".", "here", "~"):
        write_credentials(tmp_path / folder, "CURRENTFOLDER")
    write_credentials(tmp_path / "mine", "MINE")
    entries = {"mine": SimpleNamespace(pw_dir=str(tmp_path / "mine"))} if known else {}
    environment.setattr("pwd.getpwuid", lambda _: entries["mine"])
    environment.setenv("HOME", home)
    keys = Aws(mission()).s3_keys()
    assert keys == (("MINE", "secret", None) if known else None)
