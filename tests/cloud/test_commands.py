"""Plans, help, and what the commands say of a bucket, a stack or a Python that will not do."""

from __future__ import annotations

import argparse
import ast
import gzip
import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from verger.cloud import guard, main
from verger.cloud.aws import Aws
from verger.cloud.bucket import Bucket, Upload, places, split
from verger.cloud.command_line import COMMANDS
from verger.cloud.context import Context
from verger.cloud.first_rows import first_rows
from verger.cloud.prices import load
from verger.cloud.settings import Job, Scaling
from verger.cloud.stack import with_stack
from verger.errors import BadCall, BadInput, Failed, RegionRefused, StorageError, VergerError
from verger.runs.storage import S3Settings

from .listener import Listener
from .programs import BUCKET, Done, Program, mission
from .stubbed import stub

PACKAGE = Path(main.__file__).parent
OURS = PACKAGE / "prices" / "eu-west-3.json"


def planned(program: Program, *arguments: str, **changes: Any) -> Done:
    done = program("plan", *arguments, settings=mission(**changes))
    assert done.code == 0, done.err
    return done


def test_a_plan_is_the_request_its_risks_and_its_price_and_sends_nothing(
    program: Program,
) -> None:
    text = planned(program).out
    day = load(None).day
    assert '"ReleaseLabel": "emr-7.5.0"' in text
    assert "warning: emr-7.5.0: standard support ended on 20 November 2026" in text
    assert f"(gathered {day}, oldest figure of 2025-03-02):" in text
    assert "2 x PCA: m5.xlarge, EC2" in text
    assert text.endswith("Nothing was sent.\n")
    assert guard.sent == []


def test_a_plan_needs_no_credentials(program: Program, environment: pytest.MonkeyPatch) -> None:
    environment.delenv("AWS_ACCESS_KEY_ID")
    environment.delenv("AWS_SECRET_ACCESS_KEY")
    planned(program)


def test_the_price_is_that_of_the_file_which_the_user_may_replace(
    program: Program, tmp_path: Path
) -> None:
    ours = planned(program, "--json").json["hour"]
    lines = ours["lines"]
    assert ours["dollars"] == pytest.approx(sum(line["dollars"] for line in lines), abs=1e-3)
    price = json.loads(OURS.read_text(encoding="utf-8"))
    price["day"] = "2027-01-02"
    price["tables"]["ec2"]["usd"]["m5.xlarge"] += 1
    mine = tmp_path / "mine.json"
    mine.write_text(json.dumps(price), encoding="utf-8")
    theirs = planned(program, "--json", "--prices", str(mine)).json["hour"]
    assert theirs["dollars"] == pytest.approx(ours["dollars"] + 4, abs=1e-3)  # of four nodes
    assert theirs["prices_of"] == "2027-01-02"
    nowhere = program("plan", "--prices", "nowhere.json", settings=mission())
    assert nowhere.code == 2
    assert "nowhere.json" in nowhere.err


@pytest.mark.parametrize("command", [("plan",), ("up",), ("run", "s3://a-1/x", "s3://a-1/y")])
def test_prices_that_cannot_be_read_stop_all_before_anything_is_sent(
    program: Program, command: tuple[str, ...]
) -> None:
    (program.folder / "bad.json").write_text("{}", encoding="utf-8")
    for file in ("nowhere.json", "bad.json"):
        done = program(*command, "--prices", file, settings=mission())
        assert done.code == 2
        assert file in done.err
    assert guard.sent == []


def test_a_plan_says_what_it_assumes_and_what_comes_on_top(program: Program) -> None:
    text = planned(program).out
    assert "\n22,688 photos assumed: give --count\n" in text
    assert "The network stack costs another 40 USD a month while it exists" in text
    assert "assumed: give --count" not in planned(program, "--count", "10").out
    assert planned(program, "--json").json["run"]["photos_assumed"]
    short = planned(program, "--no-requests").out
    assert short.startswith("RISKS\nwarning: ")
    assert text.endswith(short)


