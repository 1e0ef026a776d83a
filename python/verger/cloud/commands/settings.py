"""Print all settings with their meanings, as a start for your own file."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from verger.cloud.context import Context
from verger.cloud.settings_file import settings_text
from verger.cloud.stack import with_stack


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --stack."""
    parser.add_argument(
        "--stack", metavar="NAME", help="fill in the outputs of this CloudFormation stack"
    )


def run(context: Context) -> int:
    """Print the settings, with the changes of --settings and options. Only --stack asks AWS."""
    if context.args.stack:
        context.settings = with_stack(context.settings, context.aws, context.args.stack)
    context.show(settings_text(context.settings).rstrip("\n"), asdict(context.settings))
    return 0
