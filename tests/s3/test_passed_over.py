"""Files of a bucket that are no photos of the user's, as in a folder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from program import ROOT
from verger.runs.files import Files
from verger.runs.listing import listing, photos_of
from verger.runs.storage import S3Settings, open_place

from .cloud import Cloud, put_photos


def test_a_bucket_as_devices_leave_it(cloud: Cloud, tmp_path: Path, tiny: list[str]) -> None:
    folder = tmp_path / "photos"
    tool = [sys.executable, str(ROOT / "tools" / "make_device_folder.py"), str(folder)]
    tool_run = subprocess.run(tool, capture_output=True, check=True, timeout=60)
    passed_over = json.loads(tool_run.stdout)
    url = put_photos(cloud.server, cloud.bucket, "Photos", folder)
    summary = cloud.summary("run", url, cloud.url("out"), *tiny)
    assert (summary["inputs"], summary["rows"], summary["rejected"]) == (1000, 1000, 0)
    assert summary["passed_over"] == passed_over
    lines = cloud.verger("run", url, cloud.url("out"), *tiny).stdout.splitlines()
    files = Files()
    server = cloud.server
    settings = S3Settings(server.endpoint, server.region, server.access_key, server.secret_key)
    listed = photos_of(listing(open_place(url, settings), files=files))
    assert sum(1 for _ in listed) == 1000
    assert f"passed over: {files.passed_over}" in lines
