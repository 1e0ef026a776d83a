#!/usr/bin/env python3
"""All campaigns of faults in one command: each gets its share of the time, and the same seed.

    python tests/faults/campaign.py --minutes 30 --seed 7      # make faults MINUTES=30 SEED=7

What each prints, and writes as JSON, is in build/faults. Ends with 1 if one found something.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("VERGER_BUILD", ROOT / "build"))
HERE = Path("tests/faults")


@dataclass(frozen=True)
class Campaign:
    """A command; "{seed}", "{seconds}" and "{json}" in it stand for its own."""

    name: str
    command: tuple[str | Path, ...]
    share: float  # of the time; 0: it takes what it takes


def python(script: str, *arguments: str) -> tuple[str | Path, ...]:
    return (sys.executable, HERE / script, *arguments, "--seed", "{seed}", "--json", "{json}")


CAMPAIGNS = (
    Campaign("disk", python("measure.py", "--seconds", "{seconds}"), 0.5),
    Campaign("memory", python("measure_memory.py", "--seconds", "{seconds}"), 0.4),
    Campaign("writers", python("beside_pyarrow.py", "--photos", "600", "--kills", "10"), 0.1),
    Campaign(
        "surroundings",
        (sys.executable, "-m", "pytest", "-q", "-m", "faults or not faults")
        + ("--randomly-seed={seed}",)
        + tuple(HERE / f"test_{name}.py" for name in ("surroundings", "moving_photos", "models")),
        0,
    ),
)


def run(campaign: Campaign, seed: int, seconds: float) -> bool:
    """Runs it; whether nothing was found. Its output goes to the terminal and to a file."""
    folder = BUILD / "faults"
    folder.mkdir(parents=True, exist_ok=True)
    places = {
        "seed": str(seed),
        "seconds": f"{seconds * campaign.share:.0f}",
        "json": str(folder / f"{campaign.name}.json"),
    }
    command = [str(part).format(**places) for part in campaign.command]
    print(f"== {campaign.name}: {' '.join(command)}", flush=True)
    begin = time.monotonic()
    with (folder / f"{campaign.name}.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
        )
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            log.write(line)
        code = process.wait()
    print(f"== {campaign.name}: exit {code} after {time.monotonic() - begin:.0f} s", flush=True)
    return code == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=30, help="of those that can be bounded")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="as it was printed")
    parser.add_argument("--only", choices=[it.name for it in CAMPAIGNS], help="one of them")
    options = parser.parse_args()
    campaigns = [it for it in CAMPAIGNS if options.only in (None, it.name)]
    clean = [run(campaign, options.seed, 60 * options.minutes) for campaign in campaigns]
    print(f"seed {options.seed}: {sum(clean)} of {len(clean)} campaigns found nothing")
    return 0 if all(clean) else 1


if __name__ == "__main__":
    sys.exit(main())
