"""Third-party S3 servers, started on the loopback, with their files below a folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from s3.server import S3Server, reserved_port, running_s3_server, wait_until_it_listens
from s3.started import Started

CACHE = Path(__file__).resolve().parents[2] / ".cache"
PROGRAMS = CACHE / "servers"
STARTS = 180  # seconds; the JVM's need some, more on a busy machine


@dataclass(frozen=True)
class Kind:
    """A server that `tools/setup_servers.sh` installs."""

    program: Path
    command: Callable[[Path, int], list[str | Path]]  # of a folder and a port
    access_key: str = "verger-test"
    secret_key: str = "not-a-secret"
    # What --sse AES256 gives: 0 where it encrypts, or says that it does.
    encryption: int = 5
    empty_names: bool = True  # whether keys may have two '/' in a row


def _s3proxy(folder: Path, port: int) -> list[str | Path]:
    settings = {
        "s3proxy.endpoint": f"http://127.0.0.1:{port}",
        "s3proxy.authorization": "aws-v2-or-v4",
        "s3proxy.identity": "verger-test",
        "s3proxy.credential": "not-a-secret",
        "jclouds.provider": "filesystem-nio2",
        "jclouds.filesystem.basedir": folder / "objects",
    }
    file = folder / "s3proxy.conf"
    file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    return ["java", "-Xmx256m", "-jar", PROGRAMS / "s3proxy.jar", "--properties", file]


KINDS: dict[str, Kind] = {
    "moto": Kind(
        CACHE / "cloud" / "bin" / "moto_server",
        lambda folder, port: [KINDS["moto"].program, "-H", "127.0.0.1", "-p", str(port)],
        encryption=0,
    ),
    "S3Mock": Kind(
        PROGRAMS / "s3mock.jar",
        lambda folder, port: [
            *("java", "-Xmx256m", "-jar", PROGRAMS / "s3mock.jar"),
            *(f"--http.port={port}", "--server.port=0"),
            f"--com.adobe.testing.s3mock.store.root={folder / 'objects'}",
        ],
        encryption=0,
    ),
    "S3Proxy": Kind(PROGRAMS / "s3proxy.jar", _s3proxy),
    "gofakes3": Kind(
        PROGRAMS / "gofakes3",
        lambda folder, port: [
            *(PROGRAMS / "gofakes3", "-host", f"127.0.0.1:{port}", "-backend", "memory"),
        ],
        encryption=0,
    ),
    "s3rver": Kind(
        PROGRAMS / "node_modules" / "s3rver" / "bin" / "s3rver.js",
        lambda folder, port: [
            *("node", KINDS["s3rver"].program, "-d", folder / "objects", "-a", "127.0.0.1"),
            *("-p", str(port), "--silent"),
        ],
        access_key="S3RVER",
        secret_key="S3RVER",
        empty_names=False,
    ),
    "rclone": Kind(
        PROGRAMS / "rclone",
        lambda folder, port: [
            *(PROGRAMS / "rclone", "serve", "s3", folder / "objects"),
            *("--addr", f"127.0.0.1:{port}", "--auth-key", "verger-test,not-a-secret"),
            *("--config", folder / "none", "--vfs-cache-mode", "off"),
        ],
        empty_names=False,
    ),
    "MinIO": Kind(
        PROGRAMS / "minio",
        lambda folder, port: [
            *(PROGRAMS / "minio", "server", "--quiet", "--address", f"127.0.0.1:{port}"),
            folder / "objects",
        ],
        empty_names=False,
    ),
}
NAMES = ["versitygw", *KINDS]


@contextmanager
def running(name: str, folder: Path) -> Iterator[S3Server]:
    """Starts the server of that name, and ends it."""
    if name == "versitygw":
        with running_s3_server(folder) as server:
            yield server
        return
    kind = KINDS[name]
    with reserved_port() as port:
        server = S3Server(
            port,
            folder / "objects",
            folder / "logs",
            access_key=kind.access_key,
            secret_key=kind.secret_key,
        )
        for place in (server.objects, server.logs):
            place.mkdir(parents=True)
        inherited = {
            name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ
        }
        env = {
            **inherited,
            "HOME": str(folder),
            "AWS_ACCESS_KEY_ID": kind.access_key,
            "AWS_SECRET_ACCESS_KEY": kind.secret_key,
            "MINIO_ROOT_USER": kind.access_key,
            "MINIO_ROOT_PASSWORD": kind.secret_key,
        }
        command = kind.command(folder, port)
        with Started(name, command, env=env, cwd=folder, logs=server.logs) as started:
            wait_until_it_listens(started, port, STARTS)
            yield server
