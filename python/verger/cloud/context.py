"""What every command is given."""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from verger.cloud.aws import Aws
from verger.cloud.bucket import Bucket
from verger.cloud.cluster import Clusters
from verger.cloud.prices import Prices, load
from verger.cloud.serverless import Serverless
from verger.cloud.settings import Settings
from verger.errors import StorageError


@dataclass
class Context:
    """The arguments, the settings, and AWS behind the guard, of which nothing is asked yet."""

    args: argparse.Namespace
    settings: Settings
    today: date = field(default_factory=date.today)
    sums: str = ""  # the hash of the wheels' SHA256SUMS, once it is known

    @cached_property
    def aws(self) -> Aws:
        """Clients."""
        return Aws(self.settings)

    @property
    def clusters(self) -> Clusters:
        """The clusters of the settings' name."""
        return Clusters(self.settings, self.aws, sums=self.sums, say=say)

    @property
    def serverless(self) -> Serverless:
        """EMR Serverless."""
        return Serverless(self.settings, self.aws, say=say)

    @property
    def bucket(self) -> Bucket:
        """Objects."""
        return Bucket(self.settings, self.aws)

    @property
    def prices(self) -> Prices:
        """The user's price file, else ours."""
        file = getattr(self.args, "prices", None)
        return load(Path(file) if file else None)

    @property
    def photos(self) -> str:
        """PHOTOS as given, else as the settings have it."""
        return getattr(self.args, "photos", None) or self.settings.photos

    @property
    def out(self) -> str:
        """OUT as given, else as the settings have it."""
        return getattr(self.args, "out", None) or self.settings.out

    def show(self, text: str, summary: dict[str, Any]) -> None:
        """Prints a command's result: the text, or with --json what machines read.

        Errors: StorageError where it cannot be written; BrokenPipeError if the reader has enough.
        """
        self._print(text, summary, "the result cannot be told on stdout: ", BrokenPipeError)

    def show_done(self, text: str, summary: dict[str, Any]) -> None:
        """The same of a command that did something, whose result must not get lost.

        Errors: StorageError where nobody could read it.
        """
        self._print(text, summary, "it was done, but cannot be told on stdout: ")

    def _print(
        self, text: str, summary: dict[str, Any], problem: str, *reraised: type[OSError]
    ) -> None:
        if sys.stdout is None:
            raise StorageError(f"{problem}it is closed")
        try:
            print(
                json.dumps(summary, indent=1, default=str) if self.args.json else text, flush=True
            )
        except OSError as error:
            with suppress(OSError):  # else Python would try again at its end
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if isinstance(error, reraised):
                raise
            raise StorageError(f"{problem}{error}") from error


def say(text: str) -> None:
    """Tells what goes on, on stderr: stdout is for results."""
    # A terminal that is gone must not keep us from stopping what runs.
    with suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)


def warn(warnings: list[str]) -> None:
    """Tells what is risky."""
    for warning in warnings:
        say(f"verger cloud: warning: {warning}")
