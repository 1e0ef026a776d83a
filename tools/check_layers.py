"""Check that no layer reaches past those it may use (ARCHITECTURE.md, "Layers").

Reads the #include lines of the C++ files and the imports of the Python files that git
knows (or would add), and prints `file:line: why; remedy` for each that breaks a rule.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from python_layers import reaches_up

DOOR = {"abi/verger.h"}
# Our folders that the files of a folder may include; each may include itself.
# Folders that are not listed (tests, bench) may include anything.
MAY_USE: dict[str, set[str]] = {
    "core/base": set(),
    "core/image": {"core/base"},
    "core/model": {"core/base", "core/image"},
    "core/extract": {"core/base", "core/image", "core/model"},
    "core/pca": {"core/base"},
    "core/runs": {"core/base"},
    "core/tune": {"core/base", "core/image", "core/model", "core/extract", "core/runs"},
    "core/classify": {"core/base", "core/pca"},
    "core/evaluate": {"core/base", "core/pca", "core/classify", "core/image", "core/runs"},
    "core/report": {"core/base", "core/image", "core/runs"},
    "core/search": {"core/base", "core/pca"},
    "abi": {
        "core/base",
        "core/image",
        "core/model",
        "core/extract",
        "core/pca",
        "core/runs",
        "core/tune",
        "core/classify",
        "core/evaluate",
        "core/report",
        "core/search",
    },
    "app": {"core/base", "core/classify", "core/image", "core/model", "core/extract"},
    "cli/base": DOOR,
    "cli/manual": set(),
    "cli/net": DOOR | {"cli/base"},
    "cli/storage": DOOR | {"cli/base", "cli/net"},
    "cli/photos": DOOR | {"cli/base", "cli/storage"},
    "cli/engine": DOOR | {"cli/base"},
    "cli/isolate": DOOR | {"cli/base"},
    "cli/tables": DOOR | {"cli/base", "cli/engine"},
    "cli/models": DOOR | {"cli/base", "cli/net"},
    "cli/runs": DOOR | {"cli/base", "cli/storage", "cli/photos", "cli/engine", "cli/tables"},
    "cli/app": DOOR | {"cli/base", "cli/storage", "cli/engine", "cli/tables", "cli/runs"},
    "cli/serve": DOOR | {"cli/base", "cli/storage", "cli/engine", "cli/runs", "cli/app/app_file.h"},
    "cli/commands": DOOR
    | {
        "cli/app",
        "cli/base",
        "cli/manual",
        "cli/storage",
        "cli/photos",
        "cli/engine",
        "cli/isolate",
        "cli/tables",
        "cli/models",
        "cli/runs",
        "cli/serve",
    },
    "cli": DOOR | {"cli/base", "cli/commands", "cli/isolate"},
}

ARROW = ("arrow/", "parquet/")
NETWORK = ("curl/", "sys/socket.h", "netdb.h")
FILES = ("filesystem", "fstream", "iostream", "cstdio", "stdio.h", "fcntl.h", "unistd.h")
SERVER = ("boost/",)
ENGINE = ("openvino/", "hwy/", "hdf5.h", "jpeglib.h", "png.h", "webp/", "Eigen/")


@dataclass(frozen=True)
class Ban:
    """Headers that the files of a folder may not include, and why."""

    folder: str
    headers: tuple[str, ...]
    why: str
    remedy: str
    holds_for_tests: bool = True
    allowed_in: str = ""  # a folder or file below that may include them


BANS = (
    Ban("core", ARROW, "core/ knows no Arrow", "batches become columns in abi/, files in cli/"),
    Ban("abi", ARROW, "only cli/ links Arrow C++", "use the C structs in abi/verger.h"),
    Ban("core", NETWORK, "core/ knows no network", "fetch in cli/ and hand the bytes over"),
    Ban("abi", NETWORK, "abi/ knows no network", "fetch in cli/ and hand the bytes over"),
    Ban(
        "core",
        FILES,
        "core/ knows no file and no stdout",
        "take bytes, return a Result, and leave reading and printing to cli/",
        holds_for_tests=False,
        allowed_in="core/model/network_package.cc",  # the library's own data
    ),
    Ban("cli", ENGINE, "cli/ computes nothing", "ask for it through abi/verger.h"),
    Ban("core", SERVER, "core/ knows no network", "listen in cli/serve"),
    Ban("abi", SERVER, "abi/ knows no network", "listen in cli/serve"),
    Ban(
        "cli",
        SERVER,
        "only cli/serve listens",
        "take the requests of cli/serve/message.h",
        allowed_in="cli/serve",
    ),
    Ban(
        "cli",
        NETWORK,
        "only cli/net knows the network",
        "send requests by cli/net/http.h",
        allowed_in="cli/net",
    ),
)

# Python packages that compute: python/ gets its numbers from libverger alone.
NOT_IN_PYTHON = {
    "openvino",
    "onnx",
    "onnxruntime",
    "tensorflow",
    "torch",
    "tools",
    "tests",
    "bench",
}
# Packages that one folder of python/ may import, and no file outside it: they may not be there.
ONLY_BELOW = {"pyspark": "python/verger/spark/", "verger.spark": "python/verger/spark/"}
ELSEWHERE = "the rest works where Spark is not"
# Packages whose names are modules: `from verger.runs import s3`.
PACKAGES = {"verger", "verger.runs"}
# What users install with the wheel is pyarrow, and nothing else.
NOT_INSTALLED = {"numpy", "pandas"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]')
# Headers that are installed side by side, and so include each other by their names.
PUBLIC = re.compile(r"verger(_[a-z]+)?\.h")
PUBLIC_FOLDERS = ("abi/", "tests/abi/released/")
OUR_FOLDERS = ("core/", "abi/", "app/", "cli/", "tests/", "bench/", "fuzz/")
CPP_ENDINGS = {".cc", ".h", ".c"}


@dataclass(frozen=True)
class Fault:
    """One line that reaches past its layer."""

    file: str
    line: int
    why: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.why}; {self.remedy}"


def folder_of(file: str) -> str:
    """Return the folder that the rules know `file` by: core/image, abi, cli/net, cli, ..."""
    parts = PurePosixPath(file).parts
    layered = parts[0] == "core" or (parts[0] == "cli" and len(parts) > 2)
    return "/".join(parts[:2]) if layered else parts[0]


def may_include(user: str, used: str) -> bool:
    """Tell whether a file of folder `user` may include our file `used`."""
    if user not in MAY_USE:
        return True
    allowed = MAY_USE[user] | {user}
    return used in allowed or folder_of(used) in allowed


def is_test(file: str) -> bool:
    """Tell whether `file` is a unit test standing beside the code, or a helper of one."""
    stem = PurePosixPath(file).stem
    return stem.endswith("_test") or stem.startswith("test_")


def ban_on(file: str, header: str, all_headers: set[str]) -> Ban | None:
    """Return the ban that `header` in `file` breaks, if any."""
    if header in ("cstdio", "stdio.h") and "jpeglib.h" in all_headers:
        return None  # jpeglib.h needs FILE declared before it
    for ban in BANS:
        if not file.startswith(ban.folder + "/") or (is_test(file) and not ban.holds_for_tests):
            continue
        if ban.allowed_in and f"{file}/".startswith(ban.allowed_in + "/"):
            continue
        if any(
            header == name or (name[-1] == "/" and header.startswith(name)) for name in ban.headers
        ):
            return ban
    return None


def check_cpp(root: Path, file: str) -> Iterator[Fault]:
    """Yield the faults in the #include lines of one C++ file."""
    lines = (root / file).read_text(encoding="utf-8").splitlines()
    includes = [(n, m[1], m[2]) for n, line in enumerate(lines, 1) if (m := INCLUDE.match(line))]
    headers = {header for _, _, header in includes}
    user = folder_of(file)
    for number, quote, header in includes:
        if not header.startswith(OUR_FOLDERS):
            beside = quote == '"' and (root / file).parent.joinpath(header).is_file()
            if (".." in header or beside) and not (
                file.startswith(PUBLIC_FOLDERS) and PUBLIC.fullmatch(header)
            ):
                remedy = "write its path from the root of the repository"
                yield Fault(file, number, f'"{header}" hides its layer', remedy)
            elif ban := ban_on(file, header, headers):
                yield Fault(file, number, f"{ban.why} (<{header}>)", ban.remedy)
        elif not may_include(user, header):
            allowed = ", ".join(sorted(MAY_USE[user])) or "no folder but itself"
            remedy = f"it may use {allowed}: move what both need there"
            yield Fault(file, number, f"{user} may not use {header}", remedy)


