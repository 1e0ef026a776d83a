"""Places as Spark's configuration has them, so that Verger and Spark go to the same server."""

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
    """What the Hadoop configuration of a session says of S3; `regions` as --regions.

    Settled on the driver: executors may have another environment.

    Errors: BadCall for regions that are none.
    """
    return replace(s3_settings(_hadoop(session)), regions=allowed_regions(regions))


def _hadoop(session: SparkSession) -> Callable[[str], str | None]:
    if is_connect(session):  # tells what Spark was given, not the files of Hadoop
        return lambda name: session.conf.get(f"spark.hadoop.{name}", None)
    get: Callable[[str], str | None] = session.sparkContext._jsc.hadoopConfiguration().getTrimmed
    return get


def s3_settings(hadoop: Callable[[str], str | None]) -> S3Settings:
    """What a Hadoop configuration says of S3.

    Spark puts the AWS variables of the driver there, too. What it does not say is left to the
    AWS environment and the roles of the nodes.
    """

    def get(name: str) -> str | None:
        return hadoop(f"fs.s3a.{name}") or None

    endpoint = get("endpoint")
    if endpoint == "s3.amazonaws.com":  # Spark's default (HADOOP-17771): says nothing
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
        path_style = None  # Hadoop's default: says nothing of a server that it does not know of
    return S3Settings(
        endpoint=endpoint,
        region=region,
        access_key=get("access.key"),
        secret_key=get("secret.key"),
        session_token=get("session.token"),
        path_style=path_style,
    )


def _region_in(endpoint: str) -> str | None:
    """What one of AWS's own servers says: its region, which Arrow must know to sign."""
    host = read_host(endpoint)
    # "s3-eu-west-3" of old; "s3-accelerate" is of no region, which all end in a number.
    plain = s3_endpoint(host.region) == f"https://{host.name.replace('s3-', 's3.', 1)}"
    return host.region if plain and host.region[-1:].isdigit() else None
