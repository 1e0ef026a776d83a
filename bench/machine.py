"""What every benchmark writes beside its figures: where, when and of what they were measured."""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from figures import Row

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("VERGER_BUILD", ROOT / "build"))
# Of the minute before: what other programs took from both sides.
LOAD = os.getloadavg()[0]
# They choose NumPy's kernels; set for another processor, they slow peers down, not us.
KERNEL_CHOICES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
# What decides which kernels an engine takes.
FLAGS = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")


def cpu_field(name: str) -> str:
    """A field of the first processor, as Linux has it; "" where it has none."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.partition(":")[0].strip() == name:
            return line.partition(":")[2].strip()
    return ""


def flags() -> list[str]:
    """Those of FLAGS that the processor has."""
    known = cpu_field("flags").split()
    return [flag for flag in FLAGS if flag in known]


def machine() -> dict[str, Any]:
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": cpu_field("model name") or platform.machine(),
        "flags": flags(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(pages / 2**30),
        "system": f"{platform.system()} {platform.machine()}, {' '.join(platform.libc_ver())}",
    }


def engine() -> str:
    """The version of OpenVINO that the program is built with."""
    for line in (ROOT / "requirements" / "build.txt").read_text().splitlines():
        if line.startswith("openvino=="):
            return line.partition("==")[2].split()[0]
    raise RuntimeError("requirements/build.txt pins no openvino")


def revision() -> str:
    """The commit of this checkout; with a + where files differ from it."""
    git = ["git", "-C", str(ROOT)]
    options = {"capture_output": True, "text": True}
    head = subprocess.run([*git, "rev-parse", "--short", "HEAD"], **options)  # type: ignore[call-overload]
    changes = ["diff", "--quiet", "HEAD", "--", ".", ":!bench/results", ":!*.md"]
    changed = subprocess.run([*git, *changes], **options)  # type: ignore[call-overload]
    return head.stdout.strip() + ("+" if changed.returncode else "")


def command() -> str:
    """What was typed, folders of this machine by their last name."""
    script = Path(sys.argv[0]).resolve().relative_to(ROOT)
    words = [word if not word.startswith("/") else Path(word).name for word in sys.argv[1:]]
    return " ".join([str(script), *words])


def save(
    question: str,
    figures: dict[str, Any],
    *,
    title: str = "",
    rows: Sequence[Row] = (),
    versions: dict[str, str] | None = None,
    quick: bool = False,
) -> None:
    """Prints the figures and keeps them as BUILD/bench/QUESTION.json.

    `title`: what was asked, a heading of BENCHMARKS.md. `rows`: what it lists, by figures.row;
    without any, the figures stay in the JSON. `versions`: of the peers. `quick`: of few photos or
    rounds, which is stated too.
    """
    result = {
        "question": question,
        "title": title or question,
        "command": command(),
        "date": time.strftime("%Y-%m-%d"),
        "quick": quick,
        "machine": machine(),
        "load": round(LOAD, 2),
        "versions": {"verger": revision(), "openvino": engine(), **(versions or {})},
        "rows": list(rows),
        "figures": figures,
    }
    if kernels := {name: os.environ[name] for name in KERNEL_CHOICES if name in os.environ}:
        result["kernels_chosen"] = kernels
        print(f"bench: {kernels} may slow peers: unset them, as make bench does", file=sys.stderr)
    text = json.dumps(result, indent=1)
    path = BUILD / "bench" / f"{question}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")
    print(text)
