"""verger.h is all that a caller includes; each header in it can also be included alone."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ABI = Path(__file__).resolve().parents[2] / "abi"
HEADERS = sorted(ABI.glob("verger*.h"))
MOST_LINES = 400


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: header.name)
@pytest.mark.parametrize("language", ["c", "c++"])
def test_it_can_be_included_alone(header: Path, language: str) -> None:
    command = ["cc", "-x", language, "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-"]
    source = f'#include "{header}"\n'
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_whole_includes_each_subject_and_declares_nothing() -> None:
    text = (ABI / "verger.h").read_text("utf-8")
    named = re.findall(r'^#include "(.*)"$', text, re.MULTILINE)
    assert named == [header.name for header in HEADERS if header.name != "verger.h"]
    assert "VERGER_EXPORT" not in text


def test_a_header_is_short() -> None:
    assert all(len(file.read_text("utf-8").splitlines()) <= MOST_LINES for file in HEADERS)
