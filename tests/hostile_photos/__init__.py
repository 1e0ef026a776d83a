"""Photos that are broken, forged or mutated: what becomes of them here and in other decoders."""

import sys
from pathlib import Path

# They have the helpers that run the program, and those that make photos of every kind.
TESTS = Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / "cli"), str(TESTS / "parity"), str(TESTS.parent / "tools")]
