"""The nodes of a cluster, as instance groups or as fleets."""

from __future__ import annotations

from typing import Any

from verger.cloud import request
from verger.cloud.aws import Aws, aws_errors, pages
from verger.cloud.settings import Settings
from verger.errors import BadCall


class NodeGroups:
    """The groups or fleets of any cluster, by its id."""

    def __init__(self, settings: Settings, aws: Aws) -> None:
        self._settings, self._aws = settings, aws

    @property
    def _emr(self) -> Any:
        return self._aws.client("emr")

    def by_role(self, id_: str) -> dict[str, dict[str, Any]]:
        """Return EMR's entries of groups or fleets by their role: MASTER, CORE, TASK."""
        with aws_errors(f"look at the nodes of {id_}"):
            if self._uses_fleets(id_):
                fleets = pages(self._emr, "list_instance_fleets", "InstanceFleets", ClusterId=id_)
                return {fleet["InstanceFleetType"]: fleet for fleet in fleets}
            groups = pages(self._emr, "list_instance_groups", "InstanceGroups", ClusterId=id_)
            return {group["InstanceGroupType"]: group for group in groups}

    def resize(self, id_: str, counts: dict[str, int]) -> None:
        """Set the nodes of CORE and TASK. Errors: BadCall for a role that the cluster lacks."""
        groups = self.by_role(id_)
        for role in counts:
            if role not in groups:
                raise BadCall(f"{id_} was started without {role.lower()} nodes: start another")
        with aws_errors(f"resize {id_}"):
            if all("InstanceFleetType" in groups[role] for role in counts):
                for role, count in counts.items():
                    spot = is_spot(groups[role])
                    self._emr.modify_instance_fleet(
                        **request.modify_instance_fleet(id_, groups[role]["Id"], count, spot)
                    )
            else:
                by_id = {groups[role]["Id"]: count for role, count in counts.items()}
                self._emr.modify_instance_groups(**request.modify_instance_groups(id_, by_id))

    def scale(self, id_: str) -> None:
        """Let EMR choose the number of nodes, within [scaling] of the settings."""
        with aws_errors(f"set the scaling of {id_}"):
            body = request.put_managed_scaling_policy(self._settings, id_)
            self._emr.put_managed_scaling_policy(**body)

    def instances(self, id_: str) -> list[dict[str, Any]]:
        """Return ListInstances' entries of all nodes, also of those that ended."""
        with aws_errors(f"look at the nodes of {id_}"):
            return list(pages(self._emr, "list_instances", "Instances", ClusterId=id_))

    def primary(self, id_: str) -> dict[str, Any]:
        """Return ListInstances' entry of the primary node; empty while there is none."""
        with aws_errors(f"look at the nodes of {id_}"):
            role: dict[str, Any] = {"InstanceGroupTypes": ["MASTER"]}
            if self._uses_fleets(id_):
                role = {"InstanceFleetType": "MASTER"}
            nodes = list(pages(self._emr, "list_instances", "Instances", ClusterId=id_, **role))
        return nodes[0] if nodes else {}

    def _uses_fleets(self, id_: str) -> bool:
        cluster = self._emr.describe_cluster(ClusterId=id_)["Cluster"]
        return bool(cluster.get("InstanceCollectionType") == "INSTANCE_FLEET")


def requested(group: dict[str, Any]) -> int:
    """Return how many nodes a group or fleet is to have."""
    count = group.get("RequestedInstanceCount")
    if count is None:
        count = group.get("TargetOnDemandCapacity", 0) + group.get("TargetSpotCapacity", 0)
    return int(count)


def running(group: dict[str, Any]) -> int:
    """Return how many nodes of a group or fleet run."""
    count = group.get("RunningInstanceCount")
    if count is None:
        count = sum(group.get(f"Provisioned{kind}Capacity", 0) for kind in ("OnDemand", "Spot"))
    return int(count)


def is_spot(fleet: dict[str, Any]) -> bool:
    """Return whether a fleet is for spot nodes, even if it has none now."""
    spot = fleet.get("LaunchSpecifications", {}).get("SpotSpecification")
    return bool(spot) or bool(fleet.get("TargetSpotCapacity"))
