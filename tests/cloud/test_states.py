"""Why clusters and steps ended, and what is asked of those that run: by botocore's Stubber."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from verger.cloud.commands.down import _stop
from verger.cloud.commands.resized import as_it_runs
from verger.cloud.request import run_job_flow
from verger.cloud.settings import Scaling
from verger.errors import BadCall, Failed

from .programs import mission
from .stubbed import BEGIN, Stubbed, stub

LOGS = "s3://orchard-paris/logs/"


def step(state: str, id_: str = "s-2", **failure: str) -> dict[str, Any]:
    status: dict[str, Any] = {"State": state}
    if failure:
        status["FailureDetails"] = failure
    return {"Id": id_, "Name": "pca.py", "Status": status}


@pytest.mark.parametrize("state", ["PENDING", "RUNNING", "COMPLETED"])
def test_a_step_that_is_well_is_no_problem(stubbed: Stubbed, state: str) -> None:
    stubbed.cluster("RUNNING")
    stubbed.steps(step(state), step("FAILED", "s-1"))
    status = stubbed.clusters.status("j-1")
    assert (status.job, status.problem, status.ended) == (state, "", False)
    assert status.job_ended == (state == "COMPLETED")
    assert status.begin == BEGIN


def test_a_step_that_failed_says_why_and_where_its_logs_are(stubbed: Stubbed) -> None:
    stubbed.cluster("WAITING")
    stubbed.steps(
        step("FAILED", Reason="Unknown Error.", Message="exit 3", LogFile=f"{LOGS}j-1/steps/x.gz")
    )
    status = stubbed.clusters.status("j-1")
    assert status.job_ended
    assert "the step failed: Unknown Error.; exit 3: its logs are in" in status.problem
    assert f"{LOGS}j-1/steps/x.gz: 'verger cloud logs --cluster j-1'" in status.problem


@pytest.mark.parametrize("state", ["CANCELLED", "INTERRUPTED"])
def test_a_step_that_was_ended_names_its_logs(stubbed: Stubbed, state: str) -> None:
    stubbed.cluster("RUNNING")
    stubbed.steps(step(state))
    status = stubbed.clusters.status("j-1")
    assert f"the step {state.lower()}: EMR gave no reason" in status.problem
    assert f"{LOGS}j-1/steps/s-2/" in status.problem


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        (
            "BOOTSTRAP_FAILURE",
            "On the master instance (i-1), bootstrap action 1 returned a non-zero return code",
            f"{LOGS}j-1/node/INSTANCE/bootstrap-actions/1/stderr.gz: 'verger cloud logs --cluster "
            "j-1 --bootstrap'",
        ),
        (
            "VALIDATION_ERROR",
            "You have requested more vCPU capacity than your current vCPU limit of 8 allows "
            "(VcpuLimitExceeded)",
            "a quota of your account is exceeded: You have requested",
        ),
        (
            "INTERNAL_ERROR",
            "We currently do not have sufficient m5.xlarge capacity: Insufficient capacity",
            "AWS has no such nodes at present",
        ),
        (
            "INSTANCE_FAILURE",
            "All Spot instances of the group were terminated",
            "spot nodes were taken away: All Spot instances of the group were terminated: run it "
            "again; finished parts are safe",
        ),
        ("INTERNAL_ERROR", "A potential fault terminated it", "INTERNAL_ERROR: A potential fault"),
        ("INSTANCE_FAILURE", "The core node i-2 failed", "nodes failed: The core node i-2 failed"),
        ("STEP_FAILURE", "Shut down as step failed", "its step failed: Shut down"),
        ("VALIDATION_ERROR", "Invalid subnet", "AWS refused it: Invalid subnet: check roles"),
    ],
)
def test_why_a_cluster_ended(stubbed: Stubbed, code: str, message: str, expected: str) -> None:
    stubbed.cluster("TERMINATED_WITH_ERRORS", code, message)
    stubbed.steps()
    status = stubbed.clusters.status("j-1")
    assert status.ended
    assert expected in status.problem


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Terminated by user request", "someone stopped it"),
        ("Idle, auto-terminated", "it was idle"),
    ],
)
def test_a_cluster_that_ended_before_its_job_says_so(
    stubbed: Stubbed, message: str, expected: str
) -> None:
    stubbed.cluster("TERMINATED", "USER_REQUEST", message)
    stubbed.steps(step("PENDING"))
    problem = stubbed.clusters.status("j-1").problem
    assert problem == f"the cluster ended before its job: {expected}"


def test_a_step_that_ended_with_a_failed_bootstrap_is_not_blamed(stubbed: Stubbed) -> None:
    stubbed.cluster("TERMINATED_WITH_ERRORS", "BOOTSTRAP_FAILURE", "bootstrap action 1 failed")
    stubbed.steps(step("CANCELLED"))
    assert stubbed.clusters.status("j-1").problem.startswith("a bootstrap action failed")


def test_stop_lifts_protection_first(stubbed: Stubbed) -> None:
    stubbed.cluster("WAITING", TerminationProtected=True)
    lifted = {"JobFlowIds": ["j-1"], "TerminationProtected": False}
    stubbed.emr.add_response("set_termination_protection", {}, lifted)
    stubbed.emr.add_response("terminate_job_flows", {}, {"JobFlowIds": ["j-1"]})
    stubbed.clusters.stop("j-1")


def test_down_stops_what_it_cannot_see(
    stubbed: Stubbed, capsys: pytest.CaptureFixture[str]
) -> None:
    stubbed.cluster("RUNNING")
    stubbed.emr.add_client_error("list_steps", "AccessDeniedException", "no")
    stubbed.emr.add_client_error("describe_cluster", "AccessDeniedException", "no")
    stubbed.emr.add_response("terminate_job_flows", {}, {"JobFlowIds": ["j-1"]})
    failures: list[str] = []
    assert _stop(stubbed.clusters, ["j-1"], failures) == ["j-1"]
    assert failures == []
    assert "you may not do ListSteps" in capsys.readouterr().err


def test_stop_stops_what_it_cannot_describe(stubbed: Stubbed) -> None:
    """As `run` and `down --force` ask it to: that it is to be stopped is known."""
    for code in ("AccessDeniedException", "InternalServerException"):
        stubbed.emr.add_client_error("describe_cluster", code, "no")
        stubbed.emr.add_response("terminate_job_flows", {}, {"JobFlowIds": ["j-1"]})
        stubbed.clusters.stop("j-1")


def test_protection_that_could_not_be_lifted_is_not_reported_as_lifted(stubbed: Stubbed) -> None:
    lines: list[str] = []
    stubbed.clusters._say = lines.append
    stubbed.cluster("WAITING", TerminationProtected=True)
    stubbed.emr.add_client_error("set_termination_protection", "AccessDeniedException", "no")
    with pytest.raises(Failed, match="you may not do SetTerminationProtection"):
        stubbed.clusters.stop("j-1")
    assert lines == []


def test_fleets_are_resized_as_fleets(stubbed: Stubbed) -> None:
    stubbed.cluster("WAITING", InstanceCollectionType="INSTANCE_FLEET")
    fleets = [
        {"Id": "if-1", "InstanceFleetType": "CORE", "TargetOnDemandCapacity": 1},
        {"Id": "if-2", "InstanceFleetType": "TASK", "TargetSpotCapacity": 2},
    ]
    stubbed.emr.add_response(
        "list_instance_fleets", {"InstanceFleets": fleets}, {"ClusterId": "j-1"}
    )
    body = {"InstanceFleetId": "if-2", "TargetSpotCapacity": 5, "TargetOnDemandCapacity": 0}
    stubbed.emr.add_response(
        "modify_instance_fleet", {}, {"ClusterId": "j-1", "InstanceFleet": body}
    )
    stubbed.nodes.resize("j-1", {"TASK": 5})


def test_a_spot_fleet_without_nodes_grows_by_spot_nodes(stubbed: Stubbed) -> None:
    stubbed.cluster("WAITING", InstanceCollectionType="INSTANCE_FLEET")
    specification = {"TimeoutDurationMinutes": 10, "TimeoutAction": "SWITCH_TO_ON_DEMAND"}
    fleet = {
        "Id": "if-2",
        "InstanceFleetType": "TASK",
        "TargetSpotCapacity": 0,
        "LaunchSpecifications": {"SpotSpecification": specification},
    }
    stubbed.emr.add_response(
        "list_instance_fleets", {"InstanceFleets": [fleet]}, {"ClusterId": "j-1"}
    )
    target = {"InstanceFleetId": "if-2", "TargetSpotCapacity": 5, "TargetOnDemandCapacity": 0}
    stubbed.emr.add_response(
        "modify_instance_fleet", {}, {"ClusterId": "j-1", "InstanceFleet": target}
    )
    stubbed.nodes.resize("j-1", {"TASK": 5})


def test_settings_take_the_nodes_that_a_cluster_has() -> None:
    """Of groups all; of fleets, which have several types, the counts. What it lacks, has none."""
    core = {"InstanceType": "m5.2xlarge", "Market": "SPOT", "RequestedInstanceCount": 3}
    settings = as_it_runs(mission(), {"MASTER": {"RequestedInstanceCount": 1}, "CORE": core})
    assert (settings.core.type, settings.core.count, settings.core.spot) == ("m5.2xlarge", 3, True)
    assert (settings.primary.type, settings.primary.count) == ("m5.xlarge", 1)
    assert settings.task.count == 0
    task = {"TargetOnDemandCapacity": 1, "TargetSpotCapacity": 4}
    assert as_it_runs(mission(), {"TASK": task}).task == replace(mission().task, count=5)


def test_auto_termination_and_scaling_are_set(environment: pytest.MonkeyPatch) -> None:
    """moto lacks both."""
    stubbed = Stubbed(scaling=Scaling(enabled=True, minimum=2, maximum=12, maximum_core=2))
    body: dict[str, Any] = {"ClusterId": "j-1", "AutoTerminationPolicy": {"IdleTimeout": 600}}
    stubbed.emr.add_response("put_auto_termination_policy", {}, body)
    limits = {
        "UnitType": "Instances",
        "MinimumCapacityUnits": 2,
        "MaximumCapacityUnits": 12,
        "MaximumOnDemandCapacityUnits": 10,
        "MaximumCoreCapacityUnits": 2,
    }
    body = {"ClusterId": "j-1", "ManagedScalingPolicy": {"ComputeLimits": limits}}
    stubbed.emr.add_response("put_managed_scaling_policy", {}, body)
    stubbed.clusters.end_when_idle("j-1", 600)
    stubbed.nodes.scale("j-1")
    stubbed.emr.assert_no_pending_responses()


def test_a_cluster_is_chosen_only_where_there_is_one(stubbed: Stubbed) -> None:
    def listed(*ids: str) -> None:
        entries = [{"Id": id_, "Name": "verger", "Status": {"State": "WAITING"}} for id_ in ids]
        stubbed.emr.add_response(
            "list_clusters", {"Clusters": entries}, {"ClusterStates": stub.ANY}
        )

    assert stubbed.clusters.resolve("j-9") == "j-9"
    listed("j-1")
    assert stubbed.clusters.resolve(None) == "j-1"
    listed()
    with pytest.raises(Failed, match="no cluster named verger runs"):
        stubbed.clusters.resolve(None)
    listed("j-1", "j-2")
    with pytest.raises(BadCall, match="choose by --cluster: j-1, j-2"):
        stubbed.clusters.resolve(None)


def test_a_cluster_that_serves_one_job_is_looked_at_for_that_alone(stubbed: Stubbed) -> None:
    body = run_job_flow(mission(), "0123", ("s3://a", "s3://b"))
    stubbed.starts.add_response("run_job_flow", {"JobFlowId": "j-1"}, body)
    assert stubbed.clusters.start("0123", ("s3://a", "s3://b")) == "j-1"
    stubbed.cluster("RUNNING")
    stubbed.steps(step("PENDING", "s-9"), step("COMPLETED", "s-1"))
    assert stubbed.clusters.status("j-1").job == "COMPLETED"


def test_an_idle_cluster_without_a_job_is_nothing_to_wait_for(stubbed: Stubbed) -> None:
    stubbed.cluster("WAITING")
    stubbed.steps()
    assert stubbed.clusters.status("j-1").job_ended