def test_a_plan_of_managed_scaling_prices_its_maximum(program: Program) -> None:
    scaled = Scaling(enabled=True, maximum=10, maximum_core=2)
    hour = planned(program, "--json", scaling=scaled).json["hour"]
    # A primary, and 10 like it.
    assert hour["most_dollars"] == pytest.approx(hour["dollars"] / 4 * 11, abs=1e-3)
    text = planned(program, scaling=scaled).out
    assert f"may add: about {hour['most_dollars']:.2f} USD an hour" in text


@pytest.mark.parametrize(
    "option",
    [("--rate", "0"), ("--rate", "nan"), ("--rate", "-1"), ("--rate", "1e300")]
    + [("--count", "0"), ("--count", "9" * 400), ("--count", "9" * 5000)],
    ids=lambda option: " ".join(option)[:12],
)
def test_a_sample_that_is_none_is_a_wrong_call(program: Program, option: tuple[str, str]) -> None:
    done = program("plan", *option, settings=mission())
    assert done.code == 2
    assert f"argument {option[0]}" in done.err


def test_more_nodes_cost_more_and_take_less_time(program: Program) -> None:
    few = planned(program, "--json", "--count", "10000000").json
    many = planned(program, "--json", "--count", "10000000", "--task", "20").json
    assert many["hour"]["dollars"] > few["hour"]["dollars"]
    assert many["run"]["seconds"] < few["run"]["seconds"]
    groups = many["requests"]["RunJobFlow"]["Instances"]["InstanceGroups"]
    assert groups[2]["InstanceCount"] == 20


def test_a_plan_says_which_wheels_and_without_them_that_up_will(program: Program) -> None:
    def arguments() -> list[str]:
        flow = planned(program, "--json", "--run").json["requests"]["RunJobFlow"]
        assert len(flow["Steps"]) == 1
        words: list[str] = flow["BootstrapActions"][0]["ScriptBootstrapAction"]["Args"]
        return words

    name = "verger-1.2.3-py3-none-any.whl"
    wheel = program.folder / "wheels" / name
    sums = f"{hashlib.sha256(wheel.read_bytes()).hexdigest()}  {name}\n".encode()
    wheels = f"s3://{BUCKET}/wheels/"
    assert arguments() == ["--sha256", hashlib.sha256(sums).hexdigest(), wheels]
    wheel.unlink()
    assert arguments() == ["--sha256", "set by up", wheels]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_refuses_what_it_does_not_know(
    program: Program, command: str
) -> None:
    done = program(command, "--help")
    assert done.code == 0
    assert "--settings FILE" in done.out
    assert (COMMANDS[command].__doc__ or "").split()[0] in done.out
    assert program(command, "--no-such-option").code == 2


def test_settings_are_printed_as_a_file(program: Program) -> None:
    done = program("settings", "--name", "pears")
    assert done.code == 0
    assert 'name = "pears"  # ' in done.out
    (program.folder / "verger-cloud.toml").write_text(done.out, encoding="utf-8")
    assert program("settings").out == done.out
    assert guard.sent == []


def test_a_wrong_file_is_a_wrong_call(program: Program) -> None:
    (program.folder / "verger-cloud.toml").write_text("[task]\nconut = 3\n", encoding="utf-8")
    done = program("plan")
    assert done.code == 2
    assert "verger-cloud.toml, line 2: [task] conut" in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("location", "region"), [(None, "us-east-1"), ("EU", "eu-west-1"), ("ap-south-1", "ap-south-1")]
)
def test_a_bucket_in_another_region_is_refused_by_its_location(
    environment: pytest.MonkeyPatch, location: str | None, region: str
) -> None:
    aws = Aws(mission())
    bucket = Bucket(mission(), aws)
    with stub.Stubber(aws.client("s3")) as stubber:
        answer = {"LocationConstraint": location} if location else {}
        stubber.add_response("get_bucket_location", answer, {"Bucket": "far"})
        with pytest.raises(RegionRefused, match=f"s3://far: refused.* lies in {region}"):
            bucket.check_regions("s3://far/Data")
        stubber.add_response(
            "get_bucket_location", {"LocationConstraint": "eu-west-3"}, {"Bucket": BUCKET}
        )
        bucket.check_regions(f"s3://{BUCKET}/Data", f"s3a://{BUCKET}/Results")


