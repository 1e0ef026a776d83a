"""Programs of the last release run with today's libverger.so: `released/` holds its headers.

Two small libraries are made, of what the headers of the release declare and of what today's do, and
libabigail's abidiff compares them: a function may be added, and so may an option at the end of a
struct that starts with its size; nothing may be removed, moved or take another type. That the real
library exports what today's headers declare is exports_test.cmake's to check.

`make record-abi` makes today's headers those of the release.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RELEASED = HERE / "released" / "abi"
LIBRARY = Path(os.environ.get("VERGER_BUILD", ROOT / "build")) / "lib" / "libverger.so"
C = ["cc", "-std=c11", "-Wall", "-Wextra", "-Werror"]

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
DECLARATION = re.compile(r"^VERGER_EXPORT ([^;]*);", re.MULTILINE)
SIZED_STRUCT = re.compile(r"^typedef struct (\w+) \{\s*size_t struct_size;", re.MULTILINE)


def texts_of(headers: Path) -> str:
    """All headers of a folder, without comments."""
    files = sorted(headers.glob("verger*.h"))
    assert files, f"no headers in {headers}"
    return COMMENT.sub("", "\n".join(file.read_text("utf-8") for file in files))


def image_of(headers: Path, folder: Path) -> Path:
    """A library with debug information that exports what the headers declare, and does nothing."""
    functions = DECLARATION.findall(texts_of(headers))
    assert len(functions) > 100, f"only {len(functions)} declarations in {headers}"
    folder.mkdir()
    source, library = folder / "image.c", folder / "libverger.so"
    bodies = (f"VERGER_EXPORT {function} {{ __builtin_trap(); }}" for function in functions)
    source.write_text("\n".join(['#include "verger.h"', *bodies, ""]), "utf-8")
    options = ["-g", "-shared", "-fPIC", "-Wno-unused-parameter", f"-I{headers}"]
    subprocess.run([*C, *options, "-o", library, source], check=True)
    return library


def changes(before: Path, after: Path, folder: Path) -> str:
    """What a program of the headers `before` would trip over; "" if it runs."""
    abidiff = shutil.which("abidiff")
    assert abidiff, "there is no abidiff: run tools/setup.sh test (Debian's abigail-tools)"
    sized = SIZED_STRUCT.findall(texts_of(before))
    rules = folder / "allowed"
    rules.write_text(
        "[suppress_type]\n  type_kind = struct\n  has_data_member_inserted_at = end\n"
        f"  name_regexp = ^({'|'.join(sized)})$\n"
    )
    images = image_of(before, folder / "before"), image_of(after, folder / "after")
    command: list[str | Path] = [abidiff, "--no-added-syms", "--suppressions", rules, *images]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def test_nothing_of_the_release_is_removed_or_moved(tmp_path: Path) -> None:
    report = changes(RELEASED, ROOT / "abi", tmp_path)
    assert not report, f"programs of the last release break; put back what is named:\n{report}"


def test_a_program_of_the_release_runs(tmp_path: Path) -> None:
    program = tmp_path / "program"
    sources = [HERE / name for name in ("released_program.c", "arrow_build.c", "check.c")]
    folders = [f"-I{RELEASED.parent}", f"-I{ROOT}"]
    library = [str(LIBRARY), f"-Wl,-rpath,{LIBRARY.parent}"]
    subprocess.run([*C, *folders, "-o", program, *sources, *library], check=True)
    done = subprocess.run([program], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


VERSION = "VERGER_EXPORT const char* verger_version(void);\n"
OPTIONS = "typedef struct verger_pca_options {\n  size_t struct_size;\n"
LAST_OPTION = "\n} verger_pca_options;"
BYTES = "  size_t size;\n} verger_bytes;"
EDITS = {
    "nothing": (VERSION, VERSION, ""),
    "a function is added": (VERSION, VERSION + "VERGER_EXPORT int verger_new(void);\n", ""),
    "an option is added": (LAST_OPTION, "\n  int32_t added;" + LAST_OPTION, ""),
    "a function is removed": (VERSION, "", "verger_version"),
    "an argument is added": (
        VERSION,
        VERSION.replace("void", "int which"),
        "function const char* verger_version",
    ),
    "an option is moved": (OPTIONS, OPTIONS + "  int32_t added;\n", "verger_pca_options"),
    "a plain struct grows": (
        BYTES,
        "  size_t size;\n  int owner;\n} verger_bytes;",
        "verger_bytes",
    ),
    "a status has another value": ("VERGER_INTERNAL = 2", "VERGER_INTERNAL = 3", "VERGER_INTERNAL"),
}


@pytest.mark.parametrize("name", EDITS)
def test_the_comparison_sees(name: str, tmp_path: Path) -> None:
    before, after, part = EDITS[name]
    edited = tmp_path / "headers"
    shutil.copytree(RELEASED, edited)
    [header] = (file for file in edited.glob("verger*.h") if before in file.read_text("utf-8"))
    text = header.read_text("utf-8")
    assert text.count(before) == 1
    header.write_text(text.replace(before, after), "utf-8")
    report = changes(RELEASED, edited, tmp_path)
    assert bool(report) == bool(part), report
    assert part in report
