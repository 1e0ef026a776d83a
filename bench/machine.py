"""What every benchmark writes beside its figures: where and when they were measured."""

import json
import os
import platform
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("VERGER_BUILD", ROOT / "build"))


def processor() -> str:
    """The processor's name, as Linux has it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def save(question: str, figures: dict[str, Any]) -> None:
    """Prints the figures and keeps them as BUILD/bench/QUESTION.json."""
    result = {
        "question": question,
        "machine": {
            "processor": processor(),
            "cores": len(os.sched_getaffinity(0)),
            "system": platform.platform(),
        },
        "date": time.strftime("%Y-%m-%d"),
        **figures,
    }
    text = json.dumps(result, indent=1)
    path = BUILD / "bench" / f"{question}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")
    print(text)
