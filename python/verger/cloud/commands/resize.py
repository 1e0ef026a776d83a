"""Add or remove nodes of the running cluster; set when it ends by itself, or its scaling."""

from __future__ import annotations

import argparse
from typing import Any

from verger.cloud import costs
from verger.cloud.checks import IDLE, check
from verger.cloud.commands import options
from verger.cloud.commands.resized import as_it_runs, with_counts
from verger.cloud.context import Context, say
from verger.cloud.text import exact_duration
from verger.errors import BadCall


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --cluster, --core, --task, --prices, --idle and --scaling."""
    options.cluster(parser)
    options.nodes(parser)
    options.prices(parser)
    parser.add_argument(
        "--idle", metavar="S", type=int, help="end the cluster after S seconds without work"
    )
    parser.add_argument(
        "--scaling", action="store_true", help="set managed scaling as in [scaling] of the settings"
    )


def run(context: Context) -> int:
    """Change the cluster: nodes start within minutes, and end after their tasks."""
    args = context.args
    counts = {
        role: count
        for role, count in (("CORE", args.core), ("TASK", args.task))
        if count is not None
    }
    if not counts and args.idle is None and not args.scaling:
        raise BadCall("nothing to change: give --core N, --task N, --idle S or --scaling")
    settings = with_counts(context.settings, args)
    check(settings, context.today)
    if args.idle is not None and not IDLE[0] <= args.idle <= IDLE[1]:
        raise BadCall(f"--idle {args.idle}: give {IDLE[0]} to {IDLE[1]:,} s")
    if args.scaling and not settings.scaling.enabled:
        raise BadCall("--scaling: set enabled = true in [scaling] of the settings, and its limits")
    clusters = context.clusters
    id_ = clusters.resolve(args.cluster)
    lines: list[str] = []
    summary: dict[str, Any] = {"cluster": id_}

    def report(text: str) -> None:
        """Report a change at once: a later one may fail."""
        say(f"{id_}: {text}")
        lines.append(f"{id_}: {text}")

    if counts:
        if args.core is not None and args.core < context.settings.core.count:
            say(
                "core nodes store HDFS: their blocks are copied before they are removed, which "
                "takes a while"
            )
        priced = with_counts(as_it_runs(context.settings, context.node_groups.by_role(id_)), args)
        context.node_groups.resize(id_, counts)
        nodes_by_role = ", ".join(f"{count} {role.lower()}" for role, count in counts.items())
        nodes = "node" if list(counts.values()) == [1] else "nodes"
        report(f"{nodes_by_role} {nodes} requested: {costs.hour_text(context, priced)}")
        summary["counts"] = counts
    if args.idle is not None:
        clusters.end_when_idle(id_, args.idle)
        report(f"ends after {exact_duration(args.idle)} without work")
        summary["idle_seconds"] = args.idle
    if args.scaling:
        context.node_groups.scale(id_)
        limits = settings.scaling
        report(f"{limits.minimum} to {limits.maximum} nodes, as jobs need them")
        summary["scaling"] = [limits.minimum, limits.maximum]
    context.show_done("\n".join(lines), summary)
    return 0
