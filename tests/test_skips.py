"""conftest.py fails a run for a skip that is not on the list, in CI alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LIST = "test_one.py::test_listed | no network: * | CI has none\n"
TESTS = """
import pytest

def test_listed():
    pytest.skip("no network: refused")

def test_unlisted():
    pytest.skip("no time")
"""
FILE = 'import pytest\n\npytest.importorskip("no_such_package")\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files of tests, one of which needs a missing package, beside a copy of conftest.py."""
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "conftest.py", tmp_path)
    (tmp_path / "tests" / "allowed_skips.txt").write_text(LIST)
    (tmp_path / "test_one.py").write_text(TESTS)
    (tmp_path / "test_two.py").write_text(FILE)
    return tmp_path


def run(folder: Path, *options: str, ci: str = "1") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *options],
        cwd=folder,
        env={**environment, "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("processes", ["0", "2"])
def test_skips_that_are_not_listed_fail_the_run(processes: str, folder: Path) -> None:
    done = run(folder, "-n", processes)
    assert done.returncode == 1, done.stdout
    assert "test_one.py::test_unlisted: no time\n" in done.stdout
    assert "test_two.py: could not import 'no_such_package'" in done.stdout
    assert "test_one.py::test_listed" not in done.stdout
    assert "tests/allowed_skips.txt" in done.stdout


def test_listed_skips_pass(folder: Path) -> None:
    assert run(folder, "test_one.py::test_listed").returncode == 0


def test_outside_ci_any_skip_passes(folder: Path) -> None:
    assert run(folder, ci="").returncode == 0
