"""Whose credentials and which proxy requests go by, and objects that may not be read: by program
and wheel alike.

Kinds of public reports: "s3fs-fuse/s3fs-fuse#2385" (roles of profiles), "aws/aws-sdk-js-v3#4757"
(a role whose source signs in by SSO), "ibis-project/ibis#11190" (proxies, which Arrow passes over),
"oven-sh/bun#32045" (no_proxy), "Yelp/mrjob#1887" (an archived object that ends a job).
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import verger
from fake_aws import FakeAws, serving
from program import TIMEOUT, VERGER, table
from small_photos import jpeg
from verger._structs import Limits
from verger.errors import VergerError
from verger.runs import aws as wheel_aws
from verger.runs import s3_client

USAGE, BAD_INPUT, STORAGE = 2, 4, 5
Errors = dict[str, str | None]  # of photos by their paths
Way = Callable[[dict[str, str]], tuple[int, str, Errors]]


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    with serving(FakeAws({f"Data/a/{name}.jpg": jpeg(name) for name in range(3)})) as fake:
        yield fake


@pytest.fixture(params=["program", "wheel"])
def way(
    request: pytest.FixtureRequest, tiny: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Way:
    """Extracts s3://fruits/Data. Returns the exit code, the message, and the rows' errors."""
    for name in [*os.environ]:
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))

    def by_program() -> tuple[int, str, Errors]:
        out = tmp_path / "out"
        command: list[str | Path] = [
            VERGER,
            "extract",
            "s3://fruits/Data",
            out,
            *tiny,
            "--max-reject-rate",
            "1",
        ]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=TIMEOUT)
        rows = table(out, "Preprocessing").to_pylist() if done.returncode == 0 else []
        return done.returncode, done.stderr, {row["path"]: row["error"] for row in rows}

    def by_wheel() -> tuple[int, str, Errors]:
        monkeypatch.setattr(wheel_aws, "_cached", None)  # as in a new process
        s3_client._guarded.cache_clear()
        s3_client._client.cache_clear()
        try:
            rows = verger.extract("s3://fruits/Data", tiny[1], "torchvision").to_pylist()
        except VergerError as error:
            return error.exit, str(error), {}
        return 0, "", {row["path"]: row["error"] for row in rows}

    def extract(env: dict[str, str]) -> tuple[int, str, Errors]:
        with monkeypatch.context() as patch:
            for name, value in env.items():
                patch.setenv(name, value)
            return by_program() if request.param == "program" else by_wheel()

    return extract


