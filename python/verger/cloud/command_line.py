"""Arguments, settings and the region guard, in this order; then the command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from verger._version import VERSION
from verger.cloud import complete
from verger.cloud.commands import down, logs, plan, resize, settings, status, submit, ui, up
from verger.cloud.commands import run as whole
from verger.cloud.context import Context
from verger.cloud.guard import check_texts
from verger.cloud.settings import Settings
from verger.cloud.settings_file import read_settings
from verger.errors import BadCall

COMMANDS: dict[str, ModuleType] = {
    "settings": settings,
    "plan": plan,
    "run": whole,
    "up": up,
    "submit": submit,
    "status": status,
    "resize": resize,
    "logs": logs,
    "ui": ui,
    "down": down,
}
# Settings that are also options, for they change from day to day.
_OPTIONS = {
    "bucket": "the bucket, without s3://",
    "name": "of the cluster",
    "region": "by default that of the settings, eu-west-3",
    "release": "such as emr-7.13.0",
    "subnet": "its id",
}


def run(arguments: Sequence[str] | None) -> int:
    """Run a command; return its exit code. Errors: VergerError."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == [complete.COMMAND]:
        print(complete.complete(parser(), words[1:]), end="")
        return 0
    args = parser().parse_args(words)
    _refuse_empty(args)
    settings = _settings(args)
    urls = [url for name in ("photos", "out") if (url := getattr(args, name, None))]
    # Before there is a client.
    check_texts(settings, os.environ, urls)
    command: ModuleType = args.command
    return int(command.run(Context(args, settings)))


def _refuse_empty(args: argparse.Namespace) -> None:
    """Errors: BadCall for an empty word, which must not mean the default."""
    for name, value in vars(args).items():
        if isinstance(value, str) and not value.strip():
            word = name.upper() if name in ("photos", "out") else f"--{name}"
            raise BadCall(f"{word} is empty: check that the shell variable is set")


def _settings(args: argparse.Namespace) -> Settings:
    settings = read_settings(Path(args.settings) if args.settings else None)
    options = {name: value for name in _OPTIONS if (value := getattr(args, name)) is not None}
    return replace(settings, **options)


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = argparse.ArgumentParser(
        prog="verger cloud",
        description="Run Verger on a cluster of Amazon EMR, from the terminal.",
        epilog="Begin with 'verger cloud settings > verger-cloud.toml', fill in the bucket and "
        "the stack's outputs, and look at 'verger cloud plan', which sends nothing.",
    )
    top.add_argument("--version", action="version", version=f"verger cloud {VERSION}")
    below = top.add_subparsers(metavar="COMMAND", required=True)
    shared = _shared()
    for name, module in COMMANDS.items():
        text = module.__doc__ or ""
        one = below.add_parser(
            name, parents=[shared], help=text.splitlines()[0].rstrip("."), description=text
        )
        module.add_arguments(one)
        one.set_defaults(command=module)
    return top


def _shared() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    group = shared.add_argument_group("common options")
    group.add_argument("--settings", metavar="FILE", help="verger-cloud.toml if it exists")
    group.add_argument("--json", action="store_true", help="print JSON, for programs")
    for name, text in _OPTIONS.items():
        group.add_argument(f"--{name}", metavar=name.upper(), help=text)
    return shared
