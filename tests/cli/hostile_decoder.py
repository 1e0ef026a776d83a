"""Photos that attack their decoder: by their width, hostile_decoder.c does what they ask for."""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Sequence
from pathlib import Path

from program import ROOT
from small_photos import fruit, plant

CRASH = 101
HANG = 102
NEXT_DIES = 112  # it ends well, the next one kills
KILLED = 113  # as by the system
ABORT = 114
CREDENTIALS = 115  # a reject if the decoder sees those of a bucket
MEMORY = 116  # asks for 8 GiB
FOLDER = 117  # a reject unless Landlock forbids folders
# What kills, by the kernel.
FORBIDDEN = {
    103: "open",
    104: "socket",
    105: "exec",
    106: "fork",
    107: "kill",
    108: "executable memory",
    109: "ptrace",
    110: "more processor time",
    111: "write elsewhere",
}
SIGNAL_31 = "decoder died: signal 31 (Bad system call)"


def preload(folder: Path, *flags: str) -> dict[str, str]:
    """Variables by which decoders do what the photos ask for."""
    library = folder / f"hostile{''.join(flags)}.so"
    source = ROOT / "tests" / "cli" / "hostile_decoder.c"
    command = ["cc", "-shared", "-fPIC", "-Wall", *flags, "-o", str(library), str(source)]
    subprocess.run(command, check=True, timeout=60)
    return {"LD_PRELOAD": str(library)}


def has_landlock() -> bool:
    """Whether this kernel has it: landlock_create_ruleset asked for its version."""
    return int(ctypes.CDLL(None).syscall(444, None, 0, 1)) > 0


def layers() -> list[str]:
    return ["process", "seccomp", *(["landlock"] if has_landlock() else []), "rlimits"]


def webp(path: Path, width: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fruit(width, 40).resize((width, 40)).save(path, "WEBP", lossless=True)


def plant_hostile(folder: Path, widths: Sequence[int]) -> Path:
    """Good photos, WebP among them, and one of each width, in the midst of them."""
    plant(folder, 12)
    for number in range(12):
        webp(folder / "Label 0" / f"frame_{number:04}b.webp", 40 + number)
    for width in widths:
        webp(folder / "Label 0" / f"frame_0006c{width}.webp", width)
    return folder
