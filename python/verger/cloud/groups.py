"""What EMR tells of groups of nodes, be they instance groups or fleets."""

from __future__ import annotations

from typing import Any


def asked(group: dict[str, Any]) -> int:
    """How many nodes were asked for."""
    found = group.get("RequestedInstanceCount")
    if found is None:
        found = group.get("TargetOnDemandCapacity", 0) + group.get("TargetSpotCapacity", 0)
    return int(found)


def running(group: dict[str, Any]) -> int:
    """How many run."""
    found = group.get("RunningInstanceCount")
    if found is None:
        found = sum(group.get(f"Provisioned{kind}Capacity", 0) for kind in ("OnDemand", "Spot"))
    return int(found)


def is_spot(fleet: dict[str, Any]) -> bool:
    """Whether a fleet was made for spot nodes, be it that it has none just now."""
    wanted = fleet.get("LaunchSpecifications", {}).get("SpotSpecification")
    return bool(wanted) or bool(fleet.get("TargetSpotCapacity"))
