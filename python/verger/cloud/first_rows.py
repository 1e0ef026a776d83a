"""The first rows of Results, read from the bucket as its users will."""

from __future__ import annotations

from verger.cloud.context import Context
from verger.runs.output import Output
from verger.runs.regions import is_aws
from verger.runs.show import show_table
from verger.runs.storage import S3Settings, open_place


def first_rows(context: Context, out: str, rows: int = 2) -> str:
    """Return the rows as `verger show` prints them, with the dimensions. Errors: VergerError."""
    keys = context.aws.s3_keys() or (None, None, None)
    endpoint = context.aws.client("s3").meta.endpoint_url
    aws = is_aws(endpoint)
    settings = S3Settings(
        endpoint=None if aws else endpoint,
        region=context.settings.bucket_region or context.settings.region,
        access_key=keys[0],
        secret_key=keys[1],
        session_token=keys[2],
        regions=context.settings.allowed_regions if aws else None,
    )
    return show_table(Output.open(open_place(out, settings)), rows).rstrip("\n")
