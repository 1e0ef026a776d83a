"""Settings to the requests that AWS gets: pure, so that `plan` shows what `up` sends."""

from __future__ import annotations

from typing import Any

from verger.cloud.nodes import Node, node_of
from verger.cloud.settings import Group, Settings

Request = dict[str, Any]

OUR_TAG = "verger"  # of whatever we start; its value is the settings' name
LAUNCH_TAG = "verger-launch"  # which call started a cluster, should its answer get lost
STEP_NAME = "pca.py"
# A node's share of YARN's memory for the heap. Half as much again is for Python and the engine
# (verger.spark.settings: memoryOverheadFactor), and the rest for YARN's own container.
HEAP_SHARE = 0.58
OVERHEAD_FACTOR = "0.5"
_DRIVER_SHARE = 0.4
_SPOT_MINUTES = 10  # without spot capacity for so long: on demand


def run_job_flow(
    settings: Settings, launch: str, job: tuple[str, str] | None = None, sums: str = ""
) -> Request:
    """RunJobFlow. With `job`, (PHOTOS, OUT), the cluster serves that job alone: its step goes with
    the request, so that it is done and the cluster ends whatever happens here. `sums` is the hash
    of the wheels' SHA256SUMS: a node that finds another there does not start.
    """
    request: Request = {
        "Name": settings.name,
        "ReleaseLabel": settings.release,
        "Applications": [{"Name": name} for name in settings.applications],
        "LogUri": settings.logs,
        "Instances": _instances(settings, alone=job is None),
        "BootstrapActions": [
            {
                "Name": settings.bootstrap.name,
                "ScriptBootstrapAction": {
                    "Path": settings.bootstrap_script,
                    "Args": [*(("--sha256", sums) if sums else ()), settings.wheels],
                },
            }
        ],
        "Configurations": [
            {"Classification": "spark-defaults", "Properties": spark_defaults(settings)}
        ],
        "ServiceRole": settings.service_role,
        "JobFlowRole": last_of_arn(settings.instance_profile),
        "VisibleToAllUsers": True,
        "ScaleDownBehavior": "TERMINATE_AT_TASK_COMPLETION",
        "EbsRootVolumeSize": settings.root_disk_gb,
        "AutoTerminationPolicy": {
            "IdleTimeout": settings.run_idle_seconds if job else settings.idle_seconds
        },
        "Tags": [
            {"Key": key, "Value": value}
            for key, value in {**settings.all_tags, LAUNCH_TAG: launch}.items()
        ],
    }
    if job:
        # The cluster ends with the job where that fails, and idle_seconds after it where not.
        request["Steps"] = [step(settings, *job, on_failure="TERMINATE_CLUSTER")]
    if settings.security_configuration:
        request["SecurityConfiguration"] = settings.security_configuration
    if settings.log_key:
        request["LogEncryptionKmsKeyId"] = settings.log_key
    if settings.scaling.enabled:
        request["ManagedScalingPolicy"] = _scaling_policy(settings)
    return request


def _instances(settings: Settings, alone: bool) -> Request:
    instances: Request = {
        "KeepJobFlowAliveWhenNoSteps": True,
        # A cluster that serves one job must end with it, whatever became of us.
        "TerminationProtected": settings.termination_protection and alone,
        "UnhealthyNodeReplacement": settings.replace_unhealthy_nodes,
    }
    fleets = settings.uses_fleets
    roles = ("MASTER", "CORE", "TASK")
    groups = zip((settings.primary, settings.core, settings.task), roles)
    named = [(group, role) for group, role in groups if group.count]
    if fleets:
        instances["InstanceFleets"] = [_fleet(group, role) for group, role in named]
    else:
        instances["InstanceGroups"] = [_group(group, role) for group, role in named]
    if settings.subnet:
        subnet = last_of_arn(settings.subnet)
        instances.update({"Ec2SubnetIds": [subnet]} if fleets else {"Ec2SubnetId": subnet})
    for name, value in (
        ("Ec2KeyName", settings.key_pair),
        ("EmrManagedMasterSecurityGroup", settings.primary_security_group),
        ("EmrManagedSlaveSecurityGroup", settings.core_security_group),
        ("ServiceAccessSecurityGroup", settings.service_access_security_group),
    ):
        if value:
            instances[name] = last_of_arn(value)
    return instances


def _group(group: Group, role: str) -> Request:
    return {
        "Name": group.name,
        "InstanceRole": role,
        "Market": "ON_DEMAND",
        "InstanceType": group.type,
        "InstanceCount": group.count,
        "EbsConfiguration": _disks(group),
    }


def _fleet(group: Group, role: str) -> Request:
    spot = group.spot and role == "TASK"
    fleet: Request = {
        "Name": group.name,
        "InstanceFleetType": role,
        "TargetSpotCapacity" if spot else "TargetOnDemandCapacity": group.count,
        "InstanceTypeConfigs": [
            {"InstanceType": type_, "WeightedCapacity": 1, "EbsConfiguration": _disks(group)}
            for type_ in ((group.type, *group.spot_types) if spot else (group.type,))
        ],
    }
    if spot:
        fleet["LaunchSpecifications"] = {
            "SpotSpecification": {
                "TimeoutDurationMinutes": _SPOT_MINUTES,
                "TimeoutAction": "SWITCH_TO_ON_DEMAND",
                "AllocationStrategy": "price-capacity-optimized",
            }
        }
    return fleet


