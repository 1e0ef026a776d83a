"""What the job takes from its options and from Spark's configuration."""

from __future__ import annotations

import argparse

import pytest

from verger.errors import BadCall
from verger.runs.job_options import count_of
from verger.runs.storage import S3Settings
from verger.spark import job
from verger.spark.places import s3_settings


def settings_of(**values: str) -> S3Settings:
    """Of a configuration that says fs.s3a.NAME, '_' for '.', and nothing else."""
    conf = {f"fs.s3a.{name.replace('_', '.')}": value for name, value in values.items()}
    return s3_settings(conf.get)


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
    s3 = settings_of(endpoint=endpoint)
    assert (s3.endpoint, s3.region) == (None, region)


@pytest.mark.parametrize("endpoint", ["https://s3-accelerate.amazonaws.com", "http://minio:9000"])
def test_other_servers_stay(endpoint: str) -> None:
    assert settings_of(endpoint=endpoint).endpoint == endpoint


def test_a_server_without_a_scheme_gets_that_of_the_configuration() -> None:
    assert settings_of(endpoint="minio:9000").endpoint == "https://minio:9000"
    plain = settings_of(endpoint="minio:9000", connection_ssl_enabled="false")
    assert plain.endpoint == "http://minio:9000"


def test_a_region_that_is_set_wins() -> None:
    s3 = settings_of(endpoint="s3.eu-west-3.amazonaws.com", endpoint_region="eu-west-1")
    assert s3.region == "eu-west-1"


def test_path_style_is_a_setting_of_a_server() -> None:
    server = "http://minio:9000"
    for text, with_one, without in (("true", True, True), ("false", False, None)):
        assert settings_of(endpoint=server, path_style_access=text).path_style is with_one
        assert settings_of(path_style_access=text).path_style is without, "the environment's"
    assert settings_of(endpoint=server).path_style is None


@pytest.mark.parametrize("setting", ["--components=3", "--scores=spark"])
def test_a_pca_that_is_kept_has_its_settings(setting: str) -> None:
    options = job._parser().parse_args(["photos", "out", "--keep-pca", setting])
    with pytest.raises(BadCall, match="--keep-pca keeps components and scores"):
        job._run(options)


@pytest.mark.parametrize("batch", ["0", "-1", "1025", "abc", "", "1.5", "\u0664"])
def test_counts_are_numbers_in_bounds(batch: str) -> None:
    with pytest.raises(BadCall, match=f"--batch {batch}: give 1 to 1024"):
        count_of("--batch", batch, 1024)
    assert [count_of("--batch", text, 1024) for text in (None, "1", "1024")] == [0, 1, 1024]


def test_request_payer_is_refused() -> None:
    options = job._parser().parse_args(["photos", "out", "--request-payer"])
    with pytest.raises(BadCall, match="pyarrow, which cannot agree to pay"):
        job._run(options)


@pytest.mark.parametrize("option", ["--sse=aws:kms", "--sse=AES256", "--sse-kms-key-id=key"])
def test_sse_is_refused(option: str) -> None:
    options = job._parser().parse_args(["photos", "out", option])
    with pytest.raises(BadCall, match="default encryption"):
        job._run(options)


def test_the_parts_of_a_preset_are_options_as_the_programs() -> None:
    """-1..1 too, which argparse alone takes for an option."""

    def parsed(*options: str) -> argparse.Namespace:
        return job._parser().parse_args(job._with_scale(["photos", "out", *options]))

    parts = parsed("--scale", "-1..1", "--filter", "bicubic", "--resize", "crop:0.9")
    assert (parts.scale, parts.filter, parts.channels, parts.resize) == (
        *("-1..1", "bicubic", None, "crop:0.9"),
    )
    assert parsed("--scale=-1,2").scale == "-1,2"
    with pytest.raises(SystemExit):
        parsed("--scale")
