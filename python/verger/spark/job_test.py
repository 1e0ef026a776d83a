"""What the job takes from its options and from Spark's configuration."""

from __future__ import annotations

import argparse

import pytest

from verger.errors import BadCall
from verger.runs.storage import S3Settings
from verger.spark import job
from verger.spark.places import s3_settings


def settings_of(**values: str) -> S3Settings:
    """Of a configuration that says fs.s3a.NAME, '_' for '.', and nothing else."""
    said = {f"fs.s3a.{name.replace('_', '.')}": value for name, value in values.items()}
    return s3_settings(said.get)


@pytest.mark.parametrize(
    ("endpoint", "region"),
    [
        ("s3.amazonaws.com", None),
        ("s3.eu-west-3.amazonaws.com", "eu-west-3"),
        ("https://s3-us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("s3.cn-north-1.amazonaws.com.cn", "cn-north-1"),
    ],
)
def test_the_servers_of_aws_say_no_more_than_their_region(
    endpoint: str, region: str | None
) -> None:
    found = settings_of(endpoint=endpoint)
    assert (found.endpoint, found.region) == (None, region)


@pytest.mark.parametrize("endpoint", ["https://s3-accelerate.amazonaws.com", "http://minio:9000"])
def test_other_servers_stay(endpoint: str) -> None:
    assert settings_of(endpoint=endpoint).endpoint == endpoint


def test_a_server_without_a_scheme_gets_that_of_the_configuration() -> None:
    assert settings_of(endpoint="minio:9000").endpoint == "https://minio:9000"
    plain = settings_of(endpoint="minio:9000", connection_ssl_enabled="false")
    assert plain.endpoint == "http://minio:9000"


def test_a_region_that_is_set_wins() -> None:
    found = settings_of(endpoint="s3.eu-west-3.amazonaws.com", endpoint_region="eu-west-1")
    assert found.region == "eu-west-1"


def test_how_addresses_look_is_said_of_a_server() -> None:
    server = "http://minio:9000"
    for said, with_one, without in (("true", True, True), ("false", False, None)):
        assert settings_of(endpoint=server, path_style_access=said).path_style is with_one
        assert settings_of(path_style_access=said).path_style is without, "the environment's"
    assert settings_of(endpoint=server).path_style is None


@pytest.mark.parametrize("setting", ["--components=3", "--scores=spark"])
def test_a_pca_that_is_kept_has_its_settings(setting: str) -> None:
    asked = job._parser().parse_args(["photos", "out", "--keep-pca", setting])
    with pytest.raises(BadCall, match="--keep-pca keeps components and scores"):
        job._run(asked)


@pytest.mark.parametrize("batch", ["0", "-1", "1025", "abc", "", "1.5", "\u0664"])
def test_counts_are_numbers_in_bounds(batch: str) -> None:
    with pytest.raises(BadCall, match=f"--batch {batch}: give 1 to 1024"):
        job.count_of("--batch", batch, 1024)
    assert [job.count_of("--batch", asked, 1024) for asked in (None, "1", "1024")] == [0, 1, 1024]


def test_whoever_asks_cannot_pay() -> None:
    asked = job._parser().parse_args(["photos", "out", "--request-payer"])
    with pytest.raises(BadCall, match="pyarrow, which cannot say that you pay"):
        job._run(asked)


@pytest.mark.parametrize("option", ["--sse=aws:kms", "--sse=AES256", "--sse-kms-key-id=key"])
def test_encryption_is_the_bucket_s_to_say(option: str) -> None:
    asked = job._parser().parse_args(["photos", "out", option])
    with pytest.raises(BadCall, match="default encryption"):
        job._run(asked)


def test_the_parts_of_a_preset_are_options_as_the_programs() -> None:
    """-1..1 too, which argparse alone takes for an option."""

    def asked(*options: str) -> argparse.Namespace:
        return job._parser().parse_args(job._with_scale(["photos", "out", *options]))

    parts = asked("--scale", "-1..1", "--filter", "bicubic", "--resize", "crop:0.9")
    assert (parts.scale, parts.filter, parts.channels, parts.resize) == (
        *("-1..1", "bicubic", None, "crop:0.9"),
    )
    assert asked("--scale=-1,2").scale == "-1,2"
    with pytest.raises(SystemExit):
        asked("--scale")
