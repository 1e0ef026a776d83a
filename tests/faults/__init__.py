"""What a run survives on a disk: kills and failing calls at every place, full disks, crowds."""

import sys
from pathlib import Path

# The tests of the program and of the server have the helpers that run them.
TESTS = Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / "cli"), str(TESTS / "serve")]
