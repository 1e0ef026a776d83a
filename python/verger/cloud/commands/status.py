"""Show the cluster, its nodes and its steps, with the photos that the job has done.

With --watch, until the job ends: then the exit code is 1 if it failed.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from verger.cloud import groups
from verger.cloud.cluster import Clusters
from verger.cloud.commands import options
from verger.cloud.context import Context, say
from verger.cloud.plane import Look, Plane
from verger.cloud.watch import Watch, progress_text
from verger.errors import Failed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which cluster and step."""
    options.cluster(parser)
    options.serverless(parser)
    options.every(parser)
    parser.add_argument("--step", metavar="ID", help="s-...; the latest by default")
    parser.add_argument("--out", metavar="OUT", help="the job's OUT, as given to submit")
    parser.add_argument("--watch", action="store_true", help="until the job ends")


def run(context: Context) -> int:
    """Shows it once, or watches."""
    args = context.args
    if args.serverless:
        return _job(context, context.serverless, options.job_of(args))
    clusters = context.clusters
    if args.cluster is None and not clusters.active():
        return _nothing_runs(context, clusters)
    id_ = clusters.resolve(args.cluster)
    if args.watch:
        return _watched(context, clusters, id_, lambda: clusters.look(id_, args.step))
    look = clusters.look(id_, args.step)
    summary = _summary(context, clusters, id_, look)
    context.show(_text(summary), summary)
    return 1 if look.problem else 0


def _nothing_runs(context: Context, clusters: Clusters) -> int:
    """Says so, and why the last one ended, if that was badly."""
    text = f"no cluster named {context.settings.name} runs"
    last = clusters.ended_lately()
    problem = clusters.look(last).problem if last is not None else ""
    if last is not None:
        text += f"; the last was {last}" + (f": {problem}" if problem else "")
    context.show(text, {"clusters": [], "last": last, "problem": problem})
    return 1 if problem else 0


def _job(context: Context, plane: Plane, id_: str) -> int:
    if context.args.watch:
        return _watched(context, plane, id_, lambda: plane.look(id_))
    look = plane.look(id_)
    summary = {"job": id_, "state": look.state, "problem": look.problem}
    context.show(f"{id_}: {look.state.lower()} {look.problem}".rstrip(), summary)
    return 1 if look.problem else 0


def _watched(context: Context, plane: Plane, id_: str, look: Any) -> int:
    bucket = context.bucket
    watch = Watch(plane, lambda: bucket.progress(context.out), say, time.sleep, context.args.every)
    view = watch.until_job_ends(id_, look)
    if view.problem:
        raise Failed(view.problem)
    context.show(f"{id_}: job {view.job.lower()}", {"id": id_, "job": view.job})
    return 0


def _summary(context: Context, clusters: Clusters, id_: str, look: Look) -> dict[str, Any]:
    nodes = {
        role: {
            "name": group.get("Name", ""),
            "asked": groups.requested(group),
            "running": groups.running(group),
        }
        for role, group in clusters.groups(id_).items()
    }
    steps = [
        {"id": one["Id"], "name": one["Name"], "state": one["Status"]["State"]}
        for one in clusters.steps(id_)
    ]
    busy = look.job == "RUNNING"
    return {
        "cluster": id_,
        "state": look.state,
        "problem": look.problem,
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
