"""What things cost, said in lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from verger.cloud.context import Context
from verger.cloud.plane import Look
from verger.cloud.settings import Settings
from verger.errors import BadInput, VergerError
from verger.runs.text import counted


def hour(context: Context, settings: Settings | None = None, serverless: bool = False) -> float:
    """USD of an hour with all nodes. Errors: BadInput."""
    settings_priced, prices = settings or context.settings, context.prices
    lines = (
        prices.serverless_hour(settings_priced)
        if serverless
        else prices.cluster_hour(settings_priced)
    )
    return sum(line.dollars for line in lines)


def hour_text(context: Context, settings: Settings | None = None) -> str:
    """ "about 1.07 USD an hour (prices of 2026-11-24)", or why that is not known."""
    try:
        return f"about {hour(context, settings):.2f} USD an hour (prices of {context.prices.day})"
    except BadInput as error:
        return f"at a price that is not known ({error})"


def idle_text(context: Context) -> str:
    """ ", up to 27 USD": what a cluster of `up` costs that nobody uses; "" if that is not known."""
    settings = context.settings
    if settings.termination_protection:
        return ""
    try:
        return f", up to {settings.idle_seconds / 3600 * hour(context):,.2f} USD"
    except BadInput:
        return ""


def bill(context: Context, look: Look, cluster: str) -> dict[str, Any]:
    """What a cluster has cost: each node that ran, from its start to its end. Where these are not
    to be seen: those it started with, from the cluster's start to its end.
    """
    end = look.end or datetime.now(UTC)
    hours = _hours(look.begin, end)
    record: dict[str, Any] = {"hours": round(hours, 4), "prices_of": str(context.prices.day)}
    ran = _ran(context, cluster, end)
    settings = context.settings
    try:
        if ran:
            record["of"] = f"{counted(len(ran), 'node', 'nodes')} that ran"
            record["dollars"] = round(
                sum(time * _node_hour(context, type_, spot) for type_, spot, time in ran), 4
            )
        else:
            number = sum(group.count for group in settings.groups)
            record["of"] = f"the {counted(number, 'node', 'nodes')} it started with"
            record["dollars"] = round(hours * hour(context), 4)
    except BadInput as error:
        record["unknown"] = str(error)
    return record


def serverless_bill(
    context: Context, look: Look, usage: tuple[float, float, float] | None
) -> dict[str, Any]:
    """What a job of EMR Serverless has cost, from what the service says it used, if it does."""
    hours = _hours(look.begin, look.end or datetime.now(UTC))
    record: dict[str, Any] = {"hours": round(hours, 4), "prices_of": str(context.prices.day)}
    if usage is None:
        record["unknown"] = "at a cost that is not told yet"
        return record
    usd = context.prices.tables["serverless"].usd
    keys = ("vcpu_hour", "gb_hour", "disk_gb_hour")
    record["dollars"] = round(sum(one * usd[key] for one, key in zip(usage, keys)), 4)
    return record


def bill_text(record: dict[str, Any]) -> str:
    """The bill in a line."""
    minutes = counted(round(60 * record["hours"]), "minute", "minutes")
    cost = f"about {record['dollars']:.2f} USD" if "dollars" in record else record["unknown"]
    of = f" for {record['of']}" if "dollars" in record and "of" in record else ""
    return f"{minutes}, {cost}{of} (prices of {record['prices_of']}; the bill is AWS's)"


def _hours(begin: datetime | None, end: datetime) -> float:
    return max(0.0, (end - begin).total_seconds() / 3600) if begin is not None else 0.0


def _ran(context: Context, cluster: str, end: datetime) -> list[tuple[str, bool, float]]:
    """Type, whether it was spot, and hours of every node; none where AWS does not tell of all."""
    try:
        nodes = context.clusters.instances(cluster)
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
    """USD of an hour of one node, with the disks of the settings' last group that has its type."""
    settings = context.settings
    alike = [group for group in settings.groups if type_ in (group.type, *group.spot_types)]
    node = replace(alike[-1] if alike else settings.task, type=type_, count=1, spot=spot)
    none = replace(settings.primary, count=0)
    return hour(context, replace(settings, primary=none, core=none, task=node))
