"""The commands against moto's server, which plays AWS.

moto knows nothing of auto-termination and managed scaling: for these, test_request.py has golden
requests and AWS's own model.
"""

from __future__ import annotations

import gzip
import hashlib
import zipfile
from typing import Any

import pytest
from verger.cloud import guard
from verger.cloud.bucket import Bucket
from verger.cloud.cluster import Clusters
from verger.cloud.settings import Group
from verger.errors import Failed

from .programs import BUCKET, Program, mission, write_wheel

boto3 = pytest.importorskip("boto3")

pytestmark = pytest.mark.usefixtures("moto")


def emr() -> Any:
    return boto3.client("emr", region_name="eu-west-3")


def s3() -> Any:
    return boto3.client("s3", region_name="eu-west-3")


def started(program: Program) -> str:
    done = program("up", "--json", settings=mission())
    assert done.code == 0, done.err
    return str(done.json["cluster"])


def test_up_starts_the_missions_cluster_field_by_field(program: Program) -> None:
    id_ = started(program)
    cluster = emr().describe_cluster(ClusterId=id_)["Cluster"]
    assert cluster["Name"] == "verger"
    assert cluster["ReleaseLabel"] == "emr-7.5.0"
    names = {one["Name"] for one in cluster["Applications"]}
    assert names == {"Hadoop", "Spark", "TensorFlow", "JupyterHub", "Zeppelin"}
    assert cluster["LogUri"] == f"s3://{BUCKET}/logs/"
    assert cluster["ServiceRole"] == "verger-emr-service"
    nodes = cluster["Ec2InstanceAttributes"]
    assert nodes["IamInstanceProfile"] == "verger-emr-node"
    assert nodes["Ec2KeyName"] == "fruits"
    assert nodes["Ec2SubnetId"] == "subnet-0a1b2c3d"
    assert nodes["EmrManagedMasterSecurityGroup"] == "sg-0001"
    assert nodes["EmrManagedSlaveSecurityGroup"] == "sg-0002"
    assert nodes["ServiceAccessSecurityGroup"] == "sg-0003"
    assert cluster["SecurityConfiguration"] == "verger-security"
    assert cluster["AutoTerminate"] is False
    assert cluster["TerminationProtected"] is False
    tags = {one["Key"]: one["Value"] for one in cluster["Tags"]}
    assert tags.pop("verger-launch")
    assert tags == {"for-use-with-amazon-emr-managed-policies": "true", "verger": "verger"}
    properties = cluster["Configurations"][0]["Properties"]
    assert properties["spark.executor.cores"] == "4"

    groups = {
        one["InstanceGroupType"]: (one["Name"], one["InstanceType"], one["RequestedInstanceCount"])
        for one in emr().list_instance_groups(ClusterId=id_)["InstanceGroups"]
    }
    assert groups == {
        "MASTER": ("Primary", "m5.xlarge", 1),
        "CORE": ("Core", "m5.xlarge", 1),
        "TASK": ("PCA", "m5.xlarge", 2),
    }
    (action,) = emr().list_bootstrap_actions(ClusterId=id_)["BootstrapActions"]
    assert action["Name"] == "Librairies"
    assert action["ScriptPath"] == f"s3://{BUCKET}/bootstrap.sh"
    sums = s3().get_object(Bucket=BUCKET, Key="wheels/SHA256SUMS")["Body"].read()
    hashed = hashlib.sha256(sums).hexdigest()
    assert action["Args"] == ["--sha256", hashed, f"s3://{BUCKET}/wheels/"]


def test_up_says_price_end_and_how_to_stop_it(program: Program) -> None:
    done = program("up", settings=mission())
    assert "USD an hour (prices of 20" in done.out
    assert "ends by itself after 25 h idle, up to 2" in done.out
    assert "verger cloud down --cluster j-" in done.out
    assert "standard support ended" in done.err


def test_up_uploads_what_changed_by_hash(program: Program) -> None:
    first = program("up", settings=mission())
    assert first.code == 0, first.err
    names = ["wheels/verger-1.2.3-py3-none-any.whl", "wheels/SHA256SUMS", "bootstrap.sh", "pca.py"]
    uploaded = [line for line in first.err.splitlines() if line.startswith("uploaded ")]
    assert uploaded == [f"uploaded s3://{BUCKET}/{name}" for name in names]
    sums = s3().get_object(Bucket=BUCKET, Key="wheels/SHA256SUMS")["Body"].read().decode()
    assert sums.endswith("  verger-1.2.3-py3-none-any.whl\n")
    assert "uploaded" not in program("up", "--another", settings=mission()).err
    wheel = program.folder / "wheels" / "verger-1.2.3-py3-none-any.whl"
    write_wheel(wheel, "another")
    again = program("up", "--another", settings=mission())
    assert again.err.count("uploaded ") == 2  # the wheel, and the sums


