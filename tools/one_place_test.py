"""Facts that stand in one place, where all that need them look, so that no two can differ."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from verger._version import VERSION

ROOT = Path(__file__).resolve().parent.parent
CODE = {".cc", ".h", ".c", ".S", ".py", ".js", ".cmake", ".sh", ".json"}
# Data, pins of other packages, and the headers of a release.
ELSEWHERE = ("bench/results/", "requirements/", "tests/golden/", "tests/abi/released/")

FACTS = {
    "the digest of ResNet-50": ("4d473c1dd8becc155b73f8504c6f6626", "core/model/sources.h"),
    "the version": (rf"(?<![\d.]){re.escape(VERSION)}(?![\d.])", "python/verger/_version.py"),
    "the vectors that no kernel is for": ("HWY_DISABLED_TARGETS", "cmake/VergerDependencies.cmake"),
}


def tracked() -> list[Path]:
    """The files that git knows, or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [name for name in listed.split("\0") if name and not name.startswith(ELSEWHERE)]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def is_code(file: Path) -> bool:
    return file.suffix in CODE or file.name == "CMakeLists.txt"


@pytest.mark.parametrize("fact", FACTS)
def test_it_stands_in_one_place(fact: str) -> None:
    pattern, place = FACTS[fact]
    files = [file for file in tracked() if is_code(file) and file != Path(__file__)]
    places = [file for file in files if re.search(pattern, file.read_text("utf-8", "replace"))]
    assert [str(file.relative_to(ROOT)) for file in places] == [place]


def test_the_pages_name_the_wheels_of_this_version() -> None:
    names: set[str] = set()
    for file in tracked():
        if file.suffix == ".md":
            names.update(re.findall(r"verger(?:_networks)?-(\d+(?:\.\d+)+)-py3", file.read_text()))
    assert names == {VERSION}


def test_the_changelog_begins_with_this_version() -> None:
    first = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert first
    assert first[1] == VERSION
