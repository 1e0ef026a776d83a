"""The blocks of README.md and docs/, and the commands in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from program import ROOT

PAGES = ["README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
ELSEWHERE = Path(__file__).parent / "documented_elsewhere.txt"
COMMANDS = ("", "sh")  # languages of blocks of commands; others: text, python, sql, js, nginx


def blocks(page: str) -> list[tuple[str, str]]:
    """Language and text of each fenced block of a page."""
    text = (ROOT / page).read_text("utf-8")
    return re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)


def commands(page: str) -> list[str]:
    """Each command of a page, as written; one that continues on the next line is one."""
    text = "".join(text for language, text in blocks(page) if language in COMMANDS)
    lines = re.sub(r"\\\n *", "", text).splitlines()
    return [line for line in lines if line.strip()]


def without_comment(command: str) -> str:
    """A command without the comment behind it."""
    return re.sub(r"\s+#\s.*", "", command)


@dataclass(frozen=True)
class Elsewhere:
    """Commands of a page that run somewhere else, or cannot run at all."""

    page: str
    pattern: str
    where: str  # a file of tests, or "nowhere"
    why: str

    def covers(self, page: str, command: str) -> bool:
        """Whether this is about a command."""
        return page == self.page and fnmatchcase(without_comment(command), self.pattern)


def elsewhere() -> list[Elsewhere]:
    """The lines of documented_elsewhere.txt."""
    lines = [
        line for line in ELSEWHERE.read_text("utf-8").splitlines() if line[:1] not in ("", "#")
    ]
    return [Elsewhere(*(field.strip() for field in line.split(" | "))) for line in lines]


def runnable(page: str) -> list[str]:
    """The commands of a page that run here."""
    covered = elsewhere()
    return [
        command
        for command in commands(page)
        if not any(each.covers(page, command) for each in covered)
    ]
