"""What AWS refuses, delays or does not answer: a line with its remedy, and never a second start."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from verger.cloud import cluster, guard
from verger.cloud.aws import Aws, Throttled, Unanswered, aws_errors
from verger.cloud.cluster import Clusters
from verger.cloud.request import run_job_flow
from verger.cloud.starting import start_or_find
from verger.errors import BadCall, Failed, StorageError

from .listener import Listener
from .programs import Program, mission, write_wheel
from .stubbed import Raw, Stubbed, stub


def test_throttling_of_a_start_is_waited_out(stubbed: Stubbed) -> None:
    body = run_job_flow(mission(), "0123")
    for _ in range(3):
        stubbed.starts.add_client_error("run_job_flow", "ThrottlingException", "Rate exceeded")
    stubbed.starts.add_response("run_job_flow", {"JobFlowId": "j-1"}, body)
    assert stubbed.clusters.start("0123") == "j-1"
    assert stubbed.paused == [2, 4, 8]


def test_throttling_of_a_start_is_given_up_at_last(stubbed: Stubbed) -> None:
    for _ in range(6):
        stubbed.starts.add_client_error("run_job_flow", "ThrottlingException", "Rate exceeded")
    with pytest.raises(Throttled, match="too many requests to AWS"):
        stubbed.clusters.start("0123")


@pytest.mark.parametrize(
    ("code", "message", "status", "kind", "text"),
    [
        ("VcpuLimitExceeded", "You have requested more", 400, Failed, "a quota of your account"),
        ("ValidationException", "exceed the EC2 instance limit", 400, Failed, "a quota of your"),
        ("AccessDeniedException", "not authorized", 400, Failed, "you may not do RunJobFlow"),
        ("ExpiredTokenException", "expired", 400, Failed, "'aws sso login'"),
        ("UnrecognizedClientException", "invalid", 400, Failed, "check AWS_PROFILE"),
        ("ValidationException", "Invalid InstanceProfile", 400, Failed, "Invalid InstanceProfile"),
        ("InternalServerException", "", 500, Unanswered, "AWS failed"),
        ("ServiceUnavailable", "rate exceeded, limit of requests", 503, Unanswered, "AWS failed"),
        ("AccessDenied", "quota", 502, Unanswered, "AWS failed"),
    ],
)
def test_a_refusal_is_one_line_with_its_remedy(
    stubbed: Stubbed, code: str, message: str, status: int, kind: type[Failed], text: str
) -> None:
    stubbed.starts.add_client_error("run_job_flow", code, message, status)
    with pytest.raises(kind) as caught:
        stubbed.clusters.start("0123")
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)
    assert stubbed.paused == []


def test_a_start_whose_answer_is_lost_is_not_sent_again(
    environment: pytest.MonkeyPatch, listener: Listener
) -> None:
    """A server that closes every connection: boto3's own retries would start several clusters."""
    environment.setenv("AWS_ENDPOINT_URL_EMR", listener.url)
    clusters = Clusters(mission(), Aws(mission()))
    with pytest.raises(Unanswered, match="cannot start the cluster: no answer"):
        clusters.start("0123")
    assert listener.connections == 1
    assert guard.sent == ["emr.RunJobFlow"]


def test_a_step_whose_answer_is_lost_is_reported_and_not_sent_again(
    environment: pytest.MonkeyPatch, listener: Listener
) -> None:
    environment.setenv("AWS_ENDPOINT_URL_EMR", listener.url)
    clusters = Clusters(mission(), Aws(mission()))
    with pytest.raises(
        Unanswered,
        match="it may have been submitted: check with verger cloud status --cluster j-1$",
    ):
        clusters.submit("j-1", "s3://orchard-paris/Data", "s3://orchard-paris")
    assert listener.connections == 1
    assert guard.sent == ["emr.AddJobFlowSteps"]


def test_throttling_of_a_step_is_waited_out(stubbed: Stubbed) -> None:
    stubbed.starts.add_client_error("add_job_flow_steps", "ThrottlingException", "Rate exceeded")
    stubbed.starts.add_response("add_job_flow_steps", {"StepIds": ["s-1"]})
    assert stubbed.clusters.submit("j-1", "s3://a-1/Data", "s3://a-1") == "s-1"
    assert stubbed.paused == [2]


