"""Write the tables of options in docs/ from what --help says.

A table stands between two comments; the first names a command and a heading of its help:

    <!-- options of verger serve: Limits -->
    <!-- end of options -->

The help is that of tests/cli/expected, which tests/cli/test_help.py compares with the program.

    python tools/option_tables.py [--check]
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HELP = ROOT / "tests" / "cli" / "expected"
COLUMN = 34  # where the help's descriptions begin
BLOCK = re.compile(
    r"(?P<begin><!-- options of verger (?P<command>[\w -]+?): (?P<heading>.+?) -->\n)"
    r".*?(?P<end><!-- end of options -->)",
    re.DOTALL,
)
NAMES = r"(?:-\w,)?--[\w-]+"
TYPE = r" [A-Z]+(?::(?:\{[^}]*\}|[A-Z]+(?: in \[[^]]*\])?))?"
# An option as the help begins it: -m,--model TEXT:{a,b}=a ... REQUIRED Excludes: --other
OPTION = re.compile(
    rf"  (?P<names>{NAMES})(?:{TYPE}(?:=(?P<default>\S+))?)?"
    r"(?: \.\.\.)?(?: REQUIRED)?(?: Needs:(?: --[\w-]+)+)?(?: Excludes:(?: --[\w-]+)+)?"
)


@dataclass
class Option:
    """An option of a command, as its help has it."""

    name: str  # the long one
    default: str  # "" without one
    meaning: str


def options_of(text: str, heading: str) -> list[Option]:
    """Return the options under a heading of a help text."""
    _, _, section = text.partition(f"\n{heading}:\n")
    options: list[Option] = []
    for line in section.split("\n\n", 1)[0].splitlines():
        if not line.startswith("  -"):  # a description goes on
            options[-1].meaning = f"{options[-1].meaning} {line.strip()}".strip()
            continue
        left, right = line[:COLUMN], line[COLUMN:]
        if OPTION.fullmatch(line):  # too long to have its description beside it
            left, right = line, ""
        match = OPTION.fullmatch(left.rstrip())
        if match is None:
            raise ValueError(f"not the line of an option: {line!r}")
        name = match["names"].split(",")[-1]
        options.append(Option(name, match["default"] or "", right))
    return options


def cell(text: str) -> str:
    """Return a text as a cell of a table."""
    return text.replace("|", "\\|")


def table_of(options: list[Option]) -> str:
    """Return a table in Markdown; it has a column of defaults if an option has one."""
    columns = ["option", "default", "meaning"]
    rows = [[f"`{each.name}`", each.default, cell(each.meaning)] for each in options]
    if not any(each.default for each in options):
        columns, rows = ["option", "meaning"], [[row[0], row[2]] for row in rows]
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def with_tables(page: str) -> str:
    """Return a page whose tables are those of the help. Errors: ValueError names the block."""

    def block(match: re.Match[str]) -> str:
        file = HELP / f"help-{match['command'].replace(' ', '-')}.txt"
        options = options_of(file.read_text(), match["heading"]) if file.is_file() else []
        if not options:
            raise ValueError(
                f"verger {match['command']} has no options under '{match['heading']}': see {HELP}"
            )
        return match["begin"] + table_of(options) + match["end"]

    return BLOCK.sub(block, page)


def main() -> int:
    """Write the tables, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; 1 if a page differs")
    check = parser.parse_args().check
    different = []
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]:
        text = page.read_text(encoding="utf-8")
        if (new := with_tables(text)) != text:
            different.append(page.relative_to(ROOT))
            if not check:
                page.write_text(new, encoding="utf-8")
    for name in different:
        remedy = "run 'python tools/option_tables.py'" if check else "written"
        print(f"{name}: its tables of options differ from --help: {remedy}", file=sys.stderr)
    return 1 if check and different else 0


if __name__ == "__main__":
    sys.exit(main())
