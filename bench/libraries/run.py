"""Our code beside the library that could replace it, for docs/decisions/0018-libraries.md.

Runs each program of this folder that was built (`tools/setup.sh bench` installs the libraries) and
prints what it prints. Minutes; `--quick` leaves out what takes long.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from machine import BUILD

PROGRAMS = ("contents", "near_pairs", "eigenpairs", "aws_files")
LONG = ("points:100000", "2048")  # parts of the names of benchmarks


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only what takes seconds")
    options = parser.parse_args()
    quick = [f"--benchmark_filter=-{'|'.join(LONG)}"] if options.quick else []
    for name in PROGRAMS:
        program = BUILD / "bench" / f"bench_{name}"
        if not program.exists():
            print(f"{name}: not built, its library is missing: tools/setup.sh bench")
            continue
        subprocess.run([program, *(quick if name != "aws_files" else [])], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
