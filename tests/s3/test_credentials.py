"""Where credentials and settings come from, and the messages when they do not work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from program import Argument
from program import verger as verger_on_disk

from .cloud import Cloud, Harvest, assert_same_files, files
from .conftest import PHOTOS
from .faults import Fault, from_then_on, on

USAGE, BAD_INPUT, STORAGE = 2, 4, 5
PART = 512  # photos
BAD_CREDENTIALS = [Fault.EXPIRED_TOKEN, Fault.INVALID_KEY]
Command = tuple[Argument, ...]
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


def assert_names_credentials(stderr: str) -> None:
    assert "credentials" in stderr or "AWS_ACCESS_KEY_ID" in stderr


@pytest.mark.parametrize("fault", BAD_CREDENTIALS)
def test_credentials_that_expire(
    fault: Fault, cloud: Cloud, harvest: Harvest, tmp_path: Path
) -> None:
    """What was published is not extracted again."""
    out = cloud.url("out")
    cloud.proxy.rules = [from_then_on(fault, "PutObject", after=3)]  # the lock, a part, a part
    done = cloud.verger("run", harvest.url, out, *harvest.options, check=STORAGE)
    assert_names_credentials(done.stderr)
    assert "rejected" not in done.stdout
    parts = [key for key in cloud.server.keys(cloud.bucket, "out") if "/part-" in key]
    assert parts
    assert not [key for key in cloud.server.keys(cloud.bucket) if "manifest" in key]
    cloud.proxy.reset()
    summary = cloud.summary("run", harvest.url, out, *harvest.options)
    assert (summary["reused"], summary["rejects"]) == (PART * len(parts), [])
    assert summary["extracted"] == PHOTOS - summary["reused"]
    assert_same_files(cloud.objects("out"), files(harvest.out))


@pytest.mark.parametrize("fault", BAD_CREDENTIALS)
@pytest.mark.parametrize("operation", ["ListObjects", "GetObject"])
def test_credentials_that_expire_while_photos_are_read(
    operation: str, fault: Fault, cloud: Cloud, small: Harvest
) -> None:
    """Not a reject of every photo that is left; the output lies where nothing expires."""
    out = cloud.home / "out"
    cloud.proxy.rules = [from_then_on(fault, operation, after=5 * (operation == "GetObject"))]
    run: Command = ("run", small.url, out, *small.options, "--max-reject-rate", "1")
    done = cloud.finish(cloud.start(*run))
    assert done.returncode in (BAD_INPUT, STORAGE), done.stderr
    assert_names_credentials(done.stderr)
    assert not list(out.rglob("manifest*"))
    cloud.proxy.reset()
    summary = cloud.summary(*run)
    assert (summary["rows"], summary["rejects"]) == (40, [])


@pytest.fixture
def settings(cloud: Cloud) -> dict[str, str]:
    """An environment in which only a profile of AWS's files tells of the server."""
    aws = cloud.home / "elsewhere"
    aws.mkdir()
    (aws / "config").write_text(
        f"""[default]
region = nowhere-1
endpoint_url = http://127.0.0.1:1

# Comments and other profiles are passed over.
[profile orchard]
region = {cloud.server.region}
s3 =
    addressing_style = path
endpoint_url = {cloud.proxy.endpoint}
"""
    )
    (aws / "credentials").write_text(
        f"""[default]
aws_access_key_id = nobody
aws_secret_access_key = nothing
[orchard]
aws_access_key_id = {cloud.server.access_key}
aws_secret_access_key = {cloud.server.secret_key}
"""
    )
    environment = {name: value for name, value in cloud.environment().items() if "AWS_" not in name}
    return {
        **environment,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(aws / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(aws / "credentials"),
    }


def test_a_profile(cloud: Cloud, small: Harvest, settings: dict[str, str]) -> None:
    run = ("run", small.url, cloud.url("out"), *small.options)
    cloud.verger(*run, env={**settings, "AWS_PROFILE": "orchard"})
    assert_same_files(cloud.objects("out"), files(small.out))
    assert cloud.proxy.operations()["PutObject"] > 0
    cloud.verger(*run, env=settings, check=BAD_INPUT)  # the default profile leads nowhere


def test_files_in_the_home_folder(cloud: Cloud, small: Harvest, settings: dict[str, str]) -> None:
    (cloud.home / "elsewhere").rename(cloud.home / ".aws")
    env = {name: value for name, value in settings.items() if not name.endswith("_FILE")}
    cloud.verger(
        *("run", small.url, cloud.url("out"), *small.options),
        env={**env, "AWS_PROFILE": "orchard"},
    )
    assert_same_files(cloud.objects("out"), files(small.out))


def test_the_environment_goes_before_a_profile(
    cloud: Cloud, small: Harvest, settings: dict[str, str]
) -> None:
    env = {**settings, **cloud.environment()}
    cloud.verger("run", small.url, cloud.url("out"), *small.options, env=env)
    assert_same_files(cloud.objects("out"), files(small.out))


def test_the_general_endpoint_and_default_region(cloud: Cloud, small: Harvest) -> None:
    env = cloud.environment()
    env["AWS_ENDPOINT_URL"] = env.pop("AWS_ENDPOINT_URL_S3")
    env["AWS_DEFAULT_REGION"] = env.pop("AWS_REGION")
    cloud.verger("run", small.url, cloud.url("out"), *small.options, env=env)
    assert len(cloud.proxy.requests) > 40


def test_a_session_token_goes_with_every_request(cloud: Cloud, small: Harvest) -> None:
    env = {**cloud.environment(), "AWS_SESSION_TOKEN": "a token"}
    cloud.finish(cloud.start("run", small.url, cloud.url("out"), *small.options, env=env))
    assert cloud.proxy.requests
    for request in cloud.proxy.requests:
        assert request.headers["x-amz-security-token"] == "a token"


def test_a_wrong_secret(cloud: Cloud, small: Harvest) -> None:
    env = {**cloud.environment(), "AWS_SECRET_ACCESS_KEY": "wrong"}
    to_bucket: Command = ("run", small.folder, cloud.url("out"), *small.options)
    assert "AWS_SECRET_ACCESS_KEY" in cloud.verger(*to_bucket, env=env, check=STORAGE).stderr
    to_folder: Command = ("run", small.url, cloud.home / "out", *small.options)
    assert "AWS_SECRET_ACCESS_KEY" in cloud.verger(*to_folder, env=env, check=BAD_INPUT).stderr
    assert cloud.server.keys(cloud.bucket) == []


def test_a_key_that_nobody_has(cloud: Cloud, small: Harvest) -> None:
    cloud.proxy.rules = [on(Fault.INVALID_KEY)]
    to_bucket: Command = ("run", small.folder, cloud.url("out"), *small.options)
    assert "AWS_ACCESS_KEY_ID" in cloud.verger(*to_bucket, check=STORAGE).stderr
    to_folder: Command = ("run", small.url, cloud.home / "out", *small.options)
    assert "AWS_ACCESS_KEY_ID" in cloud.verger(*to_folder, check=BAD_INPUT).stderr
    cloud.proxy.rules = []
    # This server has another word for it.
    env = {**cloud.environment(), "AWS_ACCESS_KEY_ID": "nobody"}
    cloud.verger(*to_bucket, env=env, check=STORAGE)
    assert cloud.server.keys(cloud.bucket) == []


def test_no_keys(cloud: Cloud, small: Harvest) -> None:
    env = {name: value for name, value in cloud.environment().items() if name not in KEYS}
    run = ("run", small.url, cloud.url("out"), *small.options)
    done = cloud.verger(*run, env=env, check=BAD_INPUT)  # PHOTOS is asked for first
    assert_names_credentials(done.stderr)


def test_a_bucket_that_is_not_there(cloud: Cloud, small: Harvest) -> None:
    stderr = cloud.verger(
        "run", small.folder, "s3://no-such-bucket/out", *small.options, check=STORAGE
    )
    assert "no-such-bucket" in stderr.stderr
    run = cloud.start("run", "s3://no-such-bucket/Photos", cloud.url("out"), *small.options)
    done = cloud.finish(run)
    assert done.returncode in (BAD_INPUT, STORAGE)
    assert "no-such-bucket" in done.stderr
    for command in ("show", "verify"):
        done = cloud.finish(cloud.start(command, "s3://no-such-bucket/out"))
        assert done.returncode in (BAD_INPUT, STORAGE)
        assert "no-such-bucket" in done.stderr


def test_a_folder_that_is_not_there(cloud: Cloud, small: Harvest) -> None:
    place = cloud.url("no such folder")
    stderr = cloud.verger("run", place, cloud.url("out"), *small.options, check=BAD_INPUT)
    assert place in stderr.stderr
    assert "no such folder" in cloud.verger("show", place, check=BAD_INPUT).stderr
    assert cloud.server.keys(cloud.bucket) == []


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "http://", "http://127.0.0.1/a/path"])
def test_an_endpoint_that_is_none(url: str, cloud: Cloud, small: Harvest) -> None:
    env = {**cloud.environment(), "AWS_ENDPOINT_URL_S3": url}
    stderr = cloud.verger("run", small.url, cloud.url("out"), *small.options, env=env, check=USAGE)
    assert "AWS_ENDPOINT_URL" in stderr.stderr


def test_a_public_bucket(cloud: Cloud, small: Harvest, tmp_path: Path) -> None:
    bucket = small.url.split("/")[2]
    arn = f"arn:aws:s3:::{bucket}"
    allowed = [("s3:ListBucket", arn), ("s3:GetObject", f"{arn}/*")]
    statements = [
        {"Effect": "Allow", "Principal": "*", "Action": [action], "Resource": [resource]}
        for action, resource in allowed
    ]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements}).encode()
    env = {name: value for name, value in cloud.environment().items() if name not in KEYS}
    places = (small.url, tmp_path / "out")
    run: Command = ("run", *places, *small.options, "--no-sign-request")
    assert bucket in cloud.verger(*run, env=env, check=BAD_INPUT).stderr
    cloud.server.request("PUT", bucket, content=policy, subresource="policy")
    try:
        cloud.verger(*run, env=env)
    finally:
        cloud.server.request("DELETE", bucket, subresource="policy")
    assert_same_files(files(tmp_path / "out"), files(small.out))
    assert not [request for request in cloud.proxy.requests if "authorization" in request.headers]
    assert verger_on_disk("show", tmp_path / "out").stdout.endswith("Dimensions: (40, 4)\n")
