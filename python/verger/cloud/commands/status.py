"""Show the cluster, its nodes and its steps, with the photos that the job has done.

With --watch, wait until the job ends; the exit code is 1 if it failed.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from verger.cloud import groups
from verger.cloud.cluster import Clusters, Status
from verger.cloud.commands import options
from verger.cloud.context import Context, say
from verger.cloud.watch import Watch, progress_text
from verger.errors import Failed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --cluster, --every, --step, --out and --watch."""
    options.cluster(parser)
    options.every(parser)
    parser.add_argument("--step", metavar="ID", help="s-...; the latest by default")
    parser.add_argument("--out", metavar="OUT", help="the job's OUT, as passed to submit")
    parser.add_argument("--watch", action="store_true", help="watch until the job ends")


def run(context: Context) -> int:
    """Show the cluster once, or watch it."""
    args, clusters = context.args, context.clusters
    if args.cluster is None and not clusters.active():
        return _nothing_runs(context, clusters)
    id_ = clusters.resolve(args.cluster)
    if args.watch:
        return _watch(context, clusters, id_)
    status = clusters.status(id_, args.step)
    summary = _summary(context, clusters, id_, status)
    context.show(_text(summary), summary)
    return 1 if status.problem else 0


def _nothing_runs(context: Context, clusters: Clusters) -> int:
    """Report that, and why the last cluster failed, if it did."""
    text = f"no cluster named {context.settings.name} runs"
    last = clusters.last_ended()
    problem = clusters.status(last).problem if last is not None else ""
    if last is not None:
        text += f"; the last was {last}" + (f": {problem}" if problem else "")
    context.show(text, {"clusters": [], "last": last, "problem": problem})
    return 1 if problem else 0


def _watch(context: Context, clusters: Clusters, id_: str) -> int:
    args, bucket = context.args, context.bucket
    watch = Watch(clusters, lambda: bucket.progress(context.out), say, time.sleep, args.every)
    status = watch.until_job_ends(id_, lambda: clusters.status(id_, args.step))
    if status.problem:
        raise Failed(status.problem)
    context.show(f"{id_}: job {status.job.lower()}", {"id": id_, "job": status.job})
    return 0


def _summary(context: Context, clusters: Clusters, id_: str, status: Status) -> dict[str, Any]:
    nodes = {
        role: {
            "name": group.get("Name", ""),
            "asked": groups.requested(group),
            "running": groups.running(group),
        }
        for role, group in context.node_groups.by_role(id_).items()
    }
    steps = [
        {"id": one["Id"], "name": one["Name"], "state": one["Status"]["State"]}
        for one in clusters.steps(id_)
    ]
    busy = status.job == "RUNNING"
    return {
        "cluster": id_,
        "state": status.state,
        "problem": status.problem,
        "groups": nodes,
        "steps": steps,
        "progress": context.bucket.progress(context.out) if busy else None,
    }


def _text(summary: dict[str, Any]) -> str:
    lines = [f"{summary['cluster']}: {summary['state'].lower().replace('_', ' ')}"]
    for role, group in summary["groups"].items():
        lines.append(
            f"  {role.lower():<7} {group['name']}: {group['running']} of {group['asked']} nodes run"
        )
    lines += [
        f"  step {one['id']} {one['name']}: {one['state'].lower()}" for one in summary["steps"]
    ]
    if summary["progress"] is not None:
        lines.append(f"  {progress_text(summary['progress'])}")
    if summary["problem"]:
        lines.append(f"  {summary['problem']}")
    return "\n".join(lines)
