"""S3 settings from Spark's configuration, so that Verger and Spark use the same server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from verger.runs.regions import allowed_regions, read_host, s3_endpoint
from verger.runs.storage import S3Settings
from verger.spark.executors import is_connect

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def session_s3(session: SparkSession, regions: str | None = None) -> S3Settings:
    """Return the S3 settings of a session's Hadoop configuration; `regions` as --regions.

    Read on the driver: executors may have another environment.

    Errors: BadCall for invalid regions.
    """
    return replace(s3_settings(_hadoop(session)), regions=allowed_regions(regions))


def _hadoop(session: SparkSession) -> Callable[[str], str | None]:
    if is_connect(session):  # knows Spark's settings, not the files of Hadoop
        return lambda name: session.conf.get(f"spark.hadoop.{name}", None)
    get: Callable[[str], str | None] = session.sparkContext._jsc.hadoopConfiguration().getTrimmed
    return get


def s3_settings(hadoop: Callable[[str], str | None]) -> S3Settings:
    """Return the S3 settings of a Hadoop configuration.

    Spark puts the AWS variables of the driver there too. The AWS environment and the roles of the
    nodes supply the rest.
    """

    def get(name: str) -> str | None:
        return hadoop(f"fs.s3a.{name}") or None

    endpoint = get("endpoint")
    if endpoint == "s3.amazonaws.com":  # Spark's default (HADOOP-17771): no choice of the user
        endpoint = None
    region = get("endpoint.region")
    named = _region_in(endpoint) if endpoint else None
    if named is not None:
        endpoint, region = None, region or named
    if endpoint and "://" not in endpoint:
        scheme = "http" if get("connection.ssl.enabled") == "false" else "https"
        endpoint = f"{scheme}://{endpoint}"
    path_style = {"true": True, "false": False}.get(get("path.style.access") or "")
    if endpoint is None and path_style is False:
        path_style = None  # Hadoop's default, not a choice for AWS's servers
    return S3Settings(
        endpoint=endpoint,
        region=region,
        access_key=get("access.key"),
        secret_key=get("secret.key"),
        session_token=get("session.token"),
        path_style=path_style,
    )


def _region_in(endpoint: str) -> str | None:
    """Return the region of one of AWS's own servers, which Arrow needs to sign; None of others."""
    host = read_host(endpoint)
    # "s3-eu-west-3" is an old form; "s3-accelerate" is no region: these end in a number.
    plain = s3_endpoint(host.region) == f"https://{host.name.replace('s3-', 's3.', 1)}"
    return host.region if plain and host.region[-1:].isdigit() else None
