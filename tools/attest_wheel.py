"""Print the statement of provenance about a wheel that a release signs (PEP 740).

    attest_wheel.py WHEEL         needs requirements/wheel.txt; no network, no identity

An in-toto statement with the wheel's name and SHA-256, of the type that package indexes publish.
Nothing is signed or sent: SECURITY.md has the command that does both, at a release.
"""

import json
import sys
from pathlib import Path

import sigstore.errors
from pypi_attestations import AttestationType, Distribution
from sigstore.dsse import Statement


def statement_of(wheel: Path) -> bytes:
    """Return the statement about a wheel. Errors: ValueError for a name that is no wheel's."""
    distribution = Distribution.from_file(wheel)
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": distribution.name, "digest": {"sha256": distribution.digest}}],
        "predicateType": AttestationType.PYPI_PUBLISH_V1.value,
        "predicate": None,
    }
    contents = json.dumps(statement).encode()
    Statement(contents)  # sigstore's check of what it would sign
    return contents


def main() -> int:
    """Print the statement about the wheel that the command line names."""
    if len(sys.argv) != 2:
        print("usage: attest_wheel.py WHEEL", file=sys.stderr)
        return 2
    try:
        print(statement_of(Path(sys.argv[1])).decode())
    except (OSError, ValueError, sigstore.errors.Error) as error:
        print(f"attest_wheel: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
