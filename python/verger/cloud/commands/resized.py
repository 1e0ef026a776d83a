"""Settings with the counts that --core and --task ask for."""

from __future__ import annotations

import argparse
from dataclasses import replace

from verger.cloud.settings import Settings


def with_counts(settings: Settings, args: argparse.Namespace) -> Settings:
    """The settings as `args` change them."""
    for name in ("core", "task"):
        count = getattr(args, name, None)
        if count is not None:
            group = replace(getattr(settings, name), count=count)
            settings = replace(settings, **{name: group})
    return settings
