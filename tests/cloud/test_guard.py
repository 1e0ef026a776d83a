"""Nothing leaves the allowed regions: counted at botocore's hook, and by a server that listens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from verger.cloud import guard
from verger.cloud.aws import Aws, aws_errors
from verger.cloud.command_line import COMMANDS
from verger.cloud.guard import problem_of_url
from verger.cloud.settings import Job
from verger.errors import RegionRefused

from .listener import Listener
from .programs import Program, mission

pytest.importorskip("boto3")

AWAY = "us-east-1"
KEY = f"arn:aws:kms:{AWAY}:123456789012:key/11111111-2222-3333-4444-555555555555"
SUBNET = f"arn:aws:ec2:{AWAY}:123456789012:subnet/subnet-1"
POINT = f"s3://arn:aws:s3:{AWAY}:123456789012:accesspoint/fruits/Data"
ARGUMENTS = {"run": ("s3://orchard-paris/Data", "s3://orchard-paris"), "resize": ("--task", "3")}

OUTSIDE: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "region": ({"region": AWAY}, {}),
    "bucket": ({"bucket_region": AWAY}, {}),
    "access point": ({"job": Job(photos=POINT)}, {}),
    "key": ({"log_key": KEY}, {}),
    "subnet": ({"subnet": SUBNET}, {}),
    "zone": ({"subnet": f"{AWAY}a"}, {}),
    "security group": (
        {"core_security_group": f"arn:aws:ec2:{AWAY}:123456789012:security-group/sg-1"},
        {},
    ),
    "AWS_REGION": ({}, {"AWS_REGION": AWAY}),
    "AWS_DEFAULT_REGION": ({}, {"AWS_DEFAULT_REGION": AWAY}),
    "endpoint": ({}, {"AWS_ENDPOINT_URL_EMR": f"https://elasticmapreduce.{AWAY}.amazonaws.com"}),
    "endpoint of all": ({}, {"AWS_ENDPOINT_URL": "https://s3.amazonaws.com"}),
    "endpoint of another": ({}, {"AWS_ENDPOINT_URL_S3": "https://storage.example.org"}),
    "two hosts": ({}, {"AWS_ENDPOINT_URL": "http://192.0.2.2:5998\\@127.0.0.1"}),
    "a user": ({}, {"AWS_ENDPOINT_URL": "http://127.0.0.1@192.0.2.2"}),
    "a dot in digits": ({}, {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1%2e192.0.2.2"}),
    "no port": ({}, {"AWS_ENDPOINT_URL": "http://127.0.0.1:abc"}),
    "no such port": ({}, {"AWS_ENDPOINT_URL": "http://127.0.0.1:99999"}),
    "capitals": ({}, {"AWS_ENDPOINT_URL_S3": f"HTTPS://S3.{AWAY.upper()}.AMAZONAWS.COM"}),
    "no TLS": ({}, {"AWS_ENDPOINT_URL_S3": "http://s3.eu-west-3.amazonaws.com"}),
    "credentials": ({}, {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://192.0.2.2/"}),
    "no region allowed": ({"allowed_regions": ()}, {}),
}


@pytest.mark.parametrize("outside", OUTSIDE)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_refuses_before_anything_is_sent(
    command: str,
    outside: str,
    program: Program,
    environment: pytest.MonkeyPatch,
    listener: Listener,
) -> None:
    changes, variables = OUTSIDE[outside]
    # Whatever were sent would come here: as the endpoint, or through the proxy.
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_EMR", "HTTPS_PROXY", "HTTP_PROXY"):
        environment.setenv(name, listener.url)
    for name, value in variables.items():
        environment.setenv(name, value)
    done = program(command, *ARGUMENTS.get(command, ()), settings=mission(**changes))
    assert done.code == 7, done.err
    assert done.out == ""
    assert "nothing was sent" in done.err
    assert done.err.startswith("verger cloud: ")
    assert done.err.count("\n") == 1
    assert guard.sent == []
    assert listener.connections == 0


@pytest.mark.parametrize("command", ["plan", "submit", "run"])
def test_urls_on_the_command_line_are_looked_at(command: str, program: Program) -> None:
    done = program(command, POINT, "s3://orchard-paris", settings=mission())
    assert (done.code, guard.sent) == (7, [])
    assert AWAY in done.err


def test_a_region_option_is_looked_at(program: Program) -> None:
    done = program("plan", "--region", AWAY, settings=mission())
    assert done.code == 7
    assert f"region: lies in {AWAY}" in done.err


def test_a_role_of_no_region_and_allowed_regions_pass(program: Program) -> None:
    settings = mission(
        log_key=KEY.replace(AWAY, "eu-west-3"),
        subnet=SUBNET.replace(AWAY, "eu-west-3"),
        service_role="arn:aws:iam::123456789012:role/verger-emr-service",
    )
    assert program("plan", settings=settings).code == 0
    other = mission(region=AWAY, allowed_regions=("eu-west-3", AWAY), log_key=KEY)
    assert program("plan", settings=other).code == 0
    assert guard.sent == []


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("elasticmapreduce.eu-west-3.amazonaws.com", True),
        ("s3.eu-west-3.amazonaws.com", True),
        ("orchard.s3.eu-west-3.amazonaws.com", True),
        ("us-east-1.s3.eu-west-3.amazonaws.com", True),  # a bucket may be called so
        ("s3.dualstack.eu-west-3.amazonaws.com", True),
        ("s3-eu-west-3.amazonaws.com", True),
        ("emr-serverless.eu-west-3.api.aws", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("s3.amazonaws.com", False),
        ("eu-west-3.s3.amazonaws.com", False),  # a bucket in Virginia
        ("iam.amazonaws.com", False),
        ("elasticmapreduce.us-east-1.amazonaws.com", False),
        ("orchard.s3.eu-west-1.amazonaws.com", False),
        ("s3.cn-north-1.amazonaws.com.cn", False),
        ("s3.eusc-de-east-1.amazonaws.eu", False),
        ("amazonaws.com", False),
        ("eu-west-3.amazonaws.com.example.org", False),
        ("storage.example.org", False),
        ("", False),
        ("169.254.169.254", False),
    ],
)
def test_which_hosts_are_of_an_allowed_region(host: str, allowed: bool) -> None:
    url = f"https://[{host}]" if ":" in host else f"https://{host}"
    assert (problem_of_url(url, mission()) is None) == allowed


def test_a_host_that_is_named_may_be_called() -> None:
    named = mission(allowed_endpoints=("storage.example.org",))
    assert problem_of_url("https://storage.example.org", named) is None
    assert problem_of_url("https://other.example.org", named) is not None


def test_the_socket_refuses_a_host_that_no_text_named(
    environment: pytest.MonkeyPatch, tmp_path: Path, listener: Listener
) -> None:
    environment.setenv("HTTPS_PROXY", listener.url)
    config = tmp_path / "config"
    config.write_text(
        f"[default]\nendpoint_url = https://elasticmapreduce.{AWAY}.amazonaws.com\n",
        encoding="utf-8",
    )
    environment.setenv("AWS_CONFIG_FILE", str(config))
    client = Aws(mission()).client("emr")
    with pytest.raises(RegionRefused, match=f"blocked: .*{AWAY}"), aws_errors("list"):
        client.list_clusters()
    assert guard.sent == []
    assert listener.connections == 0


def test_no_proxy_gets_requests_without_tls(
    environment: pytest.MonkeyPatch, listener: Listener
) -> None:
    environment.setenv("HTTP_PROXY", listener.url)
    environment.setenv("AWS_ENDPOINT_URL", "http://storage.example.org:9000")
    client = Aws(mission(allowed_endpoints=("storage.example.org",))).client("s3")
    with pytest.raises(RegionRefused, match="blocked: HTTP_PROXY"), aws_errors("list"):
        client.list_buckets()
    assert guard.sent == []
    assert listener.connections == 0


def test_a_global_host_is_refused_with_what_to_set() -> None:
    problem = problem_of_url("https://sts.amazonaws.com", mission())
    assert problem is not None
    assert problem.endswith("set AWS_STS_REGIONAL_ENDPOINTS=regional")


def test_credentials_may_come_from_the_machine_itself(
    program: Program, environment: pytest.MonkeyPatch
) -> None:
    for own in ("http://169.254.169.254/", "http://[fd00:ec2::254]/", "http://127.0.0.1:1338"):
        environment.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", own)
        assert program("plan", settings=mission()).code == 0


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://192.0.2.2:9\\@127.0.0.1",
        "http://127.0.0.1%2eexample.org",
        "http://127.0.0.1@192.0.2.2",
    ]
    + ["http://127.0.0.1:abc", "http://127.0.0.1:99999", "127.0.0.1", "http://"],
)
def test_an_endpoint_of_a_profile_that_two_could_read_in_two_ways_is_not_called(
    program: Program, environment: pytest.MonkeyPatch, tmp_path: Path, endpoint: str
) -> None:
    config = tmp_path / "config"
    config.write_text(f"[default]\nendpoint_url = {endpoint}\n", encoding="utf-8")
    environment.setenv("AWS_CONFIG_FILE", str(config))
    done = program("status", settings=mission())
    assert done.code == 7, done.err
    assert done.err.count("\n") == 1
    assert guard.sent == []


def test_the_socket_counts_and_lets_through_what_is_allowed(
    environment: pytest.MonkeyPatch, listener: Listener
) -> None:
    environment.setenv("AWS_ENDPOINT_URL", listener.url)
    client = Aws(mission()).client("emr", tries=1)
    with pytest.raises(Exception, match="cannot list"), aws_errors("list"):
        client.list_clusters()
    assert guard.sent == ["emr.ListClusters"]
    assert listener.connections == 1


def test_a_bucket_that_redirects_to_another_region_is_not_followed(
    environment: pytest.MonkeyPatch, listener: Listener
) -> None:
    """S3 says where a bucket lies by a redirection, which boto3 follows."""
    responses = pytest.importorskip("botocore.awsrequest")
    environment.setenv("HTTPS_PROXY", listener.url)
    aws = Aws(mission())
    client = aws.client("s3")
    requests = []

    def redirect(request: Any, **_: Any) -> Any:
        requests.append(request.url)
        headers = {"x-amz-bucket-region": AWAY}
        return responses.AWSResponse(request.url, 301, headers, _Raw())

    client.meta.events.register_last("before-send.s3", redirect)
    with pytest.raises(RegionRefused, match=AWAY), aws_errors("look"):
        client.head_bucket(Bucket="orchard-paris")
    # The hook under test comes after this test's, and held the second back.
    assert ["eu-west-3" in url for url in requests] == [True, False]
    assert guard.sent == ["s3.HeadBucket"]
    assert listener.connections == 0


class _Raw:
    """A body without bytes."""

    def stream(self, **_: Any) -> list[bytes]:
        return []

    def read(self, *_: Any) -> bytes:
        return b""
