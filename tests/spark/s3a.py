"""Hadoop's S3 client, with which Spark reads and writes s3a://."""

from __future__ import annotations

from s3.server import S3Server

from .venvs import CACHE

S3A_JARS = ("hadoop-aws-3.3.4.jar", "aws-java-sdk-bundle-1.12.262.jar")


def s3a_conf(server: S3Server) -> dict[str, str]:
    """Settings with which Spark 3.5 reads and writes s3a://BUCKET/KEY, and s3:// as on EMR."""
    # By class path and not by spark.jars, which would copy 280 MB to each executor.
    jars = ":".join(str(CACHE / "jars" / jar) for jar in S3A_JARS)
    s3a = {
        "endpoint": server.endpoint,
        "endpoint.region": server.region,
        "path.style.access": "true",
        "connection.ssl.enabled": "false",
        "access.key": server.access_key,
        "secret.key": server.secret_key,
        "aws.credentials.provider": "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider",
        # Else the bulk deletes of parents' markers are retried for minutes.
        "directory.marker.retention": "keep",
    }
    return {
        "spark.driver.extraClassPath": jars,
        "spark.executor.extraClassPath": jars,
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        **{f"spark.hadoop.fs.s3a.{name}": value for name, value in s3a.items()},
    }