def test_up_without_wheels_says_where_they_come_from(program: Program) -> None:
    (program.folder / "wheels" / "verger-1.2.3-py3-none-any.whl").unlink()
    done = program("up", settings=mission())
    assert done.code == 2
    assert "has no wheel of verger" in done.err
    assert "pip download" in done.err
    assert guard.sent == []


def test_up_starts_no_second_cluster_under_the_name(program: Program) -> None:
    id_ = started(program)
    done = program("up", settings=mission())
    assert done.code == 6
    assert f"{id_} runs under the name verger" in done.err
    assert program("up", "--name", "pears", settings=mission()).code == 0


def test_a_bucket_that_is_not_there_is_named_and_nothing_starts(program: Program) -> None:
    done = program("up", settings=mission(bucket="nowhere"))
    assert done.code == 5
    assert "cannot find s3://nowhere" in done.err
    assert emr().list_clusters()["Clusters"] == []


AWAY = ("s3://far/Data", "s3://far")


@pytest.mark.parametrize(
    "command",
    [("up",), ("submit",), ("submit", *AWAY), ("run", *AWAY), ("logs",)],
    ids=" ".join,
)
@pytest.mark.parametrize("what", ["bucket", "logs"])
def test_a_bucket_in_another_region_gets_only_the_question_for_its_location(
    program: Program, environment: pytest.MonkeyPatch, command: tuple[str, ...], what: str
) -> None:
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="far")
    # Else moto would pass for another server, with regions of its own.
    environment.setattr(Bucket, "_is_other_server", lambda self: False)
    wheel = program.folder / "wheels" / "verger-1.2.3-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("verger/__init__.py", "")
    changes = {"bucket": "far"} if what == "bucket" else {"log_uri": "s3://far/logs"}
    done = program(*command, settings=mission(**changes))
    assert done.code == 7, done.err
    assert "s3://far: refused, nothing was read: it lies in us-east-1" in done.err
    assert set(guard.sent) == {"s3.GetBucketLocation"}


def test_submit_adds_the_step_that_the_plan_shows(program: Program) -> None:
    id_ = started(program)
    planned = program("plan", "--json", settings=mission()).json["requests"]["AddJobFlowSteps"]
    done = program("submit", "--json", settings=mission())
    assert done.code == 0, done.err
    (step,) = emr().list_steps(ClusterId=id_)["Steps"]
    assert step["Id"] == done.json["step"]
    assert step["Config"]["Args"] == planned["Steps"][0]["HadoopJarStep"]["Args"]
    assert step["Config"]["Jar"] == "command-runner.jar"
    assert step["ActionOnFailure"] == "CONTINUE"


def test_submit_without_a_cluster_says_how_to_get_one(program: Program) -> None:
    done = program("submit", settings=mission())
    assert done.code == 1
    assert "no cluster named verger runs: 'verger cloud up' starts one" in done.err


def test_status_shows_nodes_steps_and_photos(program: Program) -> None:
    id_ = started(program)
    step = program("submit", "--json", settings=mission()).json["step"]
    done = program("status", settings=mission())
    assert done.code == 0, done.err
    assert f"{id_}: " in done.out
    assert "task    PCA: 2 of 2 nodes run" in done.out
    assert f"step {step} pca.py: " in done.out
    assert program("status", "--step", "s-NONE", settings=mission()).code == 2


def test_status_with_nothing_running(program: Program) -> None:
    done = program("status", settings=mission())
    assert (done.code, done.out) == (0, "no cluster named verger runs\n")


def test_resize_changes_the_groups_and_prints_the_price(program: Program) -> None:
    id_ = started(program)
    done = program("resize", "--core", "2", "--task", "6", settings=mission())
    assert done.code == 0, done.err
    groups = emr().list_instance_groups(ClusterId=id_)["InstanceGroups"]
    counts = {one["InstanceGroupType"]: one["RequestedInstanceCount"] for one in groups}
    assert counts == {"MASTER": 1, "CORE": 2, "TASK": 6}
    assert "2 core, 6 task nodes requested: about" in done.out
    assert program("resize", settings=mission()).code == 2
    assert program("resize", "--task", "-1", settings=mission()).code == 2
    assert program("resize", "--core", "0", settings=mission()).code == 2


def test_resize_prices_the_cluster_and_not_the_settings(program: Program) -> None:
    started(program)
    larger = mission(primary=Group("m5.4xlarge"), core=Group("m5.4xlarge", 9))
    price = [
        program("resize", "--task", "6", settings=one).out.partition(" requested: ")[2]
        for one in (mission(), larger)
    ]
    assert price[0].startswith("about ")
    assert price[0] == price[1]


