"""Requests to EMR, made from the settings: `plan` shows exactly what `up` sends."""

from __future__ import annotations

from typing import Any

from verger.cloud.nodes import spark_defaults
from verger.cloud.settings import Group, Settings

Request = dict[str, Any]

OUR_TAG = "verger"  # of every cluster; its value is the settings' name
LAUNCH_TAG = "verger-launch"  # identifies the call that started a cluster, if its answer is lost
STEP_NAME = "pca.py"
_SPOT_MINUTES = 10  # without spot capacity for so long: on demand


def run_job_flow(
    settings: Settings, launch: str, job: tuple[str, str] | None = None, sums: str = ""
) -> Request:
    """Return RunJobFlow's request.

    With `job`, (PHOTOS, OUT), the cluster serves that job alone: the request carries the step, so
    that the job completes and the cluster ends without us. `sums` is the hash of the wheels'
    SHA256SUMS: a node with other sums does not start.
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
        # A cluster for one job must end with it, without us.
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
    """Return the id or name in an ARN; other texts as they are."""
    return text.rpartition("/")[2] if text.startswith("arn:") else text


def job_arguments(settings: Settings, photos: str, out: str) -> list[str]:
    """Return the arguments of pca.py; only those of the settings that differ from its defaults."""
    job = settings.job
    arguments = [photos, out, "--model", job.model]
    for option, value in (
        ("--preset", job.preset),
        ("--output", job.output),
        ("--pool", job.pool),
        ("--input-size", job.input_size),
        ("--decode", job.decode),
        ("--views", job.views),
        ("--precision", job.precision),
    ):
        arguments += [option, str(value)] if value else []
    arguments += ["--include-hidden"] if job.include_hidden else []
    arguments += ["--components", job.components]
    arguments += ["--scores", job.scores, "--path-mode", job.path_mode]
    arguments += ["--max-reject-rate", job.max_reject_rate]
    return [*arguments, "--regions", ",".join(settings.allowed_regions)]


def spark_submit(settings: Settings, photos: str, out: str) -> list[str]:
    """Return the command that runs the job on any Spark that reads the script's URL.

    The driver runs on the primary node, which is never spot and idle otherwise; the job's output
    goes to the step's log.
    """
    command = ["spark-submit", "--deploy-mode", "client", settings.script]
    return command + job_arguments(settings, photos, out)


def step(settings: Settings, photos: str, out: str, on_failure: str = "CONTINUE") -> Request:
    """Return a step of a request."""
    return {
        "Name": STEP_NAME,
        "ActionOnFailure": on_failure,
        "HadoopJarStep": {
            "Jar": "command-runner.jar",
            "Args": spark_submit(settings, photos, out),
        },
    }


def add_job_flow_steps(settings: Settings, cluster: str, photos: str, out: str) -> Request:
    """Return AddJobFlowSteps' request."""
    return {"JobFlowId": cluster, "Steps": [step(settings, photos, out)]}


def modify_instance_groups(cluster: str, counts: dict[str, int]) -> Request:
    """Return ModifyInstanceGroups' request: `counts` by the groups' ids."""
    groups = [{"InstanceGroupId": id_, "InstanceCount": n} for id_, n in counts.items()]
    return {"ClusterId": cluster, "InstanceGroups": groups}


def modify_instance_fleet(cluster: str, fleet: str, count: int, spot: bool) -> Request:
    """Return ModifyInstanceFleet's request."""
    target = "TargetSpotCapacity" if spot else "TargetOnDemandCapacity"
    other = "TargetOnDemandCapacity" if spot else "TargetSpotCapacity"
    return {
        "ClusterId": cluster,
        "InstanceFleet": {"InstanceFleetId": fleet, target: count, other: 0},
    }


def put_auto_termination_policy(cluster: str, seconds: int) -> Request:
    """Return PutAutoTerminationPolicy's request."""
    return {"ClusterId": cluster, "AutoTerminationPolicy": {"IdleTimeout": seconds}}


def put_managed_scaling_policy(settings: Settings, cluster: str) -> Request:
    """Return PutManagedScalingPolicy's request."""
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
