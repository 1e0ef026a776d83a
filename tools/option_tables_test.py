"""The tables of options in docs/ are those of --help."""

import re

import pytest
from option_tables import HELP, ROOT, Option, options_of, table_of, with_tables

TEXT = """\
Serve OUT
Usage: verger serve [OPTIONS] OUT

Options:
  -h,--help                       Print this help message and exit
  -m,--model TEXT:{a,b}=a Excludes: --other
                                  A long one; Excludes: is
                                  in its help
  --threads INT:INT in [1 - 1024] Number of threads


Limits:
  --queue INT=4 ...               One | two

Examples:
  verger serve out
"""


def test_reads_a_help_text() -> None:
    assert options_of(TEXT, "Options") == [
        Option("--help", "", "Print this help message and exit"),
        Option("--model", "a", "A long one; Excludes: is in its help"),
        Option("--threads", "", "Number of threads"),
    ]
    assert options_of(TEXT, "Limits") == [Option("--queue", "4", "One | two")]


def test_reads_every_help_text() -> None:
    for file in HELP.glob("help*.txt"):
        text = file.read_text()
        headings = re.findall(r"^(\S.*):\n(?=  -)", text, re.M)
        names = [option.name for heading in headings for option in options_of(text, heading)]
        assert names == re.findall(r"^  (?:-\w,)?(--[\w-]+)", text, re.M), file.name


def test_a_column_of_defaults_only_where_there_are_some() -> None:
    option = Option("--queue", "4", "One | two")
    assert table_of([option]) == (
        "| option | default | meaning |\n| --- | --- | --- |\n| `--queue` | 4 | One \\| two |\n"
    )
    option.default = ""
    assert table_of([option]).startswith("| option | meaning |\n")


def test_refuses_a_heading_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="verger serve has no options under 'Nothing'"):
        with_tables("<!-- options of verger serve: Nothing -->\n<!-- end of options -->")


def test_pages_equal_the_help() -> None:
    tables = 0
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("**/*.md")]:
        text = page.read_text(encoding="utf-8")
        assert with_tables(text) == text, f"{page}: run 'python tools/option_tables.py'"
        tables += text.count("<!-- options of verger ")
    assert tables