def test_resize_reports_each_step_as_it_is_done(
    program: Program, environment: pytest.MonkeyPatch
) -> None:
    def denied(self: Clusters, id_: str, seconds: int) -> None:
        raise Failed("you may not do PutAutoTerminationPolicy")

    environment.setattr(Clusters, "end_when_idle", denied)
    id_ = started(program)
    done = program("resize", "--task", "6", "--idle", "600", settings=mission())
    assert (done.code, done.out) == (1, "")
    assert f"{id_}: 6 task nodes requested: about " in done.err


def test_a_group_that_is_not_there_cannot_be_resized(program: Program) -> None:
    alone = mission(task=Group(name="PCA", count=0))
    assert program("up", settings=alone).code == 0
    done = program("resize", "--task", "3", settings=alone)
    assert done.code == 2
    assert "was started without task nodes" in done.err


def test_logs_are_found_unpacked_and_named_where_they_are_missing(program: Program) -> None:
    id_ = started(program)
    step = program("submit", "--json", settings=mission()).json["step"]
    early = program("logs", settings=mission())
    assert early.code == 5
    assert "EMR copies them every 5 minutes" in early.err
    below = f"logs/{id_}"
    for key, text in (
        (f"{below}/steps/{step}/stderr.gz", "extract 6/6 photos"),
        (f"{below}/steps/{step}/stdout.gz", "Dimensions: (6, 4)"),
        (f"{below}/node/i-1/bootstrap-actions/1/stderr.gz", "plum.whl: wrong hash"),
    ):
        s3().put_object(Bucket=BUCKET, Key=key, Body=gzip.compress(text.encode()))
    assert "extract 6/6 photos" in program("logs", settings=mission()).out
    assert "Dimensions: (6, 4)" in program("logs", "--stdout", settings=mission()).out
    assert "plum.whl: wrong hash" in program("logs", "--bootstrap", settings=mission()).out
    assert program("logs", "--list", settings=mission()).out.count(".gz\n") == 3


def test_down_stops_it_and_again_is_content(program: Program) -> None:
    id_ = started(program)
    done = program("down", "--every", "0.01", settings=mission())
    assert (done.code, done.out) == (0, f"{id_}: stopped\n"), done.err
    assert emr().describe_cluster(ClusterId=id_)["Cluster"]["Status"]["State"] == "TERMINATED"
    again = program("down", settings=mission())
    assert again.code == 0
    assert again.out == "no cluster named verger runs: nothing to stop\n"
    assert program("down", "--cluster", id_, settings=mission()).code == 0


def test_down_that_does_not_wait_does_not_claim_the_end(program: Program) -> None:
    id_ = started(program)
    done = program("down", "--no-wait", settings=mission())
    assert (done.code, done.out) == (0, f"{id_}: stopping\n"), done.err


def test_the_last_cluster_is_remembered_for_its_logs(program: Program) -> None:
    id_ = started(program)
    assert program("down", "--every", "0.01", settings=mission()).code == 0
    s3().put_object(
        Bucket=BUCKET,
        Key=f"logs/{id_}/node/i-1/bootstrap-actions/1/stderr.gz",
        Body=gzip.compress(b"plum.whl: wrong hash"),
    )
    assert "plum.whl: wrong hash" in program("logs", "--bootstrap", settings=mission()).out
    done = program("status", settings=mission())
    assert (done.code, done.out) == (0, f"no cluster named verger runs; the last was {id_}\n")


def test_down_lifts_termination_protection(program: Program) -> None:
    protected = mission(termination_protection=True)
    up = program("up", settings=protected)
    assert up.code == 0, up.err
    assert "; it does not end by itself: termination_protection is on\n" in up.out
    done = program("down", "--every", "0.01", settings=protected)
    assert done.code == 0, done.err


def test_down_of_several_needs_all_or_an_id(program: Program) -> None:
    ids = {started(program)}
    ids.add(program("up", "--another", "--json", settings=mission()).json["cluster"])
    done = program("down", settings=mission())
    assert done.code == 2
    assert all(id_ in done.err for id_ in ids)
    done = program("down", "--all", "--every", "0.01", "--json", settings=mission())
    assert set(done.json["stopped"]) == ids


def test_ui_prints_the_tunnels(program: Program) -> None:
    id_ = started(program)
    done = program("ui", settings=mission())
    assert done.code == 0, done.err
    (node,) = emr().list_instances(ClusterId=id_, InstanceGroupTypes=["MASTER"])["Instances"]
    for port in (18080, 8188, 9443, 8890):
        assert f"localPortNumber={port}" in done.out
    assert f"--target {node['Ec2InstanceId']} " in done.out
    ssh = program("ui", "zeppelin", "--ssh", "fruits.pem", settings=mission()).out
    assert "ssh -i fruits.pem -N -L 8890:" in ssh
    assert ssh.count("ssh -i") == 1
