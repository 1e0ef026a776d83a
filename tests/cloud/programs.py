"""The command line as a test calls it, and the settings that tests start from."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from verger.cloud.main import main
from verger.cloud.settings import Settings
from verger.cloud.settings_file import settings_text

BUCKET = "orchard-paris"


def mission(**changes: Any) -> Settings:
    """The defaults, with what a stack gives."""
    values: dict[str, Any] = {
        "bucket": BUCKET,
        "key_pair": "fruits",
        "subnet": "subnet-0a1b2c3d",
        "security_configuration": "verger-security",
        "primary_security_group": "sg-0001",
        "core_security_group": "sg-0002",
        "service_access_security_group": "sg-0003",
    }
    return dataclasses.replace(Settings(), **{**values, **changes})


def write_wheel(file: Path, text: str = "") -> None:
    """A whole archive that is named like a wheel; it holds `text`."""
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("verger/__init__.py", text)


@dataclass
class Done:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Program:
    """`verger cloud`, in a folder with settings and wheels."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    def write(self, settings: Settings) -> Path:
        file = self.folder / "verger-cloud.toml"
        file.write_text(settings_text(settings), encoding="utf-8")
        return file

    def __call__(self, *arguments: str, settings: Settings | None = None) -> Done:
        words: Sequence[str] = arguments
        if settings is not None:
            words = [*arguments, "--settings", str(self.write(settings))]
        try:
            code = main(list(words))
        except SystemExit as ended:  # of argparse
            code = int(ended.code or 0)
        captured = self.capture.readouterr()
        return Done(code, captured.out, captured.err)
