"""`down` stops what we started, and others' clusters only by --force."""

from __future__ import annotations

from typing import Any

import pytest
from verger.cloud.cluster import Clusters, Status
from verger.errors import Failed

from .programs import Program, mission
from .test_moto import emr, started

pytestmark = pytest.mark.usefixtures("moto")


def theirs(name: str, *tags: str, protected: bool = False) -> str:
    instances = {
        "MasterInstanceType": "m5.xlarge",
        "SlaveInstanceType": "m5.xlarge",
        "InstanceCount": 2,
        "KeepJobFlowAliveWhenNoSteps": True,
        "TerminationProtected": protected,
    }
    labels: list[dict[str, str]] = [{"Key": "verger", "Value": tag} for tag in tags]
    answer: Any = emr().run_job_flow(
        Name=name,
        Instances=instances,
        Tags=labels,
        ReleaseLabel="emr-7.5.0",
        JobFlowRole="r",
        ServiceRole="s",
    )
    return str(answer["JobFlowId"])


def runs(id_: str) -> bool:
    cluster = emr().describe_cluster(ClusterId=id_)["Cluster"]
    return not str(cluster["Status"]["State"]).startswith("TERMINAT")


@pytest.mark.parametrize(
    ("name", "tags", "why"),
    [
        ("payroll", (), "it is not tagged verger=verger"),
        ("verger", (), "it is not tagged verger=verger"),
        ("verger", ("pears",), "it is not tagged verger=verger"),
        ("payroll", ("verger",), "it is called payroll, not verger"),
    ],
)
def test_a_cluster_of_someone_else_is_stopped_by_force_alone(
    program: Program, name: str, tags: tuple[str, ...], why: str
) -> None:
    id_ = theirs(name, *tags, protected=True)
    done = program("down", "--cluster", id_, settings=mission())
    assert done.code == 2
    assert f"{id_}: not stopped, because it may be another user's: {why}: --force" in done.err
    assert runs(id_)
    assert emr().describe_cluster(ClusterId=id_)["Cluster"]["TerminationProtected"]
    done = program("down", "--cluster", id_, "--force", "--every", "0.01", settings=mission())
    assert done.code == 0, done.err
    assert f"{id_}: removed its termination protection\n" in done.err
    assert not runs(id_)


def test_the_name_alone_does_not_make_it_ours(program: Program) -> None:
    other = theirs("verger")
    done = program("down", "--all", "--force", settings=mission())
    assert done.code == 0
    assert done.out == "no cluster named verger runs that we started: nothing to stop\n"
    assert f"{other}: not stopped" in done.err
    ours = started_beside(program)
    done = program("down", "--all", "--every", "0.01", settings=mission())
    assert (done.code, done.out) == (0, f"{ours}: stopped\n")
    assert runs(other)


def started_beside(program: Program) -> str:
    done = program("up", "--another", "--json", settings=mission())
    return str(done.json["cluster"])


@pytest.mark.parametrize("command", ["down", "submit", "resize --task 3"])
def test_an_empty_id_is_not_the_default(program: Program, command: str) -> None:
    id_ = started(program)
    done = program(*command.split(), "--cluster", "", settings=mission())
    assert done.code == 2
    assert "--cluster is empty" in done.err
    assert runs(id_)


@pytest.fixture
def blind(environment: pytest.MonkeyPatch) -> set[str]:
    """Ids that DescribeCluster is denied for, as the stack's policy does for those without tag."""
    denied: set[str] = set()
    describe = Clusters.describe

    def described(self: Clusters, id_: str) -> dict[str, Any]:
        if id_ in denied:
            raise Failed(f"cannot look at {id_}: AccessDeniedException")
        return describe(self, id_)

    environment.setattr(Clusters, "describe", described)
    return denied


def test_what_cannot_be_looked_at_is_not_ours(program: Program, blind: set[str]) -> None:
    other = theirs("verger", protected=True)
    blind.add(other)
    for call in (("down",), ("down", "--all"), ("down", "--cluster", other)):
        done = program(*call, settings=mission())
        assert done.code == 1
        assert f"{other}: not stopped, because it may be another user's: cannot look at" in done.err
        assert "--force stops it anyway" in done.err
    ours = started_beside(program)
    done = program("down", "--every", "0.01", settings=mission())
    assert (done.code, done.out) == (0, f"{ours}: stopped\n"), done.err
    assert f"{other}: not stopped" in done.err
    assert runs(other)
    assert emr().describe_cluster(ClusterId=other)["Cluster"]["TerminationProtected"]


def test_force_stops_what_cannot_be_looked_at(program: Program, blind: set[str]) -> None:
    other = theirs("verger")
    blind.add(other)
    done = program("down", "--cluster", other, "--force", "--no-wait", settings=mission())
    assert (done.code, done.out) == (0, f"{other}: stopping\n"), done.err
    assert not runs(other)


def test_up_does_not_send_one_to_a_down_that_stops_nothing(
    program: Program, blind: set[str]
) -> None:
    other = theirs("verger")
    for _ in range(2):
        done = program("up", settings=mission())
        assert done.code == 6
        assert f"{other} runs under the name verger, and may be another user's: " in done.err
        assert "verger cloud down" not in done.err
        blind.add(other)


def test_all_are_stopped_before_one_is_waited_for(
    program: Program, environment: pytest.MonkeyPatch
) -> None:
    ids, calls = {started(program), started_beside(program)}, list[str]()
    stop, status = Clusters.stop, Clusters.status

    def stopped(self: Clusters, id_: str) -> None:
        calls.append("stop")
        stop(self, id_)

    def observed(self: Clusters, id_: str, step: str | None = None) -> Status:
        calls.append("status")
        return status(self, id_, step)

    environment.setattr(Clusters, "stop", stopped)
    environment.setattr(Clusters, "status", observed)
    done = program("down", "--all", "--every", "0.01", "--json", settings=mission())
    assert set(done.json["stopped"]) == ids
    assert calls[:4] == ["status", "stop", "status", "stop"]


def test_ctrl_c_names_those_that_are_not_stopped_yet(
    program: Program, environment: pytest.MonkeyPatch
) -> None:
    ids, stop = {started(program), started_beside(program), started_beside(program)}, Clusters.stop
    stopped: list[str] = []

    def interrupted(self: Clusters, id_: str) -> None:
        if stopped:
            raise KeyboardInterrupt
        stop(self, id_)
        stopped.append(id_)

    environment.setattr(Clusters, "stop", interrupted)
    done = program("down", "--all", settings=mission())
    assert done.code == 130
    for id_ in ids:
        by_hand = f"terminate-clusters --region eu-west-3 --cluster-ids {id_}\n"
        assert (f"{id_}: may still run: to stop it: aws emr {by_hand}" in done.err) == runs(id_)
    assert len(stopped) == 1