@pytest.fixture
def profiles(aws: FakeAws, tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """The environment of a user of the profile farm, which has these settings."""

    def write(settings: str) -> dict[str, str]:
        (tmp_path / "config").write_text(f"[profile farm]\nregion = us-east-1\n{settings}")
        (tmp_path / "credentials").write_text(
            "[base]\naws_access_key_id = of-base\naws_secret_access_key = s\n"
        )
        return {
            "AWS_PROFILE": "farm",
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
            "AWS_ENDPOINT_URL": aws.url,
        }

    return write


ROLE = "role_arn = arn:aws:iam::123456789012:role/reader\nsource_profile = base\n"
CHAIN = "role_arn = last\nsource_profile = middle\n[profile middle]\n" + ROLE
# printf corp | sha1sum; printf https://c.test/start | sha1sum
SHA1_OF_CORP = "ee0bfd2552fbd840c02cc48b6e823320543c450f"
SHA1_OF_START = "5370247d8bbb34c29374de356ab4b144db4e4aa2"
SSO = "sso_account_id = 123456789012\nsso_role_name = Reader\n"


def test_roles_are_taken(aws: FakeAws, way: Way, profiles: Callable[[str], dict[str, str]]) -> None:
    aws.sts = ["of-role"]
    code, message, rows = way(profiles(ROLE))
    assert (code, list(rows.values())) == (0, [None] * 3), message
    assert aws.keys() == {"of-role"}
    requests = [request for request in aws.requests if request.method == "POST"]
    assert len(requests) == 1, "once a process"
    assert requests[0].key == "of-base"


def test_chains_of_roles_are_taken_by_their_own_endpoint(
    aws: FakeAws, way: Way, profiles: Callable[[str], dict[str, str]]
) -> None:
    with serving(FakeAws({}, sts=["of-first", "of-last"])) as sts:
        code, message, rows = way({**profiles(CHAIN), "AWS_ENDPOINT_URL_STS": sts.url})
    assert (code, len(rows)) == (0, 3), message
    assert aws.keys() == {"of-last"}
    assert [request.key for request in sts.requests] == ["of-base", "of-first"]


def test_keys_that_end_are_renewed(
    aws: FakeAws, way: Way, profiles: Callable[[str], dict[str, str]]
) -> None:
    """These have ended when they come: each request asks for others."""
    aws.lifetime = "2020-01-01T00:00:00Z"
    aws.sts = [f"of-role-{number}" for number in range(500)]
    code, message, rows = way(profiles(ROLE))
    assert (code, len(rows)) == (0, 3), message
    assert len(aws.keys()) > 1


def test_a_role_that_is_refused_is_no_reason_for_other_keys(
    aws: FakeAws, way: Way, profiles: Callable[[str], dict[str, str]]
) -> None:
    aws.sts_refuses = True
    code, message, _ = way(
        profiles(ROLE + "aws_access_key_id = of-farm\naws_secret_access_key = s\n")
    )
    assert code in (BAD_INPUT, STORAGE)
    assert "the profile farm takes the role arn:aws:iam::123456789012:role/reader" in message
    assert "AccessDenied, HTTP 403: not for you" in message
    assert 'eval "$(aws configure export-credentials --profile farm --format env)"' in message
    assert aws.keys() == set()


def test_web_identity_is_shown_to_sts(
    aws: FakeAws, way: Way, profiles: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("a token")
    aws.sts = ["of-web"]
    code, message, _ = way(profiles(f"role_arn = r\nweb_identity_token_file = {tmp_path}/token\n"))
    assert code == 0, message
    assert aws.keys() == {"of-web"}
    first = next(request for request in aws.requests if request.method == "POST")
    assert "WebIdentityToken=a%20token" in first.body
    assert first.key == ""


@pytest.mark.parametrize(
    "named", ["sso_session = corp\n", "sso_start_url = https://c.test/start\n"]
)
def test_sso_goes_by_the_token_of_aws_sso_login(
    named: str, aws: FakeAws, way: Way, profiles: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    session = "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://c.test/start\n"
    env = profiles(f"{named}{SSO}sso_region = eu-west-1\n{session}")
    code, message, _ = way(env)
    assert code in (BAD_INPUT, STORAGE)
    assert "the profile farm signs in by SSO" in message
    assert "aws sso login --profile farm" in message
    assert aws.keys() == set()
    names = [SHA1_OF_CORP, SHA1_OF_START]
    token = {"accessToken": "a token", "expiresAt": "2099-01-01T00:00:00Z"}
    cache = tmp_path / ".aws/sso/cache"
    cache.mkdir(parents=True)
    (cache / f"{names['start_url' in named]}.json").write_text(json.dumps(token))
    code, message, _ = way(env)
    assert code == 0, message
    assert aws.keys() == {"of-sso"}
    portal = next(request for request in aws.requests if request.path.startswith("/federation"))
    assert portal.headers["x-amz-sso_bearer_token"] == "a token"


def test_a_role_whose_source_signs_in_by_sso(
    aws: FakeAws, way: Way, profiles: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    """Where its token has expired, the words name the profile to sign in with."""
    env = profiles(
        f"role_arn = r\nsource_profile = first\n[profile first]\nsso_session = corp\n{SSO}"
        "[sso-session corp]\nsso_region = eu-west-1\n"
    )
    cache = tmp_path / ".aws/sso/cache"
    cache.mkdir(parents=True)
    token = cache / f"{SHA1_OF_CORP}.json"
    token.write_text('{"accessToken": "a token", "expiresAt": "2020-01-01T00:00:00Z"}')
    code, message, _ = way(env)
    assert code in (BAD_INPUT, STORAGE)
    assert "whose token has expired: run 'aws sso login --profile first'" in message
    token.write_text('{"accessToken": "a token", "expiresAt": "2099-01-01T00:00:00UTC"}')
    aws.sts = ["of-role"]
    code, message, _ = way(env)
    assert code == 0, message
    assert aws.keys() == {"of-role"}
    assert next(request for request in aws.requests if request.method == "POST").key == "of-sso"


def test_a_command_is_run(
    aws: FakeAws, way: Way, profiles: Callable[[str], dict[str, str]]
) -> None:
    keys = '{"Version": 1, "AccessKeyId": "of-command", "SecretAccessKey": "s"}'
    code, message, _ = way(profiles(f"credential_process = echo '{keys}'\n"))
    assert code == 0, message
    assert aws.keys() == {"of-command"}
    code, message, _ = way(profiles("credential_process = false\n"))
    assert code in (BAD_INPUT, STORAGE)
    assert "the profile farm runs 'false', which ended with 1" in message


@pytest.mark.parametrize("settings", [ROLE + "mfa_serial = m\n", "", "login_session = x\n"])
def test_no_profile_is_passed_over(
    settings: str, aws: FakeAws, way: Way, profiles: Callable[[str], dict[str, str]]
) -> None:
    code, message, _ = way(profiles(settings))
    assert code in (BAD_INPUT, STORAGE)
    assert "profile farm" in message
    assert aws.keys() == set(), "nor is the bucket read without keys"


def test_a_profile_names_the_server(
    aws: FakeAws, way: Way, profiles: Callable[[str], dict[str, str]]
) -> None:
    env = profiles(
        "aws_access_key_id = of-farm\naws_secret_access_key = s\nservices = local\n"
        f"[services local]\ns3 =\n  endpoint_url = {aws.url}\n"
    )
    del env["AWS_ENDPOINT_URL"]
    code, message, _ = way(env)
    assert code == 0, message
    assert aws.keys() == {"of-farm"}
    code, message, _ = way({**env, "AWS_PROFILE": "nobody"})
    assert code in (USAGE, BAD_INPUT)
    assert "AWS_PROFILE=nobody: no such profile" in message


KEYS = {"AWS_ACCESS_KEY_ID": "mine", "AWS_SECRET_ACCESS_KEY": "s"}


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "ALL_PROXY"])
def test_every_request_goes_through_the_proxy(name: str, aws: FakeAws, way: Way) -> None:
    """It alone knows the server's name."""
    env = {**KEYS, "AWS_ENDPOINT_URL": "http://s3.farm.test", name: aws.url}
    code, message, rows = way(env)
    assert (code, len(rows)) == (0, 3), message
    assert {request.proxied for request in aws.requests} == {"s3.farm.test"}


def test_encrypted_requests_ask_the_proxy_for_a_tunnel(
    aws: FakeAws, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its name and password; this proxy gives none."""
    monkeypatch.setattr(s3_client, "limits", lambda: Limits(request_tries=1))
    proxy = aws.url.replace("//", "//ada:p%40ss@")
    env = {**KEYS, "AWS_ENDPOINT_URL": "https://s3.farm.test", "HTTPS_PROXY": proxy}
    code, message, _ = way(env)
    assert code in (BAD_INPUT, STORAGE)
    assert "p%40ss" not in message
    requests = {(request.method, request.headers["host"]) for request in aws.requests}
    assert requests == {("CONNECT", "s3.farm.test:443")}, message
    credentials = base64.b64decode(
        aws.requests[0].headers["proxy-authorization"].removeprefix("Basic ")
    )
    assert credentials == b"ada:p@ss"


def test_credentials_come_through_the_proxy(
    aws: FakeAws, way: Way, profiles: Callable[[str], dict[str, str]]
) -> None:
    aws.sts = ["of-role"]
    env = {**profiles(ROLE), "AWS_ENDPOINT_URL": "http://aws.farm.test", "http_proxy": aws.url}
    code, message, _ = way(env)
    assert code == 0, message
    assert {request.proxied for request in aws.requests} == {"aws.farm.test"}


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_no_proxy_exempts_hosts(name: str, aws: FakeAws, way: Way) -> None:
    nowhere = "http://127.0.0.1:1"
    env = {**KEYS, "AWS_ENDPOINT_URL": aws.url, "http_proxy": nowhere, name: "127.0.0.1"}
    code, message, _ = way(env)
    assert code == 0, message
    assert {request.proxied for request in aws.requests} == {""}


@pytest.mark.parametrize(
    ("refusal", "message"),
    [
        (
            (403, "InvalidObjectState", "The operation is not valid for the storage class"),
            "InvalidObjectState (HTTP 403): The operation is not valid for the storage class; "
            "restore it from the archive, then run again",
        ),
        (
            (403, "AccessDenied", "User: ada is not authorized to perform: kms:Decrypt"),
            "AccessDenied (HTTP 403): User: ada is not authorized to perform: kms:Decrypt; give "
            "these credentials the right to it, or use others",
        ),
        (
            (403, "AccessDenied", "longer than the photo" * 200),
            f"AccessDenied (HTTP 403): {'longer than the photo' * 200}; give these credentials the "
            "right to it, or use others",
        ),
        (
            (400, "KMS.DisabledException", "the key is disabled"),
            "KMS.DisabledException (HTTP 400): the key is disabled; let these credentials use its "
            "key (kms:Decrypt), or enable the key",
        ),
    ],
)
def test_an_object_that_may_not_be_read_is_a_reject_in_the_words_of_s3(
    refusal: tuple[int, str, str], message: str, aws: FakeAws, way: Way
) -> None:
    aws.refusals["Data/a/1.jpg"] = refusal
    code, stderr, rows = way({**KEYS, "AWS_ENDPOINT_URL": aws.url})
    assert code == 0, stderr
    assert rows == {"a/0.jpg": None, "a/1.jpg": f"cannot be read: {message}", "a/2.jpg": None}


def test_the_program_says_that_you_pay(aws: FakeAws, tiny: list[str], tmp_path: Path) -> None:
    env = {**os.environ, **KEYS, "AWS_ENDPOINT_URL": aws.url, "AWS_EC2_METADATA_DISABLED": "true"}
    subprocess.run(
        [VERGER, "extract", "s3://fruits/Data", tmp_path / "out", *tiny, "--request-payer"],
        env=env,
        check=True,
        capture_output=True,
        timeout=TIMEOUT,
    )
    assert {request.headers.get("x-amz-request-payer") for request in aws.requests} == {"requester"}
