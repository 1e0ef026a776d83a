"""`down` stops what we started, and others' clusters only if that is said."""

from __future__ import annotations

from typing import Any

import pytest

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
    given: list[dict[str, str]] = [{"Key": "verger", "Value": tag} for tag in tags]
    answer: Any = emr().run_job_flow(
        Name=name,
        Instances=instances,
        Tags=given,
        ReleaseLabel="emr-7.5.0",
        JobFlowRole="r",
        ServiceRole="s",
    )
    return str(answer["JobFlowId"])


def runs(id_: str) -> bool:
    found = emr().describe_cluster(ClusterId=id_)["Cluster"]
    return not str(found["Status"]["State"]).startswith("TERMINAT")


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
    assert f"{id_}: not stopped, for it may be someone else's: {why}: --force" in done.err
    assert runs(id_)
    assert emr().describe_cluster(ClusterId=id_)["Cluster"]["TerminationProtected"]
    done = program("down", "--cluster", id_, "--force", "--every", "0.01", settings=mission())
    assert done.code == 0, done.err
    assert f"{id_}: its termination protection is lifted\n" in done.err
    assert not runs(id_)


def test_the_name_alone_does_not_make_it_ours(program: Program) -> None:
    other = theirs("verger")
    done = program("down", "--all", "--force", settings=mission())
    assert (done.code, done.out) == (0, "no cluster named verger runs: nothing to stop\n")
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
