"""Damaged outputs, and what the program and Python do about them: cases.json says what."""

import sys
from pathlib import Path

# The tests of the program have the helpers that run it and read what it leaves.
sys.path.append(str(Path(__file__).resolve().parents[1] / "cli"))
