"""Errors and risks of the settings, before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from verger.cloud.check_job import (
    beyond_the_stack,
    is_bucket,
    problem_of_url,
    wrong_job,
    wrong_places,
)
from verger.cloud.nodes import is_arm, node_of
from verger.cloud.request import LAUNCH_TAG
from verger.cloud.settings import REGION, Settings
from verger.errors import BadCall

OFFERED = "emr-7.13.0"
# Release: the days that standard support and life end. Source: AWS, "Amazon EMR standard support".
_SUPPORT = {
    "emr-7.5.0": (date(2026, 11, 20), date(2027, 11, 21)),
    OFFERED: (date(2028, 4, 21), None),
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,127}")
_RELEASE = re.compile(r"emr-([0-9]{1,3})\.([0-9]{1,3})\.[0-9]{1,3}")
_FIRST_RELEASE = 7  # the first on Amazon Linux 2023: the wheel needs glibc 2.34
# Tags that policies test, and AWS's limits.
_OUR_TAGS = ("for-use-with-amazon-emr-managed-policies", "verger", LAUNCH_TAG)
_MAX_TAGS, _TAG_KEY, _TAG_VALUE = 50 - len(_OUR_TAGS), 128, 256
IDLE = (60, 604_800)  # seconds, minimum and maximum of auto-termination
_MAX_NODES = 1000


def check(settings: Settings, today: date, photos: str = "", out: str = "") -> list[str]:
    """Return warnings of the settings, and of PHOTOS and OUT unless they are empty.

    Errors: BadCall with every error.
    """
    wrong = [
        *_wrong(settings),
        *_wrong_tags(settings.tags),
        *_wrong_nodes(settings),
        *wrong_job(settings),
    ]
    if photos and out and is_bucket(settings.bucket):  # from which the defaults follow
        wrong += wrong_places(photos, out)
    if wrong:
        raise BadCall("; ".join(wrong))
    risky = list(_risky(settings, today))
    if photos and out:
        risky += beyond_the_stack(settings, photos, out)
    return risky


def _wrong(settings: Settings) -> Iterator[str]:
    if not settings.bucket:
        yield "bucket is empty: set it in the settings file, or give --bucket NAME"
    elif not is_bucket(settings.bucket):
        yield (
            f"bucket {settings.bucket!r} is not the name of a bucket: use 3 to 63 of a-z, 0-9, "
            "'-', '.'"
        )
    if not _NAME.fullmatch(settings.name):
        yield f"name {settings.name!r}: give 1 to 128 letters, digits, '.', '_', '-', spaces"
    release = _RELEASE.fullmatch(settings.release)
    if release is None:
        yield f"release {settings.release!r}: give one such as emr-7.5.0"
    elif int(release[1]) < _FIRST_RELEASE:
        yield (
            f"release {settings.release} is too old: the wheel needs glibc 2.34, which "
            f"emr-7.0.0 and later have: give one such as {OFFERED}"
        )
    for name in dict.fromkeys((settings.region, *settings.allowed_regions)):
        if not REGION.fullmatch(name):
            yield f"region {name!r}, or allowed_regions: give names such as eu-west-3"
    if "Spark" not in settings.applications:
        yield "applications lacks Spark, which runs the job"
    if settings.architecture != "x86_64":
        yield f"architecture {settings.architecture!r}: there are wheels for x86_64 only"
    for url in (settings.script, settings.bootstrap_script, settings.wheels, settings.logs):
        if not url.startswith("s3://"):
            yield f"{url}: nodes read and write s3:// URLs: give one"
        elif is_bucket(settings.bucket) and (problem := problem_of_url(url)):
            yield f"{url}: {problem}"
        elif " " in url:
            yield f"{url}: give a URL without spaces"


def _wrong_tags(tags: dict[str, str]) -> Iterator[str]:
    if len(tags) > _MAX_TAGS:
        yield f"[tags] has {len(tags)}: give {_MAX_TAGS} at most"
    for key, value in tags.items():
        if key in _OUR_TAGS:
            yield f"[tags] {key}: verger cloud sets it, and policies look at it: leave it out"
        elif key.lower().startswith("aws:") or not 1 <= len(key) <= _TAG_KEY:
            yield f"[tags] {key!r}: give 1 to {_TAG_KEY} characters that do not begin with aws:"
        elif len(value) > _TAG_VALUE:
            yield f"[tags] {key}: give {_TAG_VALUE} characters at most"


def _wrong_nodes(settings: Settings) -> Iterator[str]:
    named = {"primary": settings.primary, "core": settings.core, "task": settings.task}
    for name, group in named.items():
        if is_arm(group.type):
            yield (
                f"[{name}] type {group.type} is a Graviton: EMR's system is too old for the wheel "
                "for ARM: choose one such as m5.xlarge"
            )
        for other in group.spot_types:
            if is_arm(other):
                yield f"[{name}] spot_types {other} is a Graviton: see type"
            elif node_of(other) != node_of(group.type):
                yield f"[{name}] spot_types {other} is not as large as {group.type}"
        if group.spot and name != "task":
            yield f"[{name}] spot: AWS may take a {name} node away and fail the job: use task nodes"
        if group.disk_type not in ("gp3", "gp2", "io1", "st1", "sc1"):
            yield f"[{name}] disk_type {group.disk_type!r}: give gp3 or gp2"
        if not (10 <= group.disk_gb <= 16_384 and 1 <= group.disks <= 24):
            yield f"[{name}] disks: give 1 to 24 of 10 to 16,384 GiB"
        if not 0 <= group.count <= _MAX_NODES:
            yield f"[{name}] count {group.count}: give 0 to {_MAX_NODES}"
    if settings.primary.count != 1:
        yield "[primary] count: give 1"
    if settings.core.count < 1:
        yield "[core] count: give at least 1: core nodes store HDFS"
    for key in ("idle_seconds", "run_idle_seconds"):
        seconds = getattr(settings, key)
        if not IDLE[0] <= seconds <= IDLE[1]:
            yield f"{key} {seconds}: give {IDLE[0]} to {IDLE[1]:,} s"
    if not 15 <= settings.root_disk_gb <= 100:
        yield f"root_disk_gb {settings.root_disk_gb}: give 15 to 100"
    if not settings.service_role or not settings.instance_profile:
        yield "service_role and instance_profile: give the stack's outputs"
    scaling = settings.scaling
    if scaling.enabled and not (
        1 <= scaling.minimum <= scaling.maximum <= _MAX_NODES
        and 1 <= scaling.maximum_core <= scaling.maximum
        and 0 <= scaling.maximum_on_demand <= scaling.maximum
    ):
        yield (
            f"[scaling] minimum {scaling.minimum}, maximum {scaling.maximum}, maximum_core "
            f"{scaling.maximum_core}, maximum_on_demand {scaling.maximum_on_demand}: give 1 <= "
            f"minimum <= maximum <= {_MAX_NODES}, and of core nodes 1 to maximum, on demand 0 to "
            "maximum"
        )


def _risky(settings: Settings, today: date) -> Iterator[str]:
    ended, last = _SUPPORT.get(settings.release, (None, None))
    if ended is not None and today > ended:
        until = f", its life ends on {last:%-d %B %Y}" if last else ""
        yield (
            f"{settings.release}: standard support ended on {ended:%-d %B %Y}{until}: it gets no "
            f"more security patches; {OFFERED} is supported to {_SUPPORT[OFFERED][0]:%-d %B %Y}"
        )
    if settings.release not in _SUPPORT:
        yield f"{settings.release} was not tested: {' and '.join(_SUPPORT)} were"
    if not settings.subnet:
        yield "subnet is empty: nodes are placed in the account's default network, which is public"
    if not settings.security_configuration:
        yield "security_configuration is empty: disks are not encrypted, and IMDSv1 stays enabled"
    for group in (settings.core, settings.task):
        if group.count and node_of(group.type) is None:
            yield f"{group.type}: its size is unknown: Spark's executors get EMR's default size"
    if settings.uses_fleets and not settings.task.spot_types:
        yield "[task] spot_types is empty: with a single type, spot capacity runs out sooner"
    if settings.termination_protection:
        yield "termination_protection: a cluster of `up` does not end by itself: stop it by `down`"