@pytest.mark.parametrize(
    "endpoint",
    ["https://S3.EU-WEST-3.AMAZONAWS.COM", "https://s3.eu-west-3.api.aws", ""]
    + ["https://s3.eu-west-3.amazonaws.com./", "http://127.0.0.1:9000"],
)
def test_s3_of_aws_is_known_however_it_is_written(
    environment: pytest.MonkeyPatch, endpoint: str
) -> None:
    if endpoint:
        environment.setenv("AWS_ENDPOINT_URL_S3", endpoint)
    context = Context(argparse.Namespace(), mission())
    aws = "127.0.0.1" not in endpoint
    opened_with: list[S3Settings] = []

    def open_place(out: str, settings: S3Settings) -> None:
        opened_with.append(settings)
        raise StorageError("enough")

    environment.setattr("verger.cloud.first_rows.open_place", open_place)
    with pytest.raises(StorageError, match="enough"):
        first_rows(context, f"s3://{BUCKET}")
    assert opened_with[0].endpoint == (None if aws else endpoint)
    assert opened_with[0].regions == (("eu-west-3",) if aws else None)
    with stub.Stubber(context.aws.client("s3")) as stubber:
        stubber.add_response("get_bucket_location", {}, {"Bucket": "far"})  # in Virginia
        if aws:
            with pytest.raises(RegionRefused, match="us-east-1"):
                context.bucket.check_regions("s3://far/Data")
        else:
            context.bucket.check_regions("s3://far/Data")


@pytest.mark.parametrize(
    ("code", "status"), [("404", 404), ("403", 403), ("NoSuchKey", 404), ("500", 500)]
)
def test_an_object_that_is_not_visible_is_put(
    environment: pytest.MonkeyPatch, code: str, status: int
) -> None:
    aws = Aws(mission())
    bucket = Bucket(mission(), aws)
    file = Upload("s3://plums-404/pca.py", b"job")
    with stub.Stubber(aws.client("s3")) as stubber:
        stubber.add_client_error("head_object", code, "", status)
        if status == 500:
            with pytest.raises(VergerError, match="cannot look at s3://plums-404/pca.py: 500"):
                bucket.put_what_changed([file])
            return
        stubber.add_response("put_object", {})
        assert bucket.put_what_changed([file]) == [file.url]


def test_progress_that_cannot_be_heard_ends_no_run(
    environment: pytest.MonkeyPatch, listener: Listener
) -> None:
    """Lost network, expired keys: the job goes on."""
    aws = Aws(mission())
    bucket = Bucket(mission(), aws)
    with stub.Stubber(aws.client("s3")) as stubber:
        for code, status in (("ExpiredToken", 400), ("SlowDown", 503), ("NoSuchKey", 404)):
            stubber.add_client_error("get_object", code, "", status)
            assert bucket.progress("s3://plums/") is None
    environment.setenv("AWS_ENDPOINT_URL", listener.url)
    alone = Aws(mission())
    environment.setattr(alone, "client", lambda service: Aws.client(alone, service, tries=1))
    assert Bucket(mission(), alone).progress("s3://plums/") is None
    assert listener.connections == 1


_PACKED = gzip.compress(b"a log of some length")


@pytest.mark.parametrize(
    "data",
    [
        _PACKED[:-9],
        b"no log",
        _PACKED[:12] + b"\xff\xff\xff" + _PACKED[15:],
        _PACKED[:-8] + bytes(8),
    ],
    ids=["cut", "foreign", "corrupt", "wrong sum"],
)
def test_a_log_that_is_cut_short_or_damaged_is_a_line(
    environment: pytest.MonkeyPatch, data: bytes
) -> None:
    aws = Aws(mission())
    with stub.Stubber(aws.client("s3")) as stubber:
        stubber.add_response("get_object", {"Body": io.BytesIO(data)})
        with pytest.raises(StorageError, match=r"s3://plums/x\.gz: not a complete \.gz"):
            Bucket(mission(), aws).read("s3://plums/x.gz")