def check_python(root: Path, file: str) -> Iterator[Fault]:
    """Yield the faults in the imports of one Python file under python/."""
    for node in ast.walk(ast.parse((root / file).read_text(encoding="utf-8"), file)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
            if node.module in PACKAGES:
                names += [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            top = name.split(".")[0]
            why = f"python/ may not import {name}"
            if top in NOT_IN_PYTHON:
                yield Fault(file, node.lineno, why, "its numbers come from libverger, by ctypes")
            elif top in NOT_INSTALLED and not is_test(file):
                yield Fault(file, node.lineno, why, "the wheel brings pyarrow alone: use that")
            faults = [
                Fault(file, node.lineno, f"only {folder} may import {name}", ELSEWHERE)
                for package, folder in ONLY_BELOW.items()
                if f"{name}.".startswith(f"{package}.") and not file.startswith(folder)
            ]
            yield from faults
            if not faults and not is_test(file) and (upwards := reaches_up(file, name)):
                yield Fault(file, node.lineno, upwards, "move what both need to the lower layer")


def check(root: Path, files: list[str]) -> list[Fault]:
    """Return the faults in `files`, paths relative to `root`."""
    faults: list[Fault] = []
    for file in sorted(files):
        path = PurePosixPath(file)
        if path.suffix in CPP_ENDINGS:
            faults += check_cpp(root, file)
        elif path.suffix == ".py" and path.parts[0] == "python":
            faults += check_python(root, file)
    return faults


def our_files(root: Path) -> list[str]:
    """Return the files that git tracks or would add, and that are there."""
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return sorted({name for name in listed.split("\0") if name and (root / name).is_file()})


def main() -> int:
    """Check the repository that holds this file."""
    root = Path(__file__).resolve().parent.parent
    files = our_files(root)
    faults = check(root, files)
    for fault in faults:
        print(fault, file=sys.stderr)
    checked = sum(PurePosixPath(file).suffix in CPP_ENDINGS for file in files)
    print(f"check_layers: {checked} C++ files, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
