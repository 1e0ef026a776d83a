"""Check that an SBOM names every binary that a wheel or an installed tree carries, and no other.

    check_sbom.py PLACE...        wheels, or folders where `cmake --install` put a build

Walks PLACE: each ELF file, each other file that is not text, and each network, calibration or
module inside our files must stand in the SBOM with its hash; each component needs version, hash,
licence and source. Prints `PLACE: fault; remedy`.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sbom import IN_TREE, IN_WHEEL
from sbom.binaries import binaries_of, files_of
from sbom.components import Component, inclusion_of

WALKED = ("file", "embedded")


def sboms_of(place: Path) -> list[bytes]:
    """Return the SBOMs in a wheel or an installed tree."""
    if place.suffix == ".whl":
        end = f".dist-info/{IN_WHEEL}"
        return [content for path, content in files_of(place) if path.endswith(end)]
    return [(place / IN_TREE).read_bytes()] if (place / IN_TREE).is_file() else []


def sha256_of(component: Component) -> str:
    """Return the component's hash; empty if it has none."""
    return next((h["content"] for h in component.get("hashes", []) if h["alg"] == "SHA-256"), "")


def lacks_of(component: Component) -> Iterator[str]:
    """Yield what a component should say and does not."""
    if inclusion_of(component) == "stated":
        return  # all that is known of it is its name
    for field in ("version", "hashes", "licenses", "purl"):
        if not component.get(field):
            yield f"{component['name']} has no {field} in the SBOM; see tools/sbom/components.py"


def faults_of(place: Path) -> Iterator[str]:
    """Yield what is wrong with the SBOM of `place`."""
    documents = sboms_of(place)
    if len(documents) != 1:
        yield f"has {len(documents)} SBOMs, not one; was it made by 'make wheel' or 'make install'?"
        return
    document: dict[str, Any] = json.loads(documents[0])
    walked = {part["name"]: part for part in document["components"] if inclusion_of(part) in WALKED}
    carried = set()
    for binary in binaries_of(place):
        carried.add(binary.name)
        where = f"{binary.place} embeds {binary.name}, which" if binary.embedded else binary.place
        if binary.name not in walked:
            yield f"{where} is not in the SBOM; tools/make_sbom.py must run after it was installed"
        elif sha256_of(walked[binary.name]) != binary.sha256:
            yield f"{where} is not what the SBOM has the hash of; it was changed afterwards"
    for name in sorted(walked.keys() - carried):
        yield f"the SBOM names {name}, which is not there; install again"
    for part in document["components"]:
        yield from lacks_of(part)


def main() -> int:
    """Check the places that the command line names."""
    places = [Path(argument) for argument in sys.argv[1:]]
    if not places:
        print("usage: check_sbom.py PLACE...   wheels or installed trees", file=sys.stderr)
        return 2
    status = 0
    for place in places:
        faults = list(faults_of(place))
        for fault in faults:
            print(f"{place.name}: {fault}", file=sys.stderr)
        count = sum(1 for _ in binaries_of(place))
        print(f"check_sbom: {place.name}: {count} binaries, {len(faults)} faults")
        status |= bool(faults)
    return status


if __name__ == "__main__":
    sys.exit(main())