def test_every_bucket_of_a_job_is_looked_at() -> None:
    settings = mission(
        log_uri="s3://logs-1", job=Job(model="s3://models-1/net.onnx", preset="timm")
    )
    files = [Upload("s3://wheels-1/a.whl", b"")]
    urls = places(settings, "s3://photos-1", "s3://out-1", files)
    buckets = {split(url)[0] for url in urls}
    assert buckets == {"wheels-1", "logs-1", "photos-1", "out-1", "models-1"}
    assert settings.script in places(settings, "s3://photos-1", "s3://out-1")


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "soon", "4000"])
def test_how_often_to_look_is_a_time(program: Program, seconds: str) -> None:
    done = program("down", "--every", seconds, settings=mission())
    assert done.code == 2
    assert "--every" in done.err


@pytest.mark.parametrize("url", ["/photos", "file:///photos", "s3://", "gs://fruits/Data"])
def test_what_is_no_bucket_is_refused(url: str) -> None:
    with pytest.raises(BadCall, match=r"give s3://bucket/prefix"):
        split(url)


def stack(name: str, **outputs: str) -> dict[str, Any]:
    """DescribeStacks' answer, with outputs by their descriptions."""
    described: dict[str, Any] = {
        "StackName": name,
        "StackStatus": "CREATE_COMPLETE",
        "CreationTime": "2026-11-25",
        "Outputs": [
            {"OutputKey": f"Key{number}", "Description": text, "OutputValue": value}
            for number, (text, value) in enumerate(outputs.items())
        ],
    }
    return {"Stacks": [described]}


def test_outputs_of_the_stacks_become_settings(environment: pytest.MonkeyPatch) -> None:
    aws = Aws(mission())
    people = {"For users who start clusters": "arn:aws:iam::1:policy/x"}
    storage = stack("verger", bucket="pears-paris", **people)
    network = stack("verger-network", subnet="subnet-9")
    with stub.Stubber(aws.client("cloudformation")) as stubber:

        def described(*answers: dict[str, Any]) -> None:
            for answer in answers:
                name = answer["Stacks"][0]["StackName"]
                stubber.add_response("describe_stacks", answer, {"StackName": name})

        described(storage, network)
        settings = with_stack(mission(), aws, "verger")
        assert (settings.bucket, settings.subnet) == ("pears-paris", "subnet-9")
        assert settings.name == mission().name
        described(stack("verger"))
        with pytest.raises(BadInput, match="stack verger has no output bucket"):
            with_stack(mission(), aws, "verger")
        described(storage, stack("verger-network"))
        with pytest.raises(
            BadInput,
            match="has no output subnet: create the stack from deploy/cloudformation/network.yaml",
        ):
            with_stack(mission(), aws, "verger")
        described(storage)
        stubber.add_client_error("describe_stacks", "ValidationError", "does not exist")
        with pytest.raises(
            Failed, match="stack verger-network of deploy/.*network.yaml: .*not exist"
        ):
            with_stack(mission(), aws, "verger")


def test_without_boto3_a_line_says_how_to_get_it(program: Program) -> None:
    code = (
        "import sys; sys.modules['boto3'] = sys.modules['botocore.config'] = None\n"
        "from verger.cloud.main import main; sys.exit(main(['status', '--bucket', 'orchard']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(PACKAGE.parents[1])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "pip install 'verger[cloud]'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_older_python_reads_the_sources_and_says_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in PACKAGE.rglob("*.py"):
        ast.parse(file.read_text(encoding="utf-8"), str(file), feature_version=(3, 9))
    monkeypatch.setattr(sys, "version_info", (3, 9, 25))
    assert main.main(["plan"]) == 2
    assert capsys.readouterr().err == ("verger cloud: Python 3.9 is too old: use 3.11 or later\n")
