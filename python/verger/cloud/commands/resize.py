"""Add or take away nodes of the cluster that runs; set when it ends by itself, or its scaling."""

from __future__ import annotations

import argparse
from typing import Any

from verger.cloud import costs
from verger.cloud.checks import IDLE, check
from verger.cloud.commands import options
from verger.cloud.commands.resized import as_it_runs, with_counts
from verger.cloud.context import Context, say
from verger.cloud.words import span
from verger.errors import BadCall


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to change."""
    options.cluster(parser)
    options.nodes(parser)
    options.prices(parser)
    parser.add_argument("--idle", metavar="S", type=int, help="end after S seconds without work")
    parser.add_argument(
        "--scaling", action="store_true", help="managed scaling, as [scaling] in the settings says"
    )


def run(context: Context) -> int:
    """Changes it; nodes come within minutes, and go when their tasks are done."""
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

    def tell(text: str) -> None:
        """At once: what comes after may fail."""
        say(f"{id_}: {text}")
        lines.append(f"{id_}: {text}")

    if counts:
        if args.core is not None and args.core < context.settings.core.count:
            say("core nodes hold HDFS: their blocks are copied before they go, which takes a while")
        priced = with_counts(as_it_runs(context.settings, clusters.groups(id_)), args)
        clusters.resize(id_, counts)
        nodes_by_role = ", ".join(f"{count} {role.lower()}" for role, count in counts.items())
        nodes = "node" if list(counts.values()) == [1] else "nodes"
        tell(f"{nodes_by_role} {nodes} asked for: {costs.hour_text(context, priced)}")
        summary["counts"] = counts
    if args.idle is not None:
        clusters.end_when_idle(id_, args.idle)
        tell(f"ends after {span(args.idle)} without work")
        summary["idle_seconds"] = args.idle
    if args.scaling:
        clusters.scale(id_)
        limits = settings.scaling
        tell(f"{limits.minimum} to {limits.maximum} nodes, as jobs need them")
        summary["scaling"] = [limits.minimum, limits.maximum]
    context.show_done("\n".join(lines), summary)
    return 0
