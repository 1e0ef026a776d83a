"""What things cost, said in lines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from verger.cloud.context import Context
from verger.cloud.plane import Look
from verger.cloud.settings import Settings
from verger.errors import BadInput


def hour(context: Context, settings: Settings | None = None, serverless: bool = False) -> float:
    """USD of an hour with all nodes. Errors: BadInput."""
    chosen, prices = settings or context.settings, context.prices
    lines = prices.serverless_hour(chosen) if serverless else prices.cluster_hour(chosen)
    return sum(line.dollars for line in lines)


def hour_text(context: Context, settings: Settings | None = None) -> str:
    """ "about 1.07 USD an hour (prices of 2026-11-24)", or why that is not known."""
    try:
        return f"about {hour(context, settings):.2f} USD an hour (prices of {context.prices.day})"
    except BadInput as error:
        return f"at a price that is not known ({error})"


def bill(context: Context, seen: Look, serverless_hours: Any = None) -> dict[str, Any]:
    """What a cluster has cost from its start to its end, all nodes counted the whole time; a job
    of EMR Serverless, from what the service says it used.
    """
    begin = seen.begin
    end = seen.end or datetime.now(UTC)
    hours = max(0.0, (end - begin).total_seconds() / 3600) if begin is not None else 0.0
    found: dict[str, Any] = {"hours": round(hours, 4), "prices_of": str(context.prices.day)}
    try:
        if serverless_hours is None:
            found["dollars"] = round(hours * hour(context), 4)
        else:
            usd = context.prices.tables["serverless"].usd
            keys = ("vcpu_hour", "gb_hour", "disk_gb_hour")
            parts = (used * usd[key] for used, key in zip(serverless_hours, keys))
            found["dollars"] = round(sum(parts), 4)
    except BadInput as error:
        found["unknown"] = str(error)
    return found


def bill_text(found: dict[str, Any]) -> str:
    """The bill in a line."""
    minutes = 60 * found["hours"]
    cost = f"about {found['dollars']:.2f} USD" if "dollars" in found else found["unknown"]
    return f"{minutes:.0f} minutes, {cost} (prices of {found['prices_of']}; the bill is AWS's)"
