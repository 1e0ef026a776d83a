"""Lock requirements/NAME.in as requirements/NAME.txt: every package, by version and hashes.

    lock_requirements.py [NAME...]        by default all; `make lock`. Needs uv, of lint.in
    lock_requirements.py --check          only compare both files, without the network

A version that NAME.txt has and NAME.in allows stays: delete it from NAME.txt to get the newest.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
FIRST = ("build", "test")  # constraints of others
# Lists that are whole as they are, without some packages that theirs ask for.
WHOLE = ("pixels", "pythons", "readers", "spark-notebooks")
COMMON = ("--generate-hashes", "--no-header", "--no-strip-extras", "--quiet")
DEBIAN_12 = ("--python-version=3.11", "--python-platform=x86_64-manylinux_2_36")
EVERY_PYTHON = ("--python-version=3.9", "--universal")
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)", re.MULTILINE)


def lock(name: str) -> None:
    """Write NAME.txt. Errors: subprocess.CalledProcessError, after uv's own message."""
    source, locked = FOLDER / f"{name}.in", FOLDER / f"{name}.txt"
    options = [*COMMON, *(EVERY_PYTHON if name == "pythons" else DEBIAN_12)]
    if name in WHOLE:
        options.append("--no-deps")
    uv = [sys.executable, "-m", "uv", "pip", "compile", *options]
    command = [*uv, source.name, "--output-file", locked.name]
    subprocess.run(command, cwd=FOLDER, check=True, stdout=subprocess.DEVNULL)
    text = f"# Of {source.name}, by `make lock`.\n" + locked.read_text(encoding="utf-8")
    locked.write_text(text, encoding="utf-8")


def normal(name: str) -> str:
    """Return a package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def entries(text: str) -> list[str]:
    """Return each requirement of a locked file with its lines of hashes, without comments."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return re.findall(r"^\S.*(?:\n\s+.*)*", "\n".join(lines), re.MULTILINE)


def faults_of(name: str) -> Iterator[str]:
    """Yield where NAME.txt is no lock of NAME.in."""
    source, locked = FOLDER / f"{name}.in", FOLDER / f"{name}.txt"
    if not locked.is_file() or not source.is_file():
        yield f"requirements/{name} lacks its .in or its .txt; run 'make lock'"
        return
    text = locked.read_text(encoding="utf-8")
    pins = {(normal(package), version) for package, version in PIN.findall(text)}
    for package, version in PIN.findall(source.read_text(encoding="utf-8")):
        if (normal(package), version) not in pins:
            yield f"{locked.name} has no {package}=={version} of {source.name}; run 'make lock'"
    for entry in entries(text):
        if not PIN.match(entry):
            yield f"{locked.name}: {entry.splitlines()[0]} is no pinned version; run 'make lock'"
        elif "--hash=sha256:" not in entry:
            yield f"{locked.name}: {entry.split()[0]} has no hash; run 'make lock'"
    if "://" in text:
        yield f"{locked.name} names a host, but any mirror must do; run 'make lock'"


def main() -> int:
    """Lock or check the files that the command line names."""
    names = sorted({file.stem for pattern in ("*.in", "*.txt") for file in FOLDER.glob(pattern)})
    if sys.argv[1:] == ["--check"]:
        faults = [fault for name in names for fault in faults_of(name)]
        for fault in faults:
            print(f"requirements/{fault}", file=sys.stderr)
        print(f"lock_requirements: {len(names)} files, {len(faults)} faults")
        return 1 if faults else 0
    arguments = sys.argv[1:] or [*FIRST, *(name for name in names if name not in FIRST)]
    if unknown := set(arguments) - set(names):
        print(f"lock_requirements: no requirements/{min(unknown)}.in", file=sys.stderr)
        return 2
    for name in arguments:
        print(f"lock_requirements: {name}")
        lock(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
