"""What pca.py, S3, or the stack's role would refuse of a job, before a cluster is paid for."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from verger._limits import limits
from verger.cloud.request import last_of_arn
from verger.cloud.settings import Settings

_SCHEME = re.compile(r"s3[an]?://")
_BUCKET = re.compile(r"(?!xn--|sthree-)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ADDRESS = re.compile(r"[0-9]+(\.[0-9]+){3}")
_MOST_RATE = 1e6  # photos a second of one core: more is a mistake
# What JobPolicy of deploy/cloudformation/verger.yaml lets a job read and write, by first names.
_READ = ("Data", "models", "runs")
_WRITTEN = ("", "runs")


def is_bucket(name: str) -> bool:
    """Whether S3 lets a bucket be called so."""
    return bool(_BUCKET.fullmatch(name)) and ".." not in name and not _ADDRESS.fullmatch(name)


def problem_of_url(url: str) -> str:
    """Why a cluster cannot read or write there; "" if it may be that it can."""
    scheme = _SCHEME.match(url)
    if scheme is None:
        return "a cluster reads and writes buckets: give s3://bucket/prefix"
    bucket, _, key = url[scheme.end() :].partition("/")
    if not is_bucket(bucket):
        return f"{bucket!r} is no name of a bucket: 3 to 63 of a-z, 0-9, '-', '.'"
    names = key.rstrip("/").split("/") if key else []
    if any(name in ("", ".", "..") for name in names) or key.endswith("//") or key == "/":
        return "'//', '.' and '..' are names of their own in a bucket: leave them out"
    return "" if url.isprintable() else "has characters that cannot be seen: leave them out"


def wrong_places(photos: str, out: str) -> Iterator[str]:
    """What is wrong with PHOTOS and OUT."""
    problems = {f"{what} {url}": problem_of_url(url) for what, url in _named(photos, out)}
    yield from (f"{what}: {problem}" for what, problem in problems.items() if problem)
    above, below = (_SCHEME.sub("", url).rstrip("/") + "/" for url in (photos, out))
    if below.startswith(above):
        yield (
            f"OUT {out} is, or lies in, PHOTOS {photos}: what is written would be listed with the "
            "photos: give another, such as s3://BUCKET/runs/1"
        )


def wrong_job(settings: Settings) -> Iterator[str]:
    """What is wrong in [job], by pca.py's own rules."""
    job = settings.job
    if not _is_components(job.components):
        yield (
            f"[job] components {job.components!r}: give a number such as 50, or the share of the "
            "variance to explain such as 0.95"
        )
    for key, choices in (("scores", ("centred", "spark")), ("path_mode", ("plain", "hash"))):
        if getattr(job, key) not in choices:
            yield f"[job] {key} {getattr(job, key)!r}: give {' or '.join(choices)}"
    rate = job.max_reject_rate
    share = _number(rate[:-1]) / 100 if rate.endswith("%") else _number(rate)
    if not 0 <= share <= 1:
        yield f"[job] max_reject_rate {rate!r}: give a share of the photos such as 0.05 or 5%"
    if not job.model or job.model.startswith("-"):
        yield f"[job] model {job.model!r}: give efficientnet-lite0, or s3://BUCKET/FILE"
    elif "://" in job.model and (problem := problem_of_url(job.model)):
        yield f"[job] model {job.model}: {problem}"
    if job.preset.startswith("-"):
        yield f"[job] preset {job.preset!r}: give a name or parts, as pca.py's --preset takes them"
    elif job.model.endswith(".onnx") and not job.preset:
        yield "[job] preset is empty: an ONNX file does not say how it wants its pixels: give one"
    if not 0 <= job.photos_per_second <= _MOST_RATE:
        yield f"[job] photos_per_second {job.photos_per_second}: give 0 to {_MOST_RATE:,.0f}"


def beyond_the_stack(settings: Settings, photos: str, out: str, serverless: bool) -> Iterator[str]:
    """Warnings of places that the stack's role, where it is used, may not read or write."""
    role = settings.serverless.execution_role if serverless else settings.instance_profile
    if not last_of_arn(role).endswith("-emr-serverless" if serverless else "-emr-node"):
        return
    model = [("model", settings.job.model)] if _SCHEME.match(settings.job.model) else []
    for what, url in [*_named(photos, out), *model]:
        bucket, _, key = _SCHEME.sub("", url).partition("/")
        allowed = _WRITTEN if what == "OUT" else _READ
        if bucket == settings.bucket and key.partition("/")[0] in allowed:
            continue
        places = [f"s3://{settings.bucket}/{name}".rstrip("/") for name in allowed]
        yield (
            f"{what} {url}: the stack's role, {last_of_arn(role)}, may not "
            f"{'write' if what == 'OUT' else 'read'} there, but for {', '.join(places)}: allow it "
            "in a policy of yours"
        )


def _named(photos: str, out: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("PHOTOS", photos), ("OUT", out)


def _is_components(text: str) -> bool:
    try:
        return 1 <= int(text) <= limits().max_dimension
    except ValueError:
        return 0 < _number(text) < 1


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
