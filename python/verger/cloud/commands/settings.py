"""Print the settings, every choice explained: the beginning of your own file."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from verger.cloud.context import Context
from verger.cloud.settings_file import settings_text
from verger.cloud.stack import with_stack


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where they come from."""
    parser.add_argument("--stack", metavar="NAME", help="with what this CloudFormation stack gave")


def run(context: Context) -> int:
    """Prints them, with what --settings and options changed. Asks AWS of the stack, if at all."""
    if context.args.stack:
        context.settings = with_stack(context.settings, context.aws, context.args.stack)
    context.show(settings_text(context.settings).rstrip("\n"), asdict(context.settings))
    return 0
