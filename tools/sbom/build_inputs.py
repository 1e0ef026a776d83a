"""What a build took in, by its own account: ninja's inputs, and the headers that it recorded.

Nothing is listed by hand, so that no library can be forgotten: what lies outside the checkout
belongs to a Debian package or to a pinned Python package, or there is no SBOM.
"""

import os
import subprocess
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
FIELDS = "${Package}\\t${source:Package}\\t${source:Version}\\t${Homepage}\\n"


class Refusal(Exception):
    """What is missing or unknown, and the remedy."""


class Package(NamedTuple):
    """An installed Debian package."""

    name: str
    source: str
    version: str  # of the source package
    website: str


def run(*command: str | Path, statuses: tuple[int, ...] = (0,)) -> str:
    """Return what a command prints. Errors: Refusal for a status that is none of `statuses`."""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise Refusal(f"an SBOM needs {command[0]}, which is missing: run 'make setup'") from error
    if ran.returncode not in statuses:
        raise Refusal(f"{command[0]} failed: {ran.stderr.strip()[:1000]}")
    return ran.stdout


def inputs_of(build: Path, target: str) -> set[Path]:
    """Return every file that `target` of a ninja build is made from, headers too, without links."""
    names = set(run("ninja", "-C", build, "-t", "inputs", target).splitlines())
    headers: set[str] = set()
    is_input = False
    for line in run("ninja", "-C", build, "-t", "deps").splitlines():
        if not line.startswith(" "):
            is_input = line.partition(": #deps ")[0] in names
        elif is_input:
            headers.add(line.strip())
    paths = {Path(os.path.realpath(build / name)) for name in names | headers}
    return {path for path in paths if path.is_file()}


def from_outside(paths: Iterable[Path]) -> list[Path]:
    """Return the paths, sorted, that are neither in the checkout nor of a Python package."""
    ours = [Path(os.path.realpath(folder)) for folder in (ROOT, sysconfig.get_path("purelib"))]
    return sorted(path for path in paths if not any(folder in path.parents for folder in ours))


def debian_packages(paths: Iterable[Path]) -> dict[Path, Package]:
    """Return the package of each file. Errors: Refusal for a file of none."""
    # Packages older than the merge of /lib into /usr/lib list their files where they were.
    spellings = {str(path): path for path in paths}
    spellings |= {text.removeprefix("/usr"): path for text, path in spellings.items()}
    if not spellings:
        return {}
    owners: dict[Path, str] = {}
    for line in run("dpkg-query", "--search", *sorted(spellings), statuses=(0, 1)).splitlines():
        names, _, path = line.rpartition(": ")
        if not names.startswith("diversion "):
            owners[spellings[path]] = names.split(",")[0].partition(":")[0]
    for unowned in sorted(set(spellings.values()) - owners.keys()):
        raise Refusal(f"{unowned} went into the build, but no Debian package has it: use apt's")
    packages = {package.name: package for package in describe(sorted(set(owners.values())))}
    return {path: packages[name] for path, name in owners.items()}


def describe(names: Iterable[str]) -> list[Package]:
    """Return the installed packages of these names."""
    lines = run("dpkg-query", "--show", f"--showformat={FIELDS}", *names).splitlines()
    return [Package(*line.split("\t")) for line in lines]
