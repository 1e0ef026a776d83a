"""Without a home, or with a relative one, the current folder is not taken for it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from program import ROOT, TIMEOUT, VERGER, verger

USAGE, STORAGE = 2, 5
UNSET = ["env", "--unset=HOME"]
RELATIVE = [UNSET, ["env", "HOME="], ["env", "HOME=."], ["env", "HOME=here"]]
# A user whom the system does not know, as containers have them.
STRANGER = ["unshare", "--map-user=54321"]
PYTHON = [
    sys.executable,
    "-c",
    "import sys; from verger.runs.storage import open_place; open_place(sys.argv[1]).read('x')",
]


@pytest.fixture
def stranger() -> list[str]:
    """What runs a program without HOME, for a user without an entry."""
    if subprocess.run([*STRANGER, "true"], capture_output=True).returncode != 0:
        pytest.skip("NOT TESTED: a user without a home, for this system has no user namespaces")
    return [*UNSET, *STRANGER]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what a home would have, and another one in it."""
    for home in (tmp_path, tmp_path / "here"):
        (home / ".aws").mkdir(parents=True)
        (home / ".aws" / "config").write_text(
            "[profile orchard]\nregion = eu-west-3\nendpoint_url = http://127.0.0.1:9\n"
        )
        (home / ".aws" / "credentials").write_text(
            "[default]\naws_access_key_id = CURRENTFOLDER\naws_secret_access_key = secret\n"
        )
    return tmp_path


class _Handler(BaseHTTPRequestHandler):
    server: Bucket

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.signed_by += self.headers.get("Authorization", "nobody")
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET


class Bucket(ThreadingHTTPServer):
    """Plays an empty bucket, and notes who asks."""

    signed_by = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with Bucket(("127.0.0.1", 0), _Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def ask(reader: str, bucket: Bucket, folder: Path, prefix: list[str]) -> None:
    """Has the program, or Python, look for something in the bucket."""
    program = [VERGER, "show"] if reader == "program" else PYTHON
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    own["PYTHONPATH"] = str(ROOT / "python")
    own["AWS_ENDPOINT_URL"] = bucket.url
    own["AWS_EC2_METADATA_DISABLED"] = "true"
    command = [*prefix, *program, "s3://bucket/out"]
    done = subprocess.run(command, cwd=folder, env=own, capture_output=True, timeout=TIMEOUT)
    assert done.returncode != 0
    # Without credentials the program asks nothing.
    assert bucket.signed_by or b"no credentials for it" in done.stderr, done.stderr.decode()


@pytest.mark.parametrize("reader", ["program", "Python"])
def test_credentials_of_a_home_are_taken(reader: str, bucket: Bucket, folder: Path) -> None:
    ask(reader, bucket, folder, ["env", f"HOME={folder}"])
    assert "CURRENTFOLDER" in bucket.signed_by


@pytest.mark.parametrize("reader", ["program", "Python"])
@pytest.mark.parametrize("prefix", RELATIVE, ids=" ".join)
def test_credentials_of_the_current_folder_are_not(
    prefix: list[str], reader: str, bucket: Bucket, folder: Path
) -> None:
    ask(reader, bucket, folder, prefix)
    assert "CURRENTFOLDER" not in bucket.signed_by


@pytest.mark.parametrize("reader", ["program", "Python"])
def test_credentials_of_a_stranger(
    reader: str, bucket: Bucket, folder: Path, stranger: list[str]
) -> None:
    ask(reader, bucket, folder, stranger)
    assert "CURRENTFOLDER" not in bucket.signed_by


@pytest.mark.parametrize("prefix", RELATIVE, ids=" ".join)
def test_a_profile_of_the_current_folder_is_none(prefix: list[str], folder: Path) -> None:
    profile = {"AWS_PROFILE": "orchard"}
    stderr = verger(
        "show", "s3://bucket/out", env=profile, prefix=prefix, cwd=folder, check=USAGE
    ).stderr
    assert "AWS_PROFILE=orchard: no such profile" in stderr


def test_a_stranger_is_told(folder: Path, stranger: list[str]) -> None:
    profile = {"AWS_PROFILE": "orchard", "XDG_DATA_HOME": "here"}
    result = verger(
        "show", "s3://bucket/out", env=profile, prefix=stranger, cwd=folder, check=USAGE
    )
    assert "there is no home folder: set HOME, or AWS_CONFIG_FILE" in result.stderr
    result = verger("model", "list", env=profile, prefix=stranger, cwd=folder, check=STORAGE)
    assert "there is no home folder to keep models in: set HOME, or VERGER_MODELS" in result.stderr


def test_a_stranger_can_run(
    small: Path, tiny: list[str], tmp_path: Path, stranger: list[str]
) -> None:
    """Only the name of a model asks for a home."""
    verger("run", small, tmp_path / "out", *tiny, env={"XDG_DATA_HOME": ""}, prefix=stranger)
