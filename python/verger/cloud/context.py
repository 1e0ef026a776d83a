"""The context of a command: arguments, settings, and AWS."""

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
from verger.cloud.groups import NodeGroups
from verger.cloud.prices import Prices, load
from verger.cloud.settings import Settings
from verger.errors import StorageError


@dataclass
class Context:
    """The arguments, the settings, and AWS behind the guard; sends nothing by itself."""

    args: argparse.Namespace
    settings: Settings
    today: date = field(default_factory=date.today)
    sums: str = ""  # the hash of the wheels' SHA256SUMS, once it is known

    @cached_property
    def aws(self) -> Aws:
        """The clients of AWS."""
        return Aws(self.settings)

    @property
    def clusters(self) -> Clusters:
        """The clusters of the settings' name."""
        return Clusters(self.settings, self.aws, sums=self.sums, say=say)

    @property
    def node_groups(self) -> NodeGroups:
        """The nodes of any cluster."""
        return NodeGroups(self.settings, self.aws)

    @property
    def bucket(self) -> Bucket:
        """The objects of any bucket."""
        return Bucket(self.settings, self.aws)

    @property
    def prices(self) -> Prices:
        """The prices of --prices, else of the package."""
        file = getattr(self.args, "prices", None)
        return load(Path(file) if file else None)

    @property
    def photos(self) -> str:
        """The argument PHOTOS, else that of the settings."""
        return getattr(self.args, "photos", None) or self.settings.photos

    @property
    def out(self) -> str:
        """The argument OUT, else that of the settings."""
        return getattr(self.args, "out", None) or self.settings.out

    def show(self, text: str, summary: dict[str, Any]) -> None:
        """Print a command's result: the text, or with --json the summary.

        Errors: StorageError if it cannot be written; BrokenPipeError if the reader closed the pipe.
        """
        self._print(text, summary, "the result cannot be written to stdout: ", BrokenPipeError)

    def show_done(self, text: str, summary: dict[str, Any]) -> None:
        """Print the result of a command that changed something.

        Errors: StorageError also for a closed pipe, for the result must not get lost.
        """
        self._print(
            text, summary, "the command succeeded, but its result cannot be written to stdout: "
        )

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
    """Print progress on stderr: stdout is for results."""
    # A closed terminal must not keep us from stopping what runs.
    with suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)


def warn(warnings: list[str]) -> None:
    """Print warnings on stderr."""
    for warning in warnings:
        say(f"verger cloud: warning: {warning}")
