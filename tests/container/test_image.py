"""The image of deploy/container: size, files, rights, and that it is the built program."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tests"), str(ROOT / "tests" / "cli")]

from program import draw_orchard, verger  # noqa: E402
from s3.server import reserved_port  # noqa: E402
from same_output import assert_same_output  # noqa: E402

PODMAN = ROOT / ".cache" / "container" / "podman"
LARGEST = 250_000_000  # bytes, of the files in the image
LONG = 600  # seconds; a run takes a minute on a busy machine
# Nothing is writable, not even /tmp.
CONFINED = ["--read-only", "--read-only-tmpfs=false", "--cap-drop=ALL"]
CONFINED += ["--security-opt=no-new-privileges"]
USER = 65532

pytestmark = pytest.mark.container


def podman(*arguments: str | Path, check: int = 0) -> str:
    """Runs podman, whose exit code must be `check`; returns what it prints."""
    done = subprocess.run(
        [PODMAN, *arguments], capture_output=True, text=True, timeout=LONG, check=False
    )
    assert done.returncode == check, done.stdout + done.stderr
    return done.stdout + done.stderr


def run(*arguments: str, volumes: list[str], options: list[str] | None = None) -> str:
    mounts = [part for volume in volumes for part in ("-v", volume)]
    return podman(
        "run", "--rm", "--network=none", *CONFINED, *mounts, *(options or []), "verger", *arguments
    )


@pytest.fixture(scope="session")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_orchard(tmp_path_factory.mktemp("photos") / "orchard", 40, timeout=LONG)


@pytest.fixture(scope="session")
def out(orchard: Path) -> Path:
    """What a confined container makes of the orchard, with a classifier."""
    folder = orchard.parent / "out"
    new_out(folder, USER)
    # At the path that it has here, which outputs name.
    volumes = [f"{orchard}:{orchard}:ro", f"{folder}:/data/out"]
    assert "640 photos, 16 labels, 0 rejects" in run("run", str(orchard), "out", volumes=volumes)
    return folder


def new_out(folder: Path, owner: int) -> None:
    folder.mkdir()
    subprocess.run(["chown", f"{owner}:{owner}", folder], check=True)


def test_the_image_is_small() -> None:
    size = int(podman("image", "inspect", "verger", "--format", "{{.Size}}"))
    print(f"{size / 1e6:.0f} MB")
    assert size <= LARGEST


def test_the_image_has_neither_root_nor_shell() -> None:
    config = json.loads(podman("image", "inspect", "verger"))[0]["Config"]
    assert config["User"] == f"{USER}:{USER}"
    mounted = Path(podman("image", "mount", "verger").strip())
    try:
        files = [file for file in mounted.rglob("*") if file.is_file() and not file.is_symlink()]
        assert not [file for file in files if file.stat().st_mode & 0o6002]
        programs = [file for file in files if file.name in ("sh", "bash", "apt", "dpkg", "perl")]
        assert not programs
        named = {file.name for file in (mounted / "var/lib/dpkg/status.d").iterdir()}
        assert named == {file.name for file in (mounted / "usr/share/doc").iterdir()}
        assert {"libc6", "libcurl4", "ca-certificates"} <= named
    finally:
        podman("image", "unmount", "verger")


def test_a_confined_run_makes_the_bytes_of_the_built_program(orchard: Path, out: Path) -> None:
    built = orchard.parent / "built"
    verger("run", orchard, built, timeout=LONG)
    assert_same_output(out, built)
    assert {file.stat().st_uid for file in out.rglob("*")} == {USER}


def test_another_user_runs_it_with_isolated_decoders(orchard: Path, tmp_path: Path) -> None:
    new_out(tmp_path / "out", 1234)
    volumes = [f"{orchard / 'Apple'}:/data/photos:ro", f"{tmp_path / 'out'}:/data/out"]
    run("run", "photos", "out", "--isolate", volumes=volumes, options=["--user=1234:1234"])
    assert {file.stat().st_uid for file in (tmp_path / "out").rglob("*")} == {1234}


def test_nothing_but_out_is_written(orchard: Path, tmp_path: Path) -> None:
    """Also where the root could be written to."""
    new_out(tmp_path / "out", USER)
    volumes = [f"--volume={orchard / 'Apple'}:/data/photos:ro"]
    volumes.append(f"--volume={tmp_path / 'out'}:/data/out")
    podman("run", "--name=written", "--network=none", *volumes, "verger", "run", "photos", "out")
    try:
        # podman itself makes what it mounts, and the folders above.
        by_podman = {"/data", "/data/out", "/data/photos", "/etc", "/etc/mtab"}
        changes = [line.split()[1] for line in podman("diff", "written").splitlines() if line]
        assert set(changes) <= by_podman
    finally:
        podman("rm", "written")


def test_the_server_answers_and_stops(orchard: Path, out: Path, tmp_path: Path) -> None:
    served = tmp_path / "out"
    subprocess.run(["cp", "--archive", out, served], check=True)
    run("train", "out", volumes=[f"{served}:/data/out"])
    with reserved_port() as port:
        serve = ["verger", "serve", "out", "--listen", f"127.0.0.1:{port}"]
        options = ["--detach", "--name=served", "--network=host", f"--volume={served}:/data/out:ro"]
        podman("run", *options, *CONFINED, *serve)
        try:
            photo = next((orchard / "Apple").rglob("*.jpg"))
            address = f"http://127.0.0.1:{port}"
            assert ask(f"{address}/readyz") is not None
            answer = ask(f"{address}/v1/classify", photo.read_bytes())
            assert "Apple" in json.dumps(answer)
            podman("stop", "--time=60", "served")
            assert podman("inspect", "served", "--format", "{{.State.ExitCode}}").strip() == "0"
        finally:
            podman("rm", "--force", "served")


def ask(url: str, body: bytes | None = None) -> object:
    """The answer of a server that may still be starting."""
    for _ in range(60):
        try:
            with urllib.request.urlopen(url, body, timeout=60) as answer:
                return answer.read().decode()
        except (ConnectionError, urllib.error.URLError):
            time.sleep(1)
    raise AssertionError(f"{url} does not answer")