@pytest.mark.parametrize("name", ["IncompleteReadError", "ResponseParserError"])
def test_half_an_answer_is_none(name: str) -> None:
    """The cluster may run: AWS has said something, if not what."""
    if name == "IncompleteReadError":
        kinds = pytest.importorskip("botocore.exceptions")
        error = kinds.IncompleteReadError(actual_bytes=1, expected_bytes=2)
    else:
        error = pytest.importorskip("botocore.parsers").ResponseParserError("not JSON")
    with pytest.raises(Unanswered, match="cannot start: an incomplete answer"), aws_errors("start"):
        raise error


@pytest.mark.parametrize("body", [b"<html>log in</html>", b"{}", b"null", b"[]", b'"text"', b""])
def test_what_is_no_answer_of_emr_is_none(environment: pytest.MonkeyPatch, body: bytes) -> None:
    """Put where the network would be. A start may have happened, and a list may not be empty."""
    responses = pytest.importorskip("botocore.awsrequest")
    aws = Aws(mission())
    clusters = Clusters(mission(), aws)

    def answer(request: Any, **_: Any) -> Any:
        return responses.AWSResponse(request.url, 200, {}, Raw(body))

    for client in (aws.client("emr"), aws.client("emr", tries=1)):
        client.meta.events.register_last("before-send.emr", answer)
    with pytest.raises(Unanswered, match="cannot start the cluster: "):
        clusters.start("0123")
    with pytest.raises(Unanswered, match="cannot list clusters: "):
        clusters.find("0123")
    with pytest.raises(Unanswered, match="cannot look at the steps of j-1: "):
        clusters.steps("j-1")


@pytest.mark.parametrize("ours_runs", [True, False])
def test_a_cluster_of_others_does_not_hide_ours(stubbed: Stubbed, ours_runs: bool) -> None:
    """We may not look at it: ours is found all the same, and without ours nothing is claimed."""
    ids = ["j-9", "j-1"] if ours_runs else ["j-9", "j-8"]
    listed = [{"Id": id_, "Name": "verger", "Status": {"State": "WAITING"}} for id_ in ids]
    stubbed.emr.add_response("list_clusters", {"Clusters": listed})
    stubbed.emr.add_client_error("describe_cluster", "AccessDeniedException", "no")
    if ours_runs:
        stubbed.cluster("STARTING", Tags=[{"Key": "verger-launch", "Value": "0123"}])
        assert stubbed.clusters.find("0123") == ["j-1"]
        return
    stubbed.emr.add_client_error("describe_cluster", "ThrottlingException", "no")
    with pytest.raises(Failed, match="cannot look at j-9: AccessDenied"):
        stubbed.clusters.find("0123")


def test_a_lost_start_is_looked_for_since_its_request(stubbed: Stubbed) -> None:
    """However long ago that is: this computer may have slept."""
    stubbed.starts.add_client_error("run_job_flow", "InternalServerException", "", 500)
    before = datetime.now(UTC)
    with pytest.raises(Unanswered):
        stubbed.clusters.start("0123")
    later = datetime.now(UTC) + timedelta(hours=9)
    since: list[datetime] = []

    def active(when: datetime) -> list[dict[str, Any]]:
        since.append(when)
        return []

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return later

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cluster, "datetime", Later)
        patched.setattr(stubbed.clusters, "active", active)
        assert stubbed.clusters.find("0123") == []
    assert timedelta(0) <= since[0] + timedelta(minutes=10) - before < timedelta(minutes=1)


def started(stubbed: Stubbed, lines: list[str]) -> str:
    return start_or_find(stubbed.clusters, "0123", lines.append, stubbed.paused.append)


