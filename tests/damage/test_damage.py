"""Every case of cases.json, by the program and by Python: both do what it says, and the same.

    {"name": ..., "before": [[OPERATION, NAME, ...], ...],
     COMMANDS: {"exit": ..., "says": [WORD, ...], "new": [NAME, ...], "gone": ..., "changed": ...}}

`before` is done to a good output; then each of COMMANDS is given to a copy of it: "verify", "show",
"forget" (of a photo that is not there, which opens the output for writing), "run" (the program's),
or several, one after the other, of which the last counts. Files that are not named stay the same.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from program import verger
from small_photos import plant, tiny_network

from .operations import OPERATIONS
from .shells import IN_PYTHON, Outcome, by_program, by_python

CASES = json.loads(Path(__file__).with_name("cases.json").read_text("utf-8"))
WORDS = ("name", "before")
Files = dict[str, bytes | str]


@pytest.fixture(scope="session")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder: `photos`, 24 good ones and an empty one; `network`; and `out`, in its version 2,
    with two parts of each kind."""
    folder = tmp_path_factory.mktemp("damage")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
            patch.setenv(name, str(folder))
        network = tiny_network(folder / "network")
        options: list[str | Path] = [
            "--model",
            network,
            "--preset",
            "torchvision",
            "--max-reject-rate",
            "1",
            "--no-report",
        ]
        photos = plant(folder / "photos", 20)
        (photos / "Label 1" / "empty.jpg").touch()
        verger("run", photos, folder / "out", *options)
        verger("run", plant(photos, 4, first=20), folder / "out", *options)
        yield folder


def files(out: Path) -> Files:
    """All that is not a folder: the bytes of files, the targets of links."""
    contents: Files = {}
    for path in out.rglob("*"):
        if path.is_symlink():
            contents[str(path.relative_to(out))] = os.readlink(path)
        elif path.is_file():
            contents[str(path.relative_to(out))] = path.read_bytes()
    return contents


def change(before: Files, after: Files) -> dict[str, list[str]]:
    """The names of files that are new, gone and changed."""
    both = before.keys() & after.keys()
    return {
        "new": sorted(after.keys() - before.keys()),
        "gone": sorted(before.keys() - after.keys()),
        "changed": sorted(name for name in both if before[name] != after[name]),
    }


def carry_out(shell: str, commands: list[str], out: Path, orchard: Path) -> Outcome:
    """What the last of the commands came to."""
    outcome: Outcome = (0, "")
    for command in commands:
        if shell == "Python" and command in IN_PYTHON:
            outcome = by_python(command, out)
        else:
            outcome = by_program(command, out, orchard / "photos", orchard / "network")
    return outcome


def runs() -> list[Any]:
    return [
        pytest.param(case, commands, id=f"{case['name']}: {commands}")
        for case in CASES
        for commands in case
        if commands not in WORDS
    ]


@pytest.mark.parametrize(("case", "commands"), runs())
def test_damage(case: dict[str, Any], commands: str, orchard: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    expected = {"says": [], "new": [], "gone": [], "changed": [], **case[commands]}
    steps = commands.split(", ")
    for shell in ["program", "Python"] if set(steps) & set(IN_PYTHON) else ["program"]:
        shutil.copytree(orchard / "out", out)  # with the times of its files
        for operation, *words in case["before"]:
            OPERATIONS[operation](out, *words)
        before = files(out)
        code, message = carry_out(shell, steps, out, orchard)
        assert code == expected["exit"], f"{shell}: {message}"
        assert [word for word in expected["says"] if word not in message] == [], (
            f"{shell}: {message}"
        )
        changes = change(before, files(out))
        assert changes == {kind: sorted(expected[kind]) for kind in changes}, f"{shell}: {message}"
        if code == 0 and "run" in steps:
            assert by_program("verify", out, out, out)[0] == 0
            assert by_python("verify", out) == (0, f"{out} is whole")
        shutil.rmtree(out)


def test_cases_are_many_and_differ() -> None:
    """A case that stands twice, or an operation that none has, says nothing."""
    befores = [json.dumps(case["before"]) for case in CASES]
    assert len(set(befores)) == len(befores) >= 25
    assert {step[0] for case in CASES for step in case["before"]} == OPERATIONS.keys()