def _disks(group: Group) -> Request:
    volume = {"VolumeType": group.disk_type, "SizeInGB": group.disk_gb}
    return {
        "EbsBlockDeviceConfigs": [
            {"VolumeSpecification": volume, "VolumesPerInstance": group.disks}
        ]
    }


def last_of_arn(text: str) -> str:
    """The id or name in an ARN; other texts as they are."""
    return text.rpartition("/")[2] if text.startswith("arn:") else text


def spark_defaults(settings: Settings) -> dict[str, str]:
    """Spark's settings that follow from the nodes: an executor a node, as large as YARN lets it.

    EMR's own would let half of the cores idle, since Python's memory does not fit beside its heaps.
    Those that follow from photos are set by pca.py.
    """
    defaults = {
        # Nodes may come and go; EMR's default, said so that the plan shows it.
        "spark.dynamicAllocation.enabled": "true",
        "spark.executor.memoryOverheadFactor": OVERHEAD_FACTOR,
    }
    worker = _smallest([group.type for group in (settings.core, settings.task) if group.count])
    if worker is not None:
        defaults["spark.executor.cores"] = str(worker.cpus)
        defaults["spark.executor.memory"] = f"{int(worker.yarn_mb * HEAP_SHARE)}m"
    primary = node_of(settings.primary.type)
    if primary is not None:
        defaults["spark.driver.memory"] = f"{int(primary.memory_mb * _DRIVER_SHARE)}m"
    return defaults


def _smallest(types: list[str]) -> Node | None:
    nodes = [node for type_ in types if (node := node_of(type_)) is not None]
    if len(nodes) < len(types) or not nodes:
        return None  # EMR's own settings fit any type
    return min(nodes, key=lambda node: (node.cpus, node.memory_mb))


def job_arguments(settings: Settings, photos: str, out: str) -> list[str]:
    """What pca.py is given."""
    job = settings.job
    arguments = [photos, out, "--model", job.model]
    arguments += ["--preset", job.preset] if job.preset else []
    arguments += ["--components", job.components]
    arguments += ["--scores", job.scores, "--path-mode", job.path_mode]
    arguments += ["--max-reject-rate", job.max_reject_rate]
    return [*arguments, "--regions", ",".join(settings.allowed_regions)]


def spark_submit(settings: Settings, photos: str, out: str) -> list[str]:
    """The command that runs the job; any Spark that reads the script's URL can run it.

    The driver runs where it is called, on the primary node: that is never spot, is idle otherwise,
    and what the job prints goes to the step's own log.
    """
    command = ["spark-submit", "--deploy-mode", "client", settings.script]
    return command + job_arguments(settings, photos, out)


def step(settings: Settings, photos: str, out: str, on_failure: str = "CONTINUE") -> Request:
    """A step of the cluster."""
    return {
        "Name": STEP_NAME,
        "ActionOnFailure": on_failure,
        "HadoopJarStep": {
            "Jar": "command-runner.jar",
            "Args": spark_submit(settings, photos, out),
        },
    }


def add_job_flow_steps(settings: Settings, cluster: str, photos: str, out: str) -> Request:
    """AddJobFlowSteps."""
    return {"JobFlowId": cluster, "Steps": [step(settings, photos, out)]}


def modify_instance_groups(cluster: str, counts: dict[str, int]) -> Request:
    """ModifyInstanceGroups: `counts` by the groups' ids."""
    groups = [{"InstanceGroupId": id_, "InstanceCount": n} for id_, n in counts.items()]
    return {"ClusterId": cluster, "InstanceGroups": groups}


def modify_instance_fleet(cluster: str, fleet: str, count: int, spot: bool) -> Request:
    """ModifyInstanceFleet."""
    target = "TargetSpotCapacity" if spot else "TargetOnDemandCapacity"
    other = "TargetOnDemandCapacity" if spot else "TargetSpotCapacity"
    return {
        "ClusterId": cluster,
        "InstanceFleet": {"InstanceFleetId": fleet, target: count, other: 0},
    }


def put_auto_termination_policy(cluster: str, seconds: int) -> Request:
    """PutAutoTerminationPolicy."""
    return {"ClusterId": cluster, "AutoTerminationPolicy": {"IdleTimeout": seconds}}


def put_managed_scaling_policy(settings: Settings, cluster: str) -> Request:
    """PutManagedScalingPolicy."""
    return {"ClusterId": cluster, "ManagedScalingPolicy": _scaling_policy(settings)}


def _scaling_policy(settings: Settings) -> Request:
    scaling = settings.scaling
    return {
        "ComputeLimits": {
            "UnitType": "InstanceFleetUnits" if settings.uses_fleets else "Instances",
            "MinimumCapacityUnits": scaling.minimum,
            "MaximumCapacityUnits": scaling.maximum,
            "MaximumOnDemandCapacityUnits": scaling.maximum_on_demand,
            "MaximumCoreCapacityUnits": scaling.maximum_core,
        }
    }
