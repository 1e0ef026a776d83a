"""Check that binaries load where the wheel promises to: from their processor's oldest system on.

    check_binaries.py FILE...        a library, or a wheel: then all binaries inside

Prints `file: fault; remedy` for each rule that one breaks. objdump (binutils) reads them.
"""

import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from processors import Processor, processor_of

# What manylinux finds on every system, and we use, beside the loader. All else comes along.
SYSTEM = {
    "libc.so.6",
    "libdl.so.2",
    "libgcc_s.so.1",
    "libm.so.6",
    "libpthread.so.0",
    "librt.so.1",
    "libstdc++.so.6",
}

OURS = "libverger.so"
PROGRAM = "verger/bin/verger"
# Where the program finds our libraries and pyarrow's: cmake/VergerInstall.cmake.
PROGRAM_PATH = "$ORIGIN/../lib:$ORIGIN/../../pyarrow:$ORIGIN/../../../.."
ARROW = re.compile(r"lib(arrow|parquet)\.so\.[0-9]+")
VERSION = re.compile(r"([A-Z]+)_([A-Z0-9_.]+)")
# Lines of objdump -T (address, flags, section, size, version, name) and of objdump -p. Local
# symbols, such as the sections that ARM's linker lists, are no exports.
SYMBOL = re.compile(r"^[0-9a-f]+ [^l].{6} (\S+)\t[0-9a-f]+ +(?:(\S+) +)?(\S+)$", re.MULTILINE)
REFERENCE = re.compile(r"^    0x[0-9a-f]+ 0x[0-9a-f]+ [0-9]+ (\S+)$", re.MULTILINE)
DYNAMIC = re.compile(r"^  (NEEDED|RPATH|RUNPATH) +(\S+)$", re.MULTILINE)


def newest_for(version: str, processor: Processor) -> str | None:
    """Return what may stand instead of `version`, as GLIBC_2.36, or None if it may stand itself."""
    match = VERSION.fullmatch(version)
    if not match or match[1] not in processor.newest:
        return None
    newest = processor.newest[match[1]]
    # GLIBC_PRIVATE and GLIBC_ABI_DT_RELR are no numbers, and no system's promise.
    is_number = re.fullmatch(r"[0-9.]+", match[2])
    if is_number and numbers(match[2]) <= numbers(newest):
        return None
    return f"{match[1]}_{newest}"


def numbers(version: str) -> list[int]:
    """Return 2.34 as [2, 34], which compares as versions do."""
    return [int(number) for number in version.split(".")]


def faults_in(library: Path, beside: set[str], run_path: str = "$ORIGIN") -> Iterator[str]:
    """Yield the rules that `library` breaks; `beside` names the files that `run_path` finds."""
    ran = subprocess.run(
        ["objdump", "-p", "-T", library], check=False, capture_output=True, text=True
    )
    dump = ran.stdout
    if ran.returncode != 0:
        yield f"cannot be read ({ran.stderr.strip()}); is it a whole shared library?"
        return
    processor = processor_of(library.read_bytes())
    if not processor:
        yield "is for a processor without wheels; tools/processors.py has those with"
        return

    wants = {}  # a version: the symbol that asks for it
    exports = set()
    for section, version, name in SYMBOL.findall(dump):
        if section == "*UND*":
            wants[version.strip("()")] = name
        elif section != "*ABS*":
            exports.add(name)
    if library.name == OURS:
        ours = {name for name in exports if name.startswith("verger_")}
        if not ours:
            yield "exports no verger_*; is it our library?"
        for name in sorted(exports - ours):
            yield f"exports {name}; only verger_* may leave it: see abi/libverger.map"

    for version in sorted(set(REFERENCE.findall(dump))):
        if newest := newest_for(version, processor):
            name = wants.get(version, "it")
            yield f"{name} needs {version}, newer than {newest}; do without it, or link it in"

    for key, value in DYNAMIC.findall(dump):
        if key == "NEEDED" and value not in SYSTEM | beside | {processor.loader}:
            yield f"needs {value}; link it in, or put it beside in cmake/VergerInstall.cmake"
        if key != "NEEDED" and value != run_path:
            yield f"has {key} {value}; only {run_path} is there on every machine"


def program_faults(program: Path) -> Iterator[str]:
    """Yield the rules that the wheel's program breaks: it may need libraries of pyarrow, too."""
    beside = {path.name for path in (program.parents[1] / "lib").glob("*")}
    for fault in faults_in(program, beside, PROGRAM_PATH):
        needed = re.match(r"needs (\S+);", fault)
        if not needed or not ARROW.fullmatch(needed[1]):
            yield fault


def check(file: Path) -> Iterator[str]:
    """Yield the faults of a library, or of all binaries in a wheel, each with the file's name."""
    with tempfile.TemporaryDirectory() as scratch:
        if file.suffix == ".whl":
            with zipfile.ZipFile(file) as wheel:
                names = [name for name in wheel.namelist() if ".so" in Path(name).name]
                libraries = [Path(wheel.extract(name, scratch)) for name in names]
                for name in sorted({*names, PROGRAM} & set(wheel.namelist())):
                    processor = processor_of(wheel.read(name))
                    if processor and not file.name.endswith(f"-{processor.tag}.whl"):
                        yield f"{name}: is not for the processor of {file.name}; build it for that"
                if PROGRAM in wheel.namelist():
                    program = Path(wheel.extract(PROGRAM, scratch))
                    for fault in program_faults(program):
                        yield f"{PROGRAM}: {fault}"
                else:
                    yield f"{file.name}: holds no {PROGRAM}"
            if OURS not in {library.name for library in libraries}:
                yield f"{file.name}: holds no {OURS}"
        else:
            libraries = [file]
        for library in libraries:
            beside = {path.name for path in library.parent.iterdir()}
            for fault in faults_in(library, beside):
                yield f"{library.name}: {fault}"


def main() -> int:
    """Check the files that the command line names."""
    files = [Path(argument) for argument in sys.argv[1:]]
    if not files:
        print("usage: check_binaries.py FILE...   libraries or wheels", file=sys.stderr)
        return 2
    faults = [fault for file in files for fault in check(file)]
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"check_binaries: {len(files)} files, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
