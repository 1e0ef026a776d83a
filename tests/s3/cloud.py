"""The program and a bucket, with a proxy between that counts requests and fails on demand."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.fs
from program import VERGER, Argument, assert_near, column, table

from .fault_proxy import FaultProxy
from .plain_names import plain
from .server import S3Server

TIMEOUT = 240  # seconds; without faults, a command of these tests takes a few
LOCK = "_verger/lock"  # empty and for ever in a folder, there only for a run in a bucket
PAGE = "report.html"


@dataclass
class Cloud:
    """A bucket of a test's own, and the program in an environment made from nothing."""

    server: S3Server
    proxy: FaultProxy
    home: Path
    bucket: str

    def environment(self) -> dict[str, str]:
        """The program's, by which it finds the proxy."""
        inherited = {k: os.environ[k] for k in ("PATH", "LD_LIBRARY_PATH") if k in os.environ}
        return {
            **inherited,
            "HOME": str(self.home),
            **self.server.environment(),
            "AWS_ENDPOINT_URL_S3": self.proxy.endpoint,
        }

    def url(self, prefix: str) -> str:
        return f"s3://{self.bucket}/{prefix}"

    def start(
        self, *arguments: Argument, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Starts the program and does not wait for it."""
        return subprocess.Popen(
            [VERGER, *arguments],
            env=self.environment() if env is None else env,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def finish(self, run: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
        """Waits for a program that was started."""
        try:
            out, err = run.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            run.kill()
            raise
        return subprocess.CompletedProcess(run.args, run.returncode, out, err)

    def verger(
        self, *arguments: Argument, check: int = 0, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs the program; its exit code must be `check`."""
        done = self.finish(self.start(*arguments, env=env))
        output = f"{arguments}\nstdout: {done.stdout}\nstderr: {done.stderr}"
        assert done.returncode == check, f"exit {done.returncode} where {check} is wanted: {output}"
        return done

    def summary(self, *arguments: Argument, check: int = 0) -> dict[str, Any]:
        """The JSON summary of a command."""
        return dict(json.loads(self.verger(*arguments, "--json", check=check).stdout))

    def objects(self, prefix: str) -> dict[str, bytes]:
        """All objects below a prefix, by their names there."""
        keys = self.server.keys(self.bucket, prefix)
        return {key.removeprefix(f"{prefix}/"): self.server.get(self.bucket, key) for key in keys}

    def copied(self, prefix: str, into: Path) -> Path:
        """An output in the bucket, as a folder."""
        for name, content in self.objects(prefix).items():
            file = into / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return into


@dataclass(frozen=True)
class Harvest:
    """The same photos in a folder and in a bucket, with the same times; not to be changed."""

    folder: Path
    url: str
    options: list[str]  # the network
    out: Path  # what the program makes of the folder


def put_photos(server: S3Server, bucket: str, prefix: str, folder: Path) -> str:
    """Puts photos into a bucket and gives those of the folder the times that they got there."""
    server.put_folder(bucket, prefix, folder)
    start = f"{bucket}/{prefix}"
    selector = pyarrow.fs.FileSelector(start, recursive=True)
    for info in server.filesystem().get_file_info(selector):
        if info.type == pyarrow.fs.FileType.File:
            file = folder / info.path.removeprefix(f"{start}/")
            os.utime(file, ns=(info.mtime_ns, info.mtime_ns))
    return f"s3://{start}"


def files(folder: Path) -> dict[str, bytes]:
    """All files below a folder, by their names there."""
    all_files = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.read_bytes() for file in all_files}


def assert_same_files(actual: Mapping[str, bytes], expected: Mapping[str, bytes]) -> None:
    """Two outputs are equal byte for byte, but for where their photos were, for the lock, for the
    run in the names of a bucket, and for the page, which says how long it took and is optional."""
    actual = {plain(name): content for name, content in actual.items()}
    assert sorted({*actual} - {LOCK, PAGE}) == sorted({*expected} - {LOCK, PAGE})
    for name in expected:
        if name.startswith("_verger/manifest-"):
            texts = (json.loads(plain(side[name].decode())) for side in (actual, expected))
            first, second = ({**text, "photos": ""} for text in texts)
            assert first == second
        elif name not in (LOCK, PAGE):
            assert actual[name] == expected[name], name


def assert_all_rows(cloud: Cloud, harvest: Harvest, actual: Path) -> None:
    """The output has every row of the undisturbed one, with the same features, and is whole.

    Its parts may be others: a run that was disturbed leaves shorter ones.
    """
    cloud.copied("out", actual)
    names = ["path", "label", "features"]
    assert table(actual).select(names).equals(table(harvest.out).select(names))
    assert_near(column(actual, "pca_features"), column(harvest.out, "pca_features"), 1e-5)
    cloud.verger("verify", cloud.url("out"))
