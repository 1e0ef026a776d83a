"""The requests: as the golden files have them, and valid by AWS's own service model.

VERGER_WRITE_GOLDEN=1 writes the golden files again: check what changed before you keep it.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from verger.cloud import request
from verger.cloud.nodes import is_arm, node_of, spark_defaults
from verger.cloud.settings import Group, Job, Scaling, Settings
from verger.spark.job import _parser as pca_py

from .programs import mission

botocore_session = pytest.importorskip("botocore.session")
validate = pytest.importorskip("botocore.validate")

GOLDEN = Path(__file__).parent / "golden"
PHOTOS, OUT = "s3://orchard-paris/Data", "s3://orchard-paris"


def spot() -> Settings:
    task = Group(name="PCA", count=2, spot=True, spot_types=("m5a.xlarge", "m5d.xlarge"))
    return mission(task=task)


def scaled() -> Settings:
    return mission(scaling=Scaling(enabled=True, minimum=2, maximum=12, maximum_core=2))


def by_arns() -> Settings:
    """Settings whose values are ARNs, as a stack's outputs may be."""
    arn = "arn:aws:ec2:eu-west-3:123456789012"
    return mission(
        subnet=f"{arn}:subnet/subnet-0a1b2c3d",
        instance_profile="arn:aws:iam::123456789012:instance-profile/verger/verger-emr-node",
        log_key="arn:aws:kms:eu-west-3:123456789012:key/11111111-2222-3333-4444-555555555555",
        core_security_group=f"{arn}:security-group/sg-0002",
    )


# Golden file: service, operation, request.
REQUESTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "mission": ("emr", "RunJobFlow", request.run_job_flow(mission(), "0123")),
    "run": ("emr", "RunJobFlow", request.run_job_flow(mission(), "0123", (PHOTOS, OUT), "ab12")),
    "spot": ("emr", "RunJobFlow", request.run_job_flow(spot(), "0123")),
    "arns": ("emr", "RunJobFlow", request.run_job_flow(by_arns(), "0123")),
    "scaled": ("emr", "RunJobFlow", request.run_job_flow(scaled(), "0123")),
    "submit": (
        "emr",
        "AddJobFlowSteps",
        request.add_job_flow_steps(mission(), "j-1", PHOTOS, OUT),
    ),
    "resize_groups": (
        "emr",
        "ModifyInstanceGroups",
        request.modify_instance_groups("j-1", {"ig-2": 3, "ig-3": 5}),
    ),
    "resize_fleet": (
        "emr",
        "ModifyInstanceFleet",
        request.modify_instance_fleet("j-1", "if-3", 5, spot=True),
    ),
    "auto_termination": (
        "emr",
        "PutAutoTerminationPolicy",
        request.put_auto_termination_policy("j-1", 90_000),
    ),
    "managed_scaling": (
        "emr",
        "PutManagedScalingPolicy",
        request.put_managed_scaling_policy(scaled(), "j-1"),
    ),
}


def shape(service: str, operation: str) -> Any:
    """AWS's model of a request: it comes with botocore, nothing is asked."""
    model = botocore_session.get_session().get_service_model(service)
    return model.operation_model(operation).input_shape


def unknown_values(value: Any, model: Any, where: str) -> list[str]:
    """Texts that are none of an enumeration's: botocore's validator does not look at them."""
    if model.type_name == "structure":
        return [
            text
            for key, one in value.items()
            if key in model.members
            for text in unknown_values(one, model.members[key], f"{where}.{key}")
        ]
    if model.type_name == "list":
        return [text for one in value for text in unknown_values(one, model.member, where)]
    wrong = getattr(model, "enum", []) and value not in model.enum
    return [f"{where}: {value}"] if wrong else []


@pytest.mark.parametrize("name", REQUESTS)
def test_requests_are_the_golden_ones(name: str) -> None:
    _, _, body = REQUESTS[name]
    file = GOLDEN / f"{name}.json"
    if os.environ.get("VERGER_WRITE_GOLDEN"):
        file.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")
    assert body == json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", REQUESTS)
def test_requests_are_valid_by_the_service_model(name: str) -> None:
    service, operation, body = REQUESTS[name]
    model = shape(service, operation)
    report = validate.ParamValidator().validate(body, model)
    assert not report.has_errors(), report.generate_report()
    assert unknown_values(body, model, operation) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("Instances", "InstanceGroups", 0, "InstanceCount"), "one"),
        (("Instances", "Ec2Subnet"), "subnet-1"),
        (("AutoTerminationPolicy", "IdleTimeout"), "1 day"),
        (("Tags", 0, "Key"), 1),
    ],
)
def test_the_validator_finds_a_broken_request(path: tuple[Any, ...], value: object) -> None:
    body = json.loads(json.dumps(REQUESTS["mission"][2]))
    place = body
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert validate.ParamValidator().validate(body, shape("emr", "RunJobFlow")).has_errors()


def test_a_value_outside_an_enumeration_is_found() -> None:
    body = json.loads(json.dumps(REQUESTS["mission"][2]))
    body["Instances"]["InstanceGroups"][2]["Market"] = "SOMETIMES"
    assert unknown_values(body, shape("emr", "RunJobFlow"), "x") == [
        "x.Instances.InstanceGroups.Market: SOMETIMES"
    ]


