"""The commands and the code of README.md and docs/, as written, on a small orchard."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from documented import PAGES, blocks, commands, elsewhere, runnable, without_comment
from program import BUILD, ROOT, draw_orchard, verger

TIMEOUT = 300  # seconds of one command
# Commands that run until they are stopped: what makes them take a free port, and what they answer.
SERVERS = {
    "build/verger serve out": ("--listen 127.0.0.1:0", "metrics"),
    "verger serve out": ("--listen 127.0.0.1:0", "metrics"),
    "verger serve out --isolate": ("--listen 127.0.0.1:0", "metrics"),
    "python3 -m http.server --directory website --bind 127.0.0.1": ("0", "index.html"),
    "python3 -m http.server --directory app --bind 127.0.0.1": ("0", "index.html"),
}
WITH_COMMANDS = [page for page in PAGES if runnable(page)]


@pytest.fixture(scope="session")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a reader of the pages may be, before the first command. Not to be changed.

    64 photos of 16 labels, and some that are in no label.
    """
    farm = tmp_path_factory.mktemp("farm") / "farm"
    photos = draw_orchard(farm / "photos", 4, timeout=TIMEOUT)
    new = draw_orchard(farm / "new-photos", 1, seed=1, timeout=TIMEOUT)
    shutil.copy(next(new.glob("*/*/*.jpg")), farm / "shelf.jpg")
    for at, photo in enumerate(sorted(photos.glob("Pear/*/*.jpg"))[:5], 1):
        shutil.copy(photo, farm / f"pearl{at}.jpg")
    for name, target in {"build": BUILD, ".venv": ROOT / ".venv", "tools": ROOT / "tools"}.items():
        (farm / name).symlink_to(target)
    return farm


@pytest.fixture(scope="session")
def trained(farm: Path) -> Path:
    """The same folder once the README's first commands ran. Not to be changed."""
    folder = farm.parent / "trained"
    shutil.copytree(farm, folder, symlinks=True)
    verger("run", "photos", "out", cwd=folder, timeout=TIMEOUT)
    verger("train", "out", cwd=folder, timeout=TIMEOUT)
    evaluation = verger("evaluate", "out", "--json", cwd=folder, timeout=TIMEOUT).stdout
    (folder / "evaluation.json").write_text(evaluation)
    for name in ("fruits", "train", "val"):
        shutil.copytree(folder / "out", folder / name)
    return folder


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A copy of `farm` for the README, which begins there, and of `trained` for other pages."""
    page = request.node.callspec.params["page"]
    origin = request.getfixturevalue("farm" if page == "README.md" else "trained")
    yield Path(shutil.copytree(origin, tmp_path / "farm", symlinks=True))
    shutil.rmtree(tmp_path)


def environment() -> dict[str, str]:
    """Of a user who has the program in PATH."""
    return {
        **os.environ,
        "PATH": f"{BUILD}{os.pathsep}{os.environ['PATH']}",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(ROOT / "python"),
        "VERGER_LIBRARY": str(BUILD / "lib" / "libverger.so"),
    }


def run(command: str, folder: Path) -> None:
    """Runs one command in a shell; it must succeed."""
    done = subprocess.run(
        ["bash", "-ec", command],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def ask_server(command: str, port: str, path: str, folder: Path) -> None:
    """Starts a server on a free port, which must answer, and stops it."""
    server = subprocess.Popen(
        ["bash", "-ec", f"exec {command} {port}"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        url = re.search(r"http://[\d.]+:\d+", line)
        assert url, f"{command}: {line}"
        with urllib.request.urlopen(f"{url[0]}/{path}", timeout=TIMEOUT) as answer:
            assert answer.status == 200
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=TIMEOUT)


def run_python(code: str, folder: Path) -> None:
    (folder / "block.py").write_text(code)
    run(f"{sys.executable} block.py", folder)


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_commands_run_as_written(page: str, folder: Path) -> None:
    for command in runnable(page):
        if without_comment(command) in SERVERS:
            ask_server(without_comment(command), *SERVERS[without_comment(command)], folder)
        else:
            run(command, folder)
    if page == "README.md":
        for language, text in blocks(page):
            if language == "python":
                run_python(text, folder)
            if language == "sql":
                session = duckdb.connect(config={"file_search_path": str(folder)})
                assert session.sql(text).fetchall()


@pytest.mark.parametrize("page", ["docs/python.md"])
def test_python_runs_as_written(page: str, folder: Path) -> None:
    code = [text for language, text in blocks(page) if language == "python"]
    assert code
    run_python("\n".join(code), folder)


def test_what_runs_elsewhere_is_in_the_pages() -> None:
    for line in elsewhere():
        covered = [command for command in commands(line.page) if line.covers(line.page, command)]
        assert covered, f"{line.page} has no command '{line.pattern}' any more"
        assert line.where == "nowhere" or (ROOT / line.where).is_file(), line
        assert line.why


def test_the_readme_has_commands() -> None:
    assert len(runnable("README.md")) > 15
