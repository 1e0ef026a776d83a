"""Languages, time zones and clocks that a run must not depend on."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

# Of Debian's libfaketime: what a program reads of the clock, but not of files' times.
FAKE_CLOCKS = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
LOCALES = ("de_DE", "tr_TR", "hi_IN")  # decimal commas, two kinds of i, other digit groups
ZONES = ("Pacific/Kiritimati", "America/St_Johns", "XXX+23:59:59", "no zone")
CLOCKS = ("@1971-01-01 00:00:00", "+40y", "-20y x10")


def language(name: str, folder: Path) -> dict[str, str]:
    """The environment of a person who has set up this language.

    Compiles its locale into `folder`, for a small system has none.
    """
    text = f"{name}.UTF-8"
    if not (folder / text).exists():
        folder.mkdir(exist_ok=True)
        command = ["localedef", "--no-archive", "-i", name, "-f", "UTF-8", str(folder / text)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    return {**os.environ, "LOCPATH": str(folder), "LC_ALL": text, "LANG": text}


def clock(time: str) -> dict[str, str]:
    """The environment in which it is `time`, as faketime(1) has it."""
    return {**fake_clock(), "FAKETIME": time}


def set_clock(file: Path, time: str) -> None:
    """Sets the clock of programs that run with jumping_clock(file)."""
    new = file.with_suffix(".new")
    new.write_text(f"{time}\n")
    new.rename(file)


def jumping_clock(file: Path) -> dict[str, str]:
    """The environment in which the clock is what set_clock(file) said last."""
    return {**fake_clock(), "FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1"}


def fake_clock() -> dict[str, str]:
    # Real jumps leave the monotonic clock alone, and the times that files have.
    plain = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}
    return {**os.environ, "LD_PRELOAD": str(FAKE_CLOCKS), **plain}


def cannot_make_locales() -> str:
    """Why no locale can be compiled here; "" if one can."""
    if shutil.which("localedef") is None:
        return "there is no localedef"
    sources = Path("/usr/share/i18n/locales")
    return "" if (sources / LOCALES[0]).is_file() else f"no sources of locales in {sources}"