def test_a_lost_start_is_found_by_its_tag_and_announced(stubbed: Stubbed) -> None:
    stubbed.starts.add_client_error("run_job_flow", "InternalServerException", "", 500)
    listed = [
        {"Id": id_, "Name": name, "Status": {"State": "STARTING"}}
        for id_, name in (("j-3", "pears"), ("j-1", "verger"))
    ]
    query = {"ClusterStates": stub.ANY, "CreatedAfter": stub.ANY}
    stubbed.emr.add_response("list_clusters", {"Clusters": listed}, query)
    stubbed.cluster("STARTING", Tags=[{"Key": "verger-launch", "Value": "0123"}])
    lines: list[str] = []
    assert started(stubbed, lines) == "j-1"
    assert lines[-1] == (
        "j-1 was started and runs; to stop it: aws emr terminate-clusters --region eu-west-3 "
        "--cluster-ids j-1"
    )


def test_a_lost_start_that_cannot_be_looked_for_is_announced(stubbed: Stubbed) -> None:
    stubbed.starts.add_client_error("run_job_flow", "InternalServerException", "", 500)
    for _ in range(3):
        stubbed.emr.add_client_error("list_clusters", "AccessDeniedException", "no")
    lines: list[str] = []
    with pytest.raises(Unanswered):
        started(stubbed, lines)
    assert "WARNING: a cluster may run, tagged verger-launch=0123" in lines[-1]
    assert "look for it by 'verger cloud status', and stop it by 'verger cloud down'" in lines[-1]
    assert lines[-1].endswith("it ends by itself after 25 h idle")


def test_boto3_waits_out_throttling_of_all_else(environment: pytest.MonkeyPatch) -> None:
    """By answers put where the network would be, so that boto3's own retries are at work."""
    responses = pytest.importorskip("botocore.awsrequest")
    monkeypatched = pytest.importorskip("botocore.endpoint")
    environment.setattr(monkeypatched.time, "sleep", lambda seconds: None)
    client = Aws(mission()).client("emr")
    bodies = [{"__type": "ThrottlingException", "Message": "Rate exceeded"}] * 3
    answers = iter([*((400, body) for body in bodies), (200, {"Clusters": []})])

    def answer(request: Any, **_: Any) -> Any:
        status, body = next(answers)
        return responses.AWSResponse(request.url, status, {}, Raw(json.dumps(body).encode()))

    client.meta.events.register_last("before-send.emr", answer)
    with aws_errors("list"):
        assert client.list_clusters()["Clusters"] == []
    assert guard.sent == ["emr.ListClusters"] * 4


@pytest.mark.parametrize(
    "command",
    ["run s3://orchard-paris/Data s3://orchard-paris", "up", "status", "down"]
    + ["submit", "logs", "ui", "resize --task 3", "settings --stack verger"],
)
def test_without_credentials_a_line_says_how_to_get_some(
    program: Program, environment: pytest.MonkeyPatch, command: str
) -> None:
    environment.delenv("AWS_ACCESS_KEY_ID")
    environment.delenv("AWS_SECRET_ACCESS_KEY")
    write_wheel(program.folder / "wheels" / "pyarrow-1-py3-none-any.whl")  # or a warning names it
    done = program(*command.split(), settings=mission(release="emr-7.13.0"))
    assert done.code == 1
    assert "no credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID" in done.err
    assert done.err.count("\n") == 1
    assert guard.sent == []


def test_a_profile_that_is_not_there_is_named(
    program: Program, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("AWS_PROFILE", "pears")
    done = program("status", settings=mission())
    assert done.code == 2
    assert "pears" in done.err
    assert "check AWS_PROFILE" in done.err
    assert done.err.count("\n") == 1


@pytest.mark.usefixtures("environment")
def test_a_region_that_boto3_does_not_take_is_a_wrong_call() -> None:
    with pytest.raises(BadCall, match="'eu west' doesn't match .*: check AWS's variables"):
        Aws(mission(region="eu west")).client("emr")


def test_s3_that_denies_is_storage(environment: pytest.MonkeyPatch) -> None:
    client = Aws(mission()).client("s3")
    with stub.Stubber(client) as stubber:
        stubber.add_client_error("head_object", "403", "Forbidden", 403)
        with pytest.raises(StorageError, match="you may not do HeadObject"), aws_errors("look"):
            client.head_object(Bucket="orchard-paris", Key="pca.py")
