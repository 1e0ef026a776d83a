"""What a cluster costs: an hour, an idle cluster, a run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from verger.cloud.cluster import Status
from verger.cloud.context import Context
from verger.cloud.settings import Settings
from verger.errors import BadInput, VergerError
from verger.runs.text import pluralize


def hour(context: Context, settings: Settings | None = None) -> float:
    """Return USD of an hour with all nodes. Errors: BadInput for a type without price."""
    return sum(line.dollars for line in context.prices.cluster_hour(settings or context.settings))


def hour_text(context: Context, settings: Settings | None = None) -> str:
    """Return "about 1.07 USD an hour (prices of 2026-11-24)", or why that is not known."""
    try:
        return f"about {hour(context, settings):.2f} USD an hour (prices of {context.prices.day})"
    except BadInput as error:
        return f"at an unknown price ({error})"


def idle_text(context: Context) -> str:
    """Return ", up to 27 USD", the price of an idle cluster of `up`; "" if that is not known."""
    settings = context.settings
    if settings.termination_protection:
        return ""
    try:
        return f", up to {settings.idle_seconds / 3600 * hour(context):,.2f} USD"
    except BadInput:
        return ""


def bill(context: Context, status: Status, cluster: str) -> dict[str, Any]:
    """Return what a cluster has cost: each node from its start to its end.

    Where AWS does not list all nodes: those it started with, from the cluster's start to its end.
    """
    end = status.end or datetime.now(UTC)
    hours = _hours(status.begin, end)
    record: dict[str, Any] = {"hours": round(hours, 4), "prices_of": str(context.prices.day)}
    ran = _ran(context, cluster, end)
    settings = context.settings
    try:
        if ran:
            record["of"] = f"{pluralize(len(ran), 'node', 'nodes')} that ran"
            record["dollars"] = round(
                sum(time * _node_hour(context, type_, spot) for type_, spot, time in ran), 4
            )
        else:
            number = sum(group.count for group in settings.groups)
            record["of"] = f"the {pluralize(number, 'node', 'nodes')} it started with"
            record["dollars"] = round(hours * hour(context), 4)
    except BadInput as error:
        record["unknown"] = str(error)
    return record


def bill_text(record: dict[str, Any]) -> str:
    """Return the bill as a line."""
    minutes = pluralize(round(60 * record["hours"]), "minute", "minutes")
    cost = f"about {record['dollars']:.2f} USD" if "dollars" in record else record["unknown"]
    of = f" for {record['of']}" if "dollars" in record and "of" in record else ""
    return f"{minutes}, {cost}{of} (prices of {record['prices_of']}; only AWS's bill is exact)"


def _hours(begin: datetime | None, end: datetime) -> float:
    return max(0.0, (end - begin).total_seconds() / 3600) if begin is not None else 0.0


def _ran(context: Context, cluster: str, end: datetime) -> list[tuple[str, bool, float]]:
    """Return type, whether it was spot, and hours of every node; none if AWS does not list all."""
    try:
        nodes = context.node_groups.instances(cluster)
    except VergerError:
        return []
    ran = []
    for node in nodes:
        timeline = node.get("Status", {}).get("Timeline", {})
        begin, type_ = timeline.get("CreationDateTime"), node.get("InstanceType")
        if begin is None or not type_:
            return []
        hours = _hours(begin, timeline.get("EndDateTime") or end)
        ran.append((str(type_), node.get("Market") == "SPOT", hours))
    return ran


def _node_hour(context: Context, type_: str, spot: bool) -> float:
    """Return USD of an hour of one node, with the disks of the last group of its type."""
    settings = context.settings
    alike = [group for group in settings.groups if type_ in (group.type, *group.spot_types)]
    node = replace(alike[-1] if alike else settings.task, type=type_, count=1, spot=spot)
    none = replace(settings.primary, count=0)
    return hour(context, replace(settings, primary=none, core=none, task=node))
