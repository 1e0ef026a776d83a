"""Settings with the counts of --core and --task, or with the nodes that a cluster has."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from verger.cloud.groups import requested
from verger.cloud.settings import Settings


def with_counts(settings: Settings, args: argparse.Namespace) -> Settings:
    """Return the settings with the counts of --core and --task."""
    for name in ("core", "task"):
        count = getattr(args, name, None)
        if count is not None:
            group = replace(getattr(settings, name), count=count)
            settings = replace(settings, **{name: group})
    return settings


def as_it_runs(settings: Settings, groups: dict[str, dict[str, Any]]) -> Settings:
    """Return the settings with the nodes of a cluster's `groups`, and the type of each group."""
    for role, name in (("MASTER", "primary"), ("CORE", "core"), ("TASK", "task")):
        group, ours = groups.get(role, {}), getattr(settings, name)
        spot = group["Market"] == "SPOT" if "Market" in group else ours.spot
        type_ = group.get("InstanceType", ours.type)
        there = replace(ours, type=type_, count=requested(group), spot=spot)
        settings = replace(settings, **{name: there})
    return settings
