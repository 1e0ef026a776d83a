"""One HTTP request, through the proxy that the environment names."""

from __future__ import annotations

import http.client
import json
import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, NamedTuple

from verger._library import borrowed, take_text


class Answer(NamedTuple):
    """The answer of a server; headers by their names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def proxy_for(url: str) -> str:
    """Return a URL's proxy, "http://user:password@host:port"; "" for none. Errors: BadCall."""
    return take_text("verger_proxy_for", borrowed(url), borrowed(json.dumps(variables())))


def variables() -> dict[str, str]:
    """Return the environment variables of AWS's tools and of proxies, for the library."""
    return {
        name: value.encode("utf-8", "replace").decode()
        for name, value in os.environ.items()
        if name.startswith("AWS_") or name.lower().endswith("_proxy")
    }


def request(
    method: str,
    url: str,
    timeout: float,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    local: bool = False,
) -> Answer:
    """Send a request once. `local`: to a server of this machine, without a proxy.

    Errors: OSError or http.client.HTTPException if no answer comes; BadCall for no proxy's URL.
    """
    proxy = "" if local else proxy_for(url)
    scheme = url.partition(":")[0]
    proxies = urllib.request.ProxyHandler({scheme: proxy} if proxy else {})
    opener = urllib.request.build_opener(proxies, _NoRedirects)
    if scheme == "https":
        trust = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE") or None)
        opener = urllib.request.build_opener(
            proxies, _NoRedirects, urllib.request.HTTPSHandler(context=trust)
        )
    message = urllib.request.Request(url, body or None, dict(headers or {}), method=method)
    answer: Any
    try:
        answer = opener.open(message, timeout=timeout)
    except urllib.error.HTTPError as refused:
        answer = refused
    except urllib.error.URLError as error:
        raise error.reason if isinstance(error.reason, OSError) else error from None
    with answer:
        fields = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, fields, answer.read())


NoAnswer = (OSError, http.client.HTTPException)