def test_a_run_brings_its_step_and_ends_soon_after_it() -> None:
    alone, run = REQUESTS["mission"][2], REQUESTS["run"][2]
    assert "Steps" not in alone
    assert alone["AutoTerminationPolicy"] == {"IdleTimeout": 90_000}
    assert run["AutoTerminationPolicy"] == {"IdleTimeout": 900}
    assert [one["ActionOnFailure"] for one in run["Steps"]] == ["TERMINATE_CLUSTER"]
    submitted = request.add_job_flow_steps(mission(), "j-1", PHOTOS, OUT)["Steps"]
    assert submitted[0]["ActionOnFailure"] == "CONTINUE"
    assert submitted[0]["HadoopJarStep"] == run["Steps"][0]["HadoopJarStep"]


def test_a_cluster_that_serves_one_job_is_not_protected_from_its_end() -> None:
    protected = mission(termination_protection=True)
    of_up = request.run_job_flow(protected, "0123")
    of_run = request.run_job_flow(protected, "0123", (PHOTOS, OUT))
    assert of_up["Instances"]["TerminationProtected"] is True
    assert of_run["Instances"]["TerminationProtected"] is False


def test_spot_falls_back_to_on_demand_and_only_task_nodes_are_spot() -> None:
    fleets = {
        one["InstanceFleetType"]: one for one in REQUESTS["spot"][2]["Instances"]["InstanceFleets"]
    }
    assert fleets["MASTER"]["TargetOnDemandCapacity"] == 1
    assert fleets["CORE"]["TargetOnDemandCapacity"] == 1
    assert "TargetSpotCapacity" not in fleets["CORE"]
    task = fleets["TASK"]
    assert task["TargetSpotCapacity"] == 2
    spot = task["LaunchSpecifications"]["SpotSpecification"]
    assert spot["TimeoutAction"] == "SWITCH_TO_ON_DEMAND"
    assert len(task["InstanceTypeConfigs"]) == 3


@pytest.mark.parametrize("type_", ["m5.large", "m5.xlarge", "c5.2xlarge", "r6i.4xlarge"])
def test_an_executor_fits_into_a_node_beside_yarns_own_container(type_: str) -> None:
    nodes = mission(core=Group(type=type_), task=Group(type=type_, count=2))
    defaults = spark_defaults(nodes)
    node = node_of(type_)
    assert node is not None
    heap = int(defaults["spark.executor.memory"].removesuffix("m"))
    whole = heap * (1 + float(defaults["spark.executor.memoryOverheadFactor"]))
    assert 0.8 * node.yarn_mb < whole < node.yarn_mb
    assert int(defaults["spark.executor.cores"]) == node.cpus


def test_executors_fit_the_smallest_of_two_types_and_unknown_ones_are_left_to_emr() -> None:
    small, large = Group(type="m5.xlarge"), Group(type="m5.4xlarge")
    both = spark_defaults(mission(core=large, task=small))
    assert both["spark.executor.cores"] == "4"
    other = spark_defaults(mission(core=large, task=Group(type="g4dn.xlarge")))
    assert "spark.executor.memory" not in other


def test_what_types_are_graviton() -> None:
    arm = [one for one in ("m6g.xlarge", "c7gn.large", "t4g.small", "r8gd.xlarge") if is_arm(one)]
    assert len(arm) == 4
    assert not any(map(is_arm, ("m5.xlarge", "m6i.large", "g4dn.xlarge", "m7a.xlarge")))


def test_tags_are_those_that_managed_policies_ask_for_and_the_users() -> None:
    body = request.run_job_flow(replace(mission(), tags={"team": "fruits"}), "0123")
    tags = {one["Key"]: one["Value"] for one in body["Tags"]}
    assert tags == {
        "for-use-with-amazon-emr-managed-policies": "true",
        "verger": "verger",
        "team": "fruits",
        "verger-launch": "0123",
    }


def test_settings_of_the_job_reach_pca_py() -> None:
    job = Job(
        model="s3://orchard-paris/models/net.onnx",
        preset="scale=-1..1,filter=bicubic",
        output="pooled",
        pool="mean",
        input_size=288,
        decode="fast",
        views=3,
        precision="int8",
        include_hidden=True,
    )
    options = pca_py().parse_args(request.job_arguments(mission(job=job), PHOTOS, OUT))
    assert (options.model, options.preset) == (job.model, job.preset)
    assert (options.output, options.pool) == ("pooled", "mean")
    assert (options.input_size, options.decode) == ("288", "fast")
    assert (options.views, options.precision) == ("3", "int8")
    assert options.include_hidden


def test_settings_that_are_left_out_are_left_to_pca_py() -> None:
    options = pca_py().parse_args(request.job_arguments(mission(), PHOTOS, OUT))
    left_out = ("preset", "output", "pool", "input_size", "decode", "views", "precision")
    assert [getattr(options, name) for name in left_out] == [None] * len(left_out)
    assert not options.include_hidden
