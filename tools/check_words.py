"""Check that names and prose are plain technical English.

Prints `file:line: word; remedy` for each identifier that is a bare participle (`found`, `kept`):
name the thing instead (`match`, `rows`). And for each phrase of PHRASES in comments, docstrings,
messages and documents.

    python tools/check_words.py [--count] [PATH ...]
"""

from __future__ import annotations

import argparse
import collections
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PARTICIPLES = frozenset(
    ("found", "held", "given", "wanted", "shown", "asked", "told", "said")
    + ("taken", "kept", "made", "seen", "gone", "lent", "chosen")
)
NAME_REMEDY = "name the thing, not what happened to it"

# What a reader has to read twice, and what to write.
PHRASES: dict[str, str] = {
    r"\banew\b": "write 'again' or 'from scratch'",
    r"\bof (theirs|ours|yours)\b": "write 'their', 'our', 'your'",
    r"\blent\b": "write 'borrowed' or 'exported'",
    r"\btold\b": "write 'passed', 'reported', 'detected' or 'distinguished'",
    r"\b(is|are|was|were|be|been|being) said\b": "write 'is reported', 'is printed', 'is stated'",
    r"\bsaid (of|so|to|by|in|on)\b": "write 'reported', 'stated'",
    r"\bat one'?s? hand\b": "write 'available'",
    r"\bhanded (on|over|out)\b": "write 'passed', 'returned'",
    r"\bin other people's\b": "write 'in other',",
    r"\bother people's\b": "write 'third-party' or 'other'",
    r"\bwhoever\b": "write who: 'the caller', 'the user'",
    r"\bto be had\b": "write 'available'",
}
PROSE = re.compile("|".join(f"(?:{pattern})" for pattern in PHRASES), re.IGNORECASE)

CPP = {".cc", ".h", ".c"}
# Quotations, data, names of an older build, and this file.
EXEMPT = (
    "findings/",
    "tests/golden/",
    "tests/abi/released/",
    "tools/check_words",
    "bench/results/",
    "bench/scale/driver.py",
    "bench/scale/plan_before.cc",
    "LICENSE",
)
STRING_OR_COMMENT = re.compile(
    r'R"(?P<mark>[^()\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|//[^\n]*|/\*.*?\*/',
    re.DOTALL,
)
IDENTIFIER = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Finding:
    """One word to replace."""

    file: str
    line: int
    word: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.word}; {self.remedy}"


def is_participle(identifier: str) -> bool:
    """Whether a name is a participle and nothing else: found, found_, kFound, Found."""
    bare = identifier.strip("_")
    if re.fullmatch(r"k[A-Z][a-z]+", bare):
        bare = bare[1:]
    return bare.lower() in PARTICIPLES and (bare.islower() or bare.istitle())


def cpp_identifiers(text: str) -> Iterator[tuple[int, str]]:
    """Line and name of each identifier outside comments, strings and includes."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match[0])

    for number, line in enumerate(STRING_OR_COMMENT.sub(blank, text).split("\n"), 1):
        if not line.lstrip().startswith("#"):
            for match in IDENTIFIER.finditer(line):
                yield number, match[0]


def python_identifiers(text: str) -> Iterator[tuple[int, str]]:
    """Line and name of each identifier."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME:
            yield token.start[0], token.string


def findings_of(file: str, text: str) -> Iterator[Finding]:
    """What a reader would stumble over in one file."""
    suffix = Path(file).suffix
    names: Iterator[tuple[int, str]] = iter(())
    if suffix in CPP:
        names = cpp_identifiers(text)
    elif suffix == ".py":
        names = python_identifiers(text)
    for line, name in names:
        if is_participle(name):
            yield Finding(file, line, name, NAME_REMEDY)
    for number, line_text in enumerate(text.split("\n"), 1):
        for match in PROSE.finditer(line_text):
            remedy = next(
                remedy for phrase, remedy in PHRASES.items() if re.search(phrase, match[0], re.I)
            )
            yield Finding(file, number, f"'{match[0]}'", remedy)


def our_files(paths: list[str]) -> list[str]:
    """Texts that git knows or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    endings = CPP | {
        ".py",
        ".md",
        ".sh",
        ".js",
        ".html",
        ".css",
        ".yaml",
        ".ipynb",
        ".txt",
        ".cmake",
        ".in",
    }
    return sorted(
        file
        for file in set(output.split("\0"))
        if Path(file).suffix in endings and not file.startswith(EXEMPT) and Path(file).is_file()
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("paths", nargs="*", help="files or folders; by default all")
    parser.add_argument("--count", action="store_true", help="numbers by word and by folder")
    options = parser.parse_args(arguments)
    findings = [
        finding
        for file in our_files(options.paths)
        for finding in findings_of(file, Path(file).read_text(encoding="utf-8"))
    ]
    if options.count:
        words = collections.Counter(finding.word.strip("'_").lower() for finding in findings)
        folders = collections.Counter("/".join(f.file.split("/")[:2]) for f in findings)
        for counter in (words, folders):
            print("  ".join(f"{name} {count}" for name, count in counter.most_common()))
        print(len(findings))
    else:
        for finding in findings:
            print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
