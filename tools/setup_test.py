"""setup.sh asks for no more than is missing, and says what to do when it may not act."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
# Bodies of dpkg-query: its first three arguments are options, the others packages.
ALL_INSTALLED = 'shift 3; printf "ii %s " "$@"'
ALL_BUT_TWO = 'shift 3; printf "ii %s " "$@" | sed "s/ii cmake //; s/ii strace //"'


class Machine:
    """A checkout of setup.sh alone, on a machine whose commands are fakes that keep a log."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a checkout"
        self.fakes = folder / "fakes"
        self.log = folder / "log"
        self.fakes.mkdir()
        (self.root / "tools").mkdir(parents=True)
        shutil.copy(HERE / "setup.sh", self.root / "tools")
        (self.root / "requirements").mkdir()
        for name in ("build", "test", "lint"):
            (self.root / "requirements" / f"{name}.txt").write_text(f"{name}==1\n")
        self.fake("dpkg-query", ALL_INSTALLED)
        self.fake("apt-get", "")
        self.fake("sudo", "exit 1")
        # A python whose `-m venv` makes a folder with itself inside, and whose pip only logs.
        self.fake(
            "python3", 'if [[ ${2-} == venv ]]; then mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; fi'
        )

    def fake(self, name: str, body: str) -> None:
        path = self.fakes / name
        path.write_text(f'#!/bin/bash\necho "{name} $*" >>"{self.log}"\n{body}\n')
        path.chmod(0o755)

    def setup(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        self.log.write_text("")
        path = f"{self.fakes}:{os.environ['PATH']}"
        return subprocess.run(
            [self.root / "tools" / "setup.sh", *arguments],
            env={"PATH": path, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self, name: str) -> list[str]:
        return [line for line in self.log.read_text().splitlines() if line.startswith(name)]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def pip_calls(machine: Machine) -> list[str]:
    return [call.split()[-1] for call in machine.calls("python3") if " pip install " in call]


def test_a_second_call_installs_nothing(machine: Machine) -> None:
    assert machine.setup("test").returncode == 0
    assert pip_calls(machine) == ["requirements/build.txt", "requirements/test.txt"]
    assert machine.calls("apt-get") == []
    assert machine.setup("test").returncode == 0
    assert pip_calls(machine) == []


def test_a_changed_pin_installs_again(machine: Machine) -> None:
    machine.setup("test")
    (machine.root / "requirements" / "test.txt").write_text("test==2\n")
    machine.setup("test")
    assert pip_calls(machine) == ["requirements/test.txt"]


def test_a_failed_install_is_tried_again(machine: Machine) -> None:
    assert machine.setup("build").returncode == 0
    venv_python = machine.root / ".venv" / "bin" / "python"
    working = venv_python.read_text()
    (machine.root / "requirements" / "build.txt").write_text("build==2\n")
    venv_python.write_text(f"{working}\n[[ $* != *pip* ]]\n")
    assert machine.setup("build").returncode != 0
    venv_python.write_text(working)
    assert machine.setup("build").returncode == 0
    assert pip_calls(machine) == ["requirements/build.txt"]


@pytest.mark.skipif(os.geteuid() != 0, reason="installs packages itself only for root")
def test_root_installs_what_is_missing_and_only_that(machine: Machine) -> None:
    machine.fake("dpkg-query", ALL_BUT_TWO)
    assert machine.setup("build").returncode == 0
    update, install = machine.calls("apt-get")
    assert update.startswith("apt-get update")
    assert install.endswith(" cmake strace")


def test_an_ordinary_user_gets_one_line_to_run(machine: Machine) -> None:
    machine.fake("dpkg-query", ALL_BUT_TWO)
    script = machine.root / "tools" / "setup.sh"
    # EUID cannot be faked: let the script read another word in its place.
    script.write_text(script.read_text().replace("EUID", "FAKE_EUID"))
    done = machine.setup("build", FAKE_EUID="1000")
    assert done.returncode == 1
    assert machine.calls("apt-get") == []
    line = "  sudo apt-get update && sudo apt-get install --yes cmake strace"
    assert line in done.stderr.splitlines()


def test_an_old_python_is_named_with_the_remedy(machine: Machine) -> None:
    machine.fake("python3", 'if [[ $1 == --version ]]; then echo "Python 3.8.1"; else exit 1; fi')
    done = machine.setup("build")
    assert done.returncode == 1
    assert "Python 3.8.1 found" in done.stderr
    assert "PYTHON=" in done.stderr


def test_an_unknown_level_is_refused(machine: Machine) -> None:
    done = machine.setup("everything")
    assert done.returncode == 2
    assert "'everything'" in done.stderr
    assert machine.log.read_text() == ""
