"""The command becomes the program beside it, where there is the Arrow that it needs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import verger_command

NETWORKS = '${VERGER_NETWORKS+"networks $VERGER_NETWORKS"}'
PROGRAM = f'#!/bin/sh\nprintf "<%s>" "$LD_LIBRARY_PATH" {NETWORKS} "$@"\nexit 7\n'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder as of an installed wheel; its program prints what it is given."""
    folder = tmp_path / "lib" / "python3.11" / "site-packages"
    write(folder / "verger" / "bin" / "verger", PROGRAM).chmod(0o755)
    write(folder / "verger" / "__init__.py", "import sys; sys.exit('the package is slow')\n")
    shutil.copy(verger_command.__file__, folder)
    return folder


def write(file: Path, text: str = "") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def command(
    site: Path, *arguments: str | bytes, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-S", site / "verger_command.py", *arguments],
        env=env or {},
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("folder", ["pyarrow", "../.."])
def test_it_passes_everything_on_to_the_program(site: Path, folder: str) -> None:
    (site / "pyarrow").mkdir()
    (site / folder / verger_command.ARROW).touch()
    done = command(site, "run", "a b", "", "--", b"\xff*", "--help")
    assert done.stdout == b"<><run><a b><><--><\xff*><--help>"
    assert done.returncode == 7


@pytest.mark.parametrize("before", ["", "/mine"])
def test_pyarrow_of_another_folder_is_named_to_the_program(
    site: Path, tmp_path: Path, before: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    write(elsewhere / "pyarrow" / verger_command.ARROW)
    env = {"PYTHONPATH": str(elsewhere), "LD_LIBRARY_PATH": before}
    expected = f"{before}:" if before else ""
    done = command(site, "show", env=env)
    assert done.stdout.decode() == f"<{expected}{elsewhere}/pyarrow><show>"


def test_a_program_that_is_a_link_is_followed(site: Path, tmp_path: Path) -> None:
    """As uv links files of its cache: the program looks beside itself, not beside the link."""
    program = site / "verger" / "bin" / "verger"
    cached = tmp_path / "cache" / "one" / "verger" / "bin" / "verger"
    cached.parent.mkdir(parents=True)
    program.rename(cached)
    program.symlink_to(cached)
    write(site / "pyarrow" / verger_command.ARROW)
    assert command(site).stdout.decode() == f"<{site}/pyarrow>"


def test_networks_of_another_folder_are_named_to_the_program(site: Path, tmp_path: Path) -> None:
    write(site / "pyarrow" / verger_command.ARROW)
    folder = tmp_path / "elsewhere" / "verger_networks"
    folder.mkdir(parents=True)
    env = {"PYTHONPATH": str(folder.parent)}
    assert command(site, env=env).stdout.decode() == f"<><networks {folder}>"
    mine = {**env, "VERGER_NETWORKS": "/mine"}
    assert command(site, env=mine).stdout == b"<><networks /mine>"
    (site / "verger_networks").mkdir()
    assert command(site, env=env).stdout == b"<>"  # the library looks there itself


def test_networks_of_another_folder_are_named_to_the_library(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    site = str(tmp_path / "site")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "nothing"), str(tmp_path / "mine")])
    monkeypatch.setenv("VERGER_NETWORKS", "")  # so that it is as before afterwards
    monkeypatch.delenv("VERGER_NETWORKS")
    verger_command.name_networks(site)
    assert "VERGER_NETWORKS" not in os.environ
    (tmp_path / "mine" / "verger_networks").mkdir(parents=True)
    (tmp_path / "site" / "verger_networks").mkdir(parents=True)
    verger_command.name_networks(site)
    assert "VERGER_NETWORKS" not in os.environ  # the library looks there itself
    (tmp_path / "site" / "verger_networks").rmdir()
    verger_command.name_networks(site)
    assert os.environ["VERGER_NETWORKS"] == str(tmp_path / "mine" / "verger_networks")


def test_without_its_arrow_it_says_which_line_installs_it(site: Path) -> None:
    write(site / "pyarrow" / "libarrow.so.1700")
    done = command(site, "run", "photos", "out")
    assert done.returncode == 2
    assert b"verger: this command needs pyarrow 26.0 (" in done.stderr
    assert b"; run: python -m pip install 'verger[cli]'" in done.stderr


def test_where_there_is_no_program_it_says_so(site: Path) -> None:
    os.remove(site / "verger" / "bin" / "verger")
    done = command(site, "run")
    assert done.returncode == 2
    assert b"there is no program at " in done.stderr


def test_the_cluster_needs_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verger.cloud.main.main", len)
    monkeypatch.setattr(sys, "argv", ["verger", "cloud", "plan", "--json"])
    assert verger_command.main() == len(["plan", "--json"])
