"""`verger-cloud complete-words`, which the completions of the program call for `verger cloud`."""

from __future__ import annotations

import pytest
from verger.cloud.command_line import COMMANDS
from verger.cloud.main import main


def lines(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[str, list[str]]:
    """The kind of names, and the candidates."""
    assert main(["complete-words", *words]) == 0
    names, *rest = capsys.readouterr().out.splitlines()
    return names, [line.partition("\t")[0] for line in rest]


def test_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, "") == ("words", list(COMMANDS))
    assert lines(capsys, "res") == ("words", ["resize"])


def test_a_candidate_has_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    main(["complete-words", "pl"])
    name, _, text = capsys.readouterr().out.splitlines()[1].partition("\t")
    assert name == "plan"
    assert text


def test_options_that_are_not_there_yet(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, "plan", "--no") == ("words", ["--no-requests"])
    assert lines(capsys, "plan", "--no-requests", "--no") == ("words", [])
    assert "--settings" in lines(capsys, "plan", "-")[1]


def test_values(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, "plan", "--settings", "") == ("files", [])
    assert lines(capsys, "plan", "--settings=v") == ("files", [])
    assert lines(capsys, "plan", "--region", "eu") == ("words", [])
    pages = lines(capsys, "ui", "")[1]
    assert pages
    assert lines(capsys, "ui", pages[0][:-1])[1] == [pages[0]]


def test_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, "plan", "s3://a", "s3://b", "s3://c", "") == ("words", [])
    assert lines(capsys, "plan", "--no-such=") == ("words", [])
