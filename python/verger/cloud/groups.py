"""What EMR tells of groups of nodes, be they instance groups or fleets."""

from __future__ import annotations

from typing import Any


def requested(group: dict[str, Any]) -> int:
    """How many nodes were requested."""
    count = group.get("RequestedInstanceCount")
    if count is None:
        count = group.get("TargetOnDemandCapacity", 0) + group.get("TargetSpotCapacity", 0)
    return int(count)


def running(group: dict[str, Any]) -> int:
    """How many run."""
    count = group.get("RunningInstanceCount")
    if count is None:
        count = sum(group.get(f"Provisioned{kind}Capacity", 0) for kind in ("OnDemand", "Spot"))
    return int(count)


def is_spot(fleet: dict[str, Any]) -> bool:
    """Whether a fleet was made for spot nodes, be it that it has none just now."""
    spot = fleet.get("LaunchSpecifications", {}).get("SpotSpecification")
    return bool(spot) or bool(fleet.get("TargetSpotCapacity"))
