"""What someone does who has a server of their own: the program and the wheel, on buckets in it."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from program import VERGER, Argument, run_python
from s3.server import S3Server
from small_photos import plant

from .servers import KINDS

PHOTOS = 24
TIMEOUT = 120  # seconds


@dataclass
class User:
    """Photos in a bucket of a server that is started."""

    name: str
    server: S3Server
    folder: Path
    network: list[str]  # the file, and its preset

    @cached_property
    def bucket(self) -> str:
        return self.server.new_bucket()

    @property
    def encryption(self) -> int:
        """The exit code of --sse AES256."""
        return KINDS[self.name].encryption if self.name in KINDS else 5

    @property
    def takes_empty_names(self) -> bool:
        """Whether a key may have two '/' in a row."""
        return self.name not in KINDS or KINDS[self.name].empty_names

    @property
    def options(self) -> list[str]:
        return ["--model", self.network[0], "--preset", self.network[1]]

    def url(self, prefix: str) -> str:
        return f"s3://{self.bucket}/{prefix}"

    def plant(self, prefix: str, photos: int = PHOTOS, first: int = 0) -> str:
        """Puts photos into the bucket."""
        folder = plant(self.folder / prefix / str(first), photos, first=first)
        self.server.put_folder(self.bucket, prefix, folder)
        return self.url(prefix)

    def environment(self) -> dict[str, str]:
        inherited = {
            name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ
        }
        return {**inherited, "HOME": str(self.folder), **self.server.environment()}

    def start(self, *arguments: Argument) -> subprocess.Popen[str]:
        """Starts the program."""
        return subprocess.Popen(
            [VERGER, *arguments],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def verger(self, *arguments: Argument, check: int = 0) -> subprocess.CompletedProcess[str]:
        """Runs the program to its end."""
        run = self.start(*arguments)
        out, err = run.communicate(timeout=TIMEOUT)
        message = f"{self.name}: {arguments}: exit {run.returncode}\n{out}\n{err}"
        assert run.returncode == check, message
        return subprocess.CompletedProcess(run.args, run.returncode, out, err)

    def summary(self, *arguments: Argument) -> dict[str, Any]:
        return dict(json.loads(self.verger(*arguments, "--json").stdout))

    def python(self, code: str, *arguments: str) -> str:
        """What a program that uses the wheel prints."""
        done = run_python(code, *arguments, env=self.environment(), timeout=TIMEOUT)
        assert done.returncode == 0, f"{self.name}: {done.stderr}"
        return done.stdout
