"""The check of names and prose finds what is planted, and lets plain English pass."""

from __future__ import annotations

import pytest
from check_words import findings_of, main


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("a.cc", "int found = kWanted + kept_;", ["found", "kWanted", "kept_"]),
        ("a.cc", 'Log("found"); // found\nint kept_rows = sorted;', []),
        ("a.cc", '#include "core/report/wanted.h"\nR"(int found)";', []),
        ("a.py", "found = told = 1  # found\nkept_rows = {'kept': 1}", ["found", "told", "'told'"]),
        ("a.md", "The build is made anew. Found 3 rows.", ["'anew'"]),
        (
            "a.md",
            "It is said twice,\nand a friend of ours was told.",
            ["'is said'", "'of ours'", "'told'"],
        ),
        ("a.py", "'Whoever reads it'", ["'Whoever'"]),
        ("a.cc", "// Returns the rows. It was foretold; unsaid.", []),
    ],
)
def test_it_finds_bare_participles_and_dialect(file: str, text: str, words: list[str]) -> None:
    assert {finding.word for finding in findings_of(file, text)} == set(words)


def test_a_finding_names_its_line_and_the_remedy() -> None:
    (finding,) = findings_of("a.md", "One.\nMade anew.")
    assert str(finding) == "a.md:2: 'anew'; write 'again' or 'from scratch'"


def test_this_repository_passes() -> None:
    assert main([]) == 0
