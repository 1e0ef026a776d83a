"""Check a job for what pca.py, S3 or the stack's role would refuse, before a cluster costs
money."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from verger.cloud.request import last_of_arn
from verger.cloud.settings import Settings
from verger.errors import BadCall
from verger.runs.job_options import CHOICES, pca_settings, reject_rate

_SCHEME = re.compile(r"s3[an]?://")
_BUCKET = re.compile(r"(?!xn--|sthree-)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ADDRESS = re.compile(r"[0-9]+(\.[0-9]+){3}")
# Options whose default, "" or 0, leaves the choice to pca.py.
_MAY_BE_UNSET = ("pool", "decode", "precision", "views")
_MAX_RATE = 1e6  # photos a second of one core: more is a mistake
# First names in the bucket that JobPolicy of deploy/cloudformation/verger.yaml allows.
_READABLE = ("Data", "models", "runs")
_WRITABLE = ("", "runs")


def is_bucket(name: str) -> bool:
    """Return whether S3 allows a bucket of this name."""
    return bool(_BUCKET.fullmatch(name)) and ".." not in name and not _ADDRESS.fullmatch(name)


def problem_of_url(url: str) -> str:
    """Return why a cluster cannot read or write a URL; "" if no rule forbids it."""
    scheme = _SCHEME.match(url)
    if scheme is None:
        return "a cluster reads and writes buckets: give s3://bucket/prefix"
    bucket, _, key = url[scheme.end() :].partition("/")
    if not is_bucket(bucket):
        return f"{bucket!r} is not the name of a bucket: use 3 to 63 of a-z, 0-9, '-', '.'"
    names = key.rstrip("/").split("/") if key else []
    if any(name in ("", ".", "..") for name in names) or key.endswith("//") or key == "/":
        return "'//', '.' and '..' are names of their own in a bucket: leave them out"
    return "" if url.isprintable() else "has invisible characters: leave them out"


def wrong_places(photos: str, out: str) -> Iterator[str]:
    """Yield the errors of PHOTOS and OUT."""
    problems = {f"{what} {url}": problem_of_url(url) for what, url in _named(photos, out)}
    yield from (f"{what}: {problem}" for what, problem in problems.items() if problem)
    above, below = (_SCHEME.sub("", url).rstrip("/") + "/" for url in (photos, out))
    if below.startswith(above):
        yield (
            f"OUT {out} is PHOTOS {photos} or inside it, so that its files would be listed as "
            "photos: give another, such as s3://BUCKET/runs/1"
        )


def wrong_job(settings: Settings) -> Iterator[str]:
    """Yield the errors of [job], by pca.py's own rules."""
    job = settings.job
    if _is_refused(lambda: pca_settings(job.components, job.scores)):
        yield (
            f"[job] components {job.components!r}: give a number such as 50, or the share of the "
            "variance to explain such as 0.95"
        )
    for key, choices in CHOICES.items():
        value = getattr(job, key)
        if not value and key in _MAY_BE_UNSET:
            continue
        if str(value) not in choices:
            yield f"[job] {key} {value!r}: give {' or '.join(choices)}"
    if job.input_size and (job.input_size % 4 or not 112 <= job.input_size <= 320):
        yield f"[job] input_size {job.input_size}: give 112 to 320, a multiple of 4"
    if job.output.startswith("-"):
        yield f"[job] output {job.output!r}: give the name of an output of the ONNX file"
    rate = job.max_reject_rate
    if _is_refused(lambda: reject_rate(rate)):
        yield f"[job] max_reject_rate {rate!r}: give a share of the photos such as 0.05 or 5%"
    if not job.model or job.model.startswith("-"):
        yield f"[job] model {job.model!r}: give efficientnet-lite0, or s3://BUCKET/FILE"
    elif "://" in job.model and (problem := problem_of_url(job.model)):
        yield f"[job] model {job.model}: {problem}"
    if job.preset.startswith("-"):
        yield f"[job] preset {job.preset!r}: give a name or parts, as pca.py's --preset takes them"
    elif job.model.endswith(".onnx") and not job.preset:
        yield "[job] preset is empty: an ONNX file does not define its preprocessing: give a preset"
    if not 0 <= job.photos_per_second <= _MAX_RATE:
        yield f"[job] photos_per_second {job.photos_per_second}: give 0 to {_MAX_RATE:,.0f}"


def beyond_the_stack(settings: Settings, photos: str, out: str) -> Iterator[str]:
    """Yield warnings of places that the stack's role, where it is used, may not read or write."""
    role = last_of_arn(settings.instance_profile)
    if not role.endswith("-emr-node"):
        return
    model = [("model", settings.job.model)] if _SCHEME.match(settings.job.model) else []
    for what, url in [*_named(photos, out), *model]:
        bucket, _, key = _SCHEME.sub("", url).partition("/")
        allowed = _WRITABLE if what == "OUT" else _READABLE
        if bucket == settings.bucket and key.partition("/")[0] in allowed:
            continue
        places = [f"s3://{settings.bucket}/{name}".rstrip("/") for name in allowed]
        yield (
            f"{what} {url}: the stack's role, {role}, may not "
            f"{'write' if what == 'OUT' else 'read'} there, only in {', '.join(places)}: allow "
            "it by a policy of your own"
        )


def _named(photos: str, out: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("PHOTOS", photos), ("OUT", out)


def _is_refused(read: Callable[[], object]) -> bool:
    try:
        read()
    except BadCall:
        return True
    return False
