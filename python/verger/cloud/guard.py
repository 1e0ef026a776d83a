"""Nothing leaves the allowed regions: every text is checked before there is a client, and every
request again just before it is sent.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from verger.cloud.settings import REGION, Settings
from verger.errors import BadCall, RegionRefused
from verger.runs.regions import Host, read_host
from verger.runs.text import printable

_ZONE = re.compile(r"([a-z]{2,5}(?:-[a-z]+)+-[0-9]+)[a-z]")
_METADATA = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_METADATA_HOSTS = ("169.254.169.254", "fd00:ec2::254")
_ARN = re.compile(r"arn:[a-z-]+:")

# The operations that this process sent, for tests.
sent: list[str] = []


def check_texts(settings: Settings, environment: Mapping[str, str], urls: Sequence[str]) -> None:
    """Check every text that names a region: settings, other arguments, environment.

    Errors: RegionRefused with the text, its region and the remedy. Sends nothing.
    """
    for what, problem in _problems(settings, environment, urls):
        raise RegionRefused(
            f"{what}: {problem}; nothing was sent; allowed: "
            f"{', '.join(settings.allowed_regions) or 'no region'}: choose another region, or add "
            "it to allowed_regions (a host: to allowed_endpoints)"
        )


def _problems(
    settings: Settings, environment: Mapping[str, str], urls: Sequence[str]
) -> Iterator[tuple[str, str]]:
    for name in ("region", "bucket_region"):
        text = getattr(settings, name)
        if text and text not in settings.allowed_regions:
            yield name, f"lies in {text}"
    named = {
        "bucket": settings.bucket,
        "subnet": settings.subnet,
        "log_key": settings.log_key,
        "service_role": settings.service_role,
        "instance_profile": settings.instance_profile,
        "security_configuration": settings.security_configuration,
        "key_pair": settings.key_pair,
        "primary_security_group": settings.primary_security_group,
        "core_security_group": settings.core_security_group,
        "service_access_security_group": settings.service_access_security_group,
        "script": settings.script,
        "bootstrap script": settings.bootstrap_script,
        "wheels": settings.wheels,
        "logs": settings.logs,
        "photos": settings.photos,
        "out": settings.out,
        "model": settings.job.model,
        **{url: url for url in urls},
    }
    for what, text in named.items():
        if problem := _problem_of(text, settings):
            yield what, problem
    for name, value in sorted(environment.items()):
        if name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            if value and value not in settings.allowed_regions:
                yield name, f"lies in {value}"
        elif (
            name.startswith("AWS_ENDPOINT_URL")
            and value
            and (problem := problem_of_url(value, settings))
        ):
            yield f"{name}={printable(value)}", problem
        elif name == _METADATA and value and not _is_local(value):
            yield f"{name}={printable(value)}", "credentials would come from another machine"


def _problem_of(text: str, settings: Settings) -> str | None:
    """Return the problem of an ARN, a URL, or a zone; other texts name no region."""
    if match := _ARN.search(text):
        fields = text[match.start() :].split(":")
        region = fields[3] if len(fields) > 3 else ""
        if region and region not in settings.allowed_regions:
            return f"lies in {region}"
        return None
    if text.lower().startswith(("http:", "https:")):
        return problem_of_url(text, settings)
    zone = _ZONE.fullmatch(text) or REGION.fullmatch(text)
    if zone is not None:
        region = zone[1] if zone.re is _ZONE else zone[0]
        if region not in settings.allowed_regions:
            return f"lies in {region}"
    return None


def problem_of_url(url: str, settings: Settings) -> str | None:
    """Return why no request may go to a URL; None if one may."""
    try:
        host = read_host(url)
    except BadCall:  # other parsers could read another host
        return "its host or port is ambiguous: give https://HOST or https://HOST:PORT"
    if url.lower().startswith("http:") and host.is_aws:
        return f"{host.name} would be asked without TLS: write https://"
    return _problem_of_host(host, settings)


def _problem_of_host(host: Host, settings: Settings) -> str | None:
    """Return why no request may go to a host; None if one may.

    An AWS host names its region in the label before AWS's domain, after any bucket's name. A host
    without a region, as iam.amazonaws.com, answers from the United States.
    """
    if host.name in settings.allowed_endpoints or _is_loopback(host.name):
        return None
    if not host.is_aws:
        return f"{host.name or 'a host without name'} is not a host of AWS"
    if not REGION.fullmatch(host.region):
        remedy = ": set AWS_STS_REGIONAL_ENDPOINTS=regional" if host.region == "sts" else ""
        return f"{host.name} does not name a region{remedy}"
    return None if host.region in settings.allowed_regions else f"{host.name} lies in {host.region}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_local(url: str) -> bool:
    """Return whether a URL is on this machine, or the metadata service of AWS."""
    try:
        name = read_host(url).name
    except BadCall:
        return False
    return _is_loopback(name) or name in _METADATA_HOSTS


def _proxy_of(url: str) -> str | None:
    """Return why a proxy may not carry a request: without TLS it reads, and could change, it."""
    from botocore.utils import get_environ_proxies  # botocore calls this: it is installed

    if url.lower().startswith("https:") or not get_environ_proxies(url):
        return None
    return "HTTP_PROXY would receive it unencrypted: unset it, or add the host to NO_PROXY"


class AtTheSocket:
    """botocore's last hook before a request is sent, also after a redirection."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, request: Any, event_name: str = "", **_: Any) -> None:
        """Errors: RegionRefused; then nothing is sent."""
        if problem := problem_of_url(request.url, self._settings) or _proxy_of(request.url):
            raise RegionRefused(
                f"a request was blocked: {problem}; allowed regions: "
                f"{', '.join(self._settings.allowed_regions)}: see allowed_regions, or add this "
                "host to allowed_endpoints"
            )
        sent.append(event_name.removeprefix("before-send."))
