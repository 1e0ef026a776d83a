"""What a run survives on a disk: kills and failing calls at every place, full disks, crowds."""

import sys
from pathlib import Path

# The tests of the program have the helpers that run it and read what it leaves.
sys.path.append(str(Path(__file__).resolve().parents[1] / "cli"))
