"""What a build took in, by its own account: ninja's inputs, and the headers that it recorded.

Nothing is listed by hand, so that no library can be forgotten: what lies outside the checkout
belongs to a Debian package or to a pinned Python package, or there is no SBOM.
"""

import os
import subprocess
import sysconfig
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
ARM64 = Path(os.path.realpath(ROOT / ".cache" / "arm64"))  # by tools/setup_arm64.sh
# Where Debian's packages are: of the processor that a build is for, and of this machine.
SYSTEMS = (ARM64 / "root", Path("/"))
# Libraries built from the source of an installed Debian package (tools/build_curl.sh), by their folders.
CURL = (Path(os.path.realpath(ROOT / ".cache" / "curl")), ARM64 / "curl")
BUILT = dict.fromkeys(CURL, "libcurl4-openssl-dev")
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
    """Return the paths, sorted, that are neither of the checkout nor of a Python package."""
    ours = [Path(os.path.realpath(folder)) for folder in (ROOT, sysconfig.get_path("purelib"))]
    return sorted(
        path
        for path in paths
        if built_from(path)
        or SYSTEMS[0] in path.parents
        or not any(folder in path.parents for folder in ours)
    )


def built_from(path: Path) -> str:
    """Return the Debian package of whose source `path` was built here; empty if of none."""
    return next((name for folder, name in BUILT.items() if folder in path.parents), "")


def place_of(path: Path) -> str:
    """Return where the file would be on a system of the build's processor."""
    return f"/{path.relative_to(next(system for system in SYSTEMS if system in path.parents))}"


def debian_packages(paths: Collection[Path]) -> dict[Path, Package]:
    """Return the package of each file. Errors: Refusal for a file of none."""
    packages: dict[Path, Package] = {}
    left = set(paths)
    for system in SYSTEMS:
        its = {path for path in left if system in path.parents}
        packages |= packages_of(its, system)
        left -= its
    return packages


def packages_of(paths: Collection[Path], system: Path) -> dict[Path, Package]:
    """Return the package of each file below `system`, by the database of dpkg there."""
    owners = {path: name for path in paths if (name := built_from(path))}
    # Packages older than the merge of /lib into /usr/lib list their files where they were.
    spellings = {place_of(path): path for path in paths if path not in owners}
    spellings |= {text.removeprefix("/usr"): path for text, path in spellings.items()}
    query: tuple[str | Path, ...] = ("dpkg-query", "--admindir", system / "var" / "lib" / "dpkg")
    search = (*query, "--search", *sorted(spellings))
    for line in run(*search, statuses=(0, 1)).splitlines() if spellings else []:
        names, _, path = line.rpartition(": ")
        if not names.startswith("diversion "):
            owners[spellings[path]] = names.split(",")[0].partition(":")[0]
    for unowned in sorted(set(spellings.values()) - owners.keys()):
        raise Refusal(f"{unowned} went into the build, but no Debian package has it: use apt's")
    if not owners:
        return {}
    lines = run(*query, "--show", f"--showformat={FIELDS}", *sorted(set(owners.values())))
    packages = {line.partition("\t")[0]: Package(*line.split("\t")) for line in lines.splitlines()}
    return {path: packages[name] for path, name in owners.items()}
