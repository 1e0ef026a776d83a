"""The page of an output in a bucket: of photos there, and such as a browser shows."""

from __future__ import annotations

import json
import re
from typing import Any

from .cloud import PAGE, Cloud, Harvest
from .faults import PASSING


def data_of(page: bytes) -> dict[str, Any]:
    """What the page shows."""
    match = re.search(rb'id="data">([^<]*)<', page)
    assert match is not None
    return dict(json.loads(match[1]))


def test_a_run_puts_a_page_that_browsers_show(cloud: Cloud, small: Harvest) -> None:
    cloud.verger("run", small.url, cloud.url("out"), *small.options)
    data = data_of(cloud.objects("out")[PAGE])
    assert data["photos"] == small.url
    assert data["thumbnails"]["points"] == list(range(40))
    stream = cloud.server.filesystem().open_input_stream(f"{cloud.bucket}/out/{PAGE}")
    assert stream.metadata()["Content-Type"] == b"text/html; charset=utf-8"


def test_it_goes_with_its_version(cloud: Cloud, small: Harvest) -> None:
    cloud.verger("run", small.url, cloud.url("out"), *small.options)
    cloud.verger("forget", cloud.url("out"), "Label 1")
    assert PAGE not in cloud.objects("out")
    cloud.verger("report", cloud.url("out"))
    assert data_of(cloud.objects("out")[PAGE])["thumbnails"]["points"] == list(range(20))


def test_it_is_whole_where_requests_fail(cloud: Cloud, small: Harvest) -> None:
    cloud.verger("run", small.url, cloud.url("out"), *small.options, "--no-report")
    assert PAGE not in cloud.objects("out")
    cloud.proxy.rate, cloud.proxy.kinds, cloud.proxy.silence = 0.2, list(PASSING), 0.2
    run = cloud.verger("report", cloud.url("out"))
    assert sum(cloud.proxy.faults.values()) > 0
    assert "warning" not in run.stderr
    assert data_of(cloud.objects("out")[PAGE])["thumbnails"]["points"] == list(range(40))
