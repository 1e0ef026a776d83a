"""Write the SBOM of an installed tree: share/verger/sbom.cdx.json, CycloneDX 1.6.

    make_sbom.py BUILD TREE       BUILD: a folder of CMake and ninja; TREE: where it was installed

`cmake --install` calls it last. tools/make_wheel.py puts the file into the wheel (PEP 770), and
tools/check_sbom.py compares it with what a tree or a wheel carries. The same tree gives the same
bytes.
"""

import hashlib
import itertools
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterable
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

from make_wheel import version_of
from processors import PROCESSORS
from sbom import IN_TREE, components
from sbom.binaries import Binary, binaries_of
from sbom.build_inputs import (
    ARM64,
    ROOT,
    SYSTEMS,
    Package,
    Refusal,
    debian_packages,
    from_outside,
    inputs_of,
)
from sbom.components import Component, inclusion_of
from sbom.licences import PASSED_OVER

PINNED = ("openvino", "pyarrow")  # whose libraries go along
WASM_COMPILER = ("clang++-19", "--target=wasm32-wasi")
# What that compiler links into a module by itself, so that ninja does not list it.
WASM_RUNTIME = ("libc++.a", "libc++abi.a", "libc.a", "crt1-reactor.o")


def build_target(build: Path, binary: Binary) -> tuple[Path, str] | None:
    """Return the ninja build and the target that makes `binary`; None if the build does not."""
    if binary.embedded:
        is_module = binary.name.endswith(".wasm")
        return (build / "app" / "engine", binary.name.removesuffix(".wasm")) if is_module else None
    for name in (binary.name, f"lib/{binary.name}"):
        file = build / name
        if file.is_file() and not file.is_symlink():
            return build, name
    return None


def wasm_runtime() -> set[Path]:
    """Return the files that the compiler of the app's engine adds to each module."""
    questions = [f"-print-file-name={name}" for name in WASM_RUNTIME] + ["-print-libgcc-file-name"]
    answers = (
        subprocess.run([*WASM_COMPILER, question], capture_output=True, text=True, check=True)
        for question in questions
    )
    return {Path(answer.stdout.strip()).resolve(strict=True) for answer in answers}


def pinned_packages() -> list[Distribution]:
    """Return those of PINNED that this Python has, and those for 64-bit ARM."""
    folders = [*sys.path, str(ARM64 / "wheels")]
    return [
        package
        for name in PINNED
        for folder in folders
        for package in Distribution.discover(name=name, path=[folder])
    ]


def owner_of(binary: Binary, packages: Iterable[Distribution]) -> Distribution | None:
    """Return the Python package that has this library, or else one of this name."""
    namesakes = [
        package
        for package in packages
        if any(file.name == binary.name for file in package.files or [])
    ]
    same = (
        package
        for package in namesakes
        if components.recorded_sha256(package, binary.name) == binary.sha256
    )
    return next(same, namesakes[0] if namesakes else None)


def debian_owner(binary: Binary) -> Package:
    """Return the Debian package of a library. Errors: Refusal if it is not that package's."""
    for system, processor in itertools.product(SYSTEMS, PROCESSORS):
        library = system / "usr" / "lib" / processor.libraries / binary.name
        real = Path(os.path.realpath(library))
        if real.is_file() and hashlib.sha256(real.read_bytes()).hexdigest() == binary.sha256:
            return debian_packages([real])[real]
    raise Refusal(f"{binary.place} is neither of the build, of {PINNED}, nor a library of Debian's")


class Sbom:
    """The components of a tree, and which is made of which."""

    def __init__(self, build: Path, tree: Path) -> None:
        self.version = version_of(ROOT)
        self.components: dict[str, Component] = {}
        self.made_of: dict[str, set[str]] = {}
        self.stated: set[str] = set()  # bom-refs of files whose contents others state
        self._build = build
        self._pinned = pinned_packages()
        self._files: dict[str, dict[Path, Package]] = {}  # by source package
        binaries = list(binaries_of(tree))
        only_networks = all(binary.name.endswith(components.NETWORK) for binary in binaries)
        self.product = "verger-networks" if only_networks else "verger"
        for binary in binaries:
            self._add(binary)
        self._add_debian()
        for binary in binaries:
            if binary.embedded:
                holder = binary.place.rpartition("/")[2]
                self.made_of[f"file/{holder}"].add(f"embedded/{binary.name}")

    def _add(self, binary: Binary) -> None:
        target = build_target(self._build, binary)
        if binary.embedded:
            part = components.embedded_component(binary, self.version)
        elif binary.name.endswith(components.NETWORK):
            part = components.network_file(binary)
        elif target:
            part = components.own_file(binary, self.version)
        elif package := owner_of(binary, self._pinned):
            part = components.wheel_file(binary, package)
            if part["version"] == package.version:
                self._add_stated(part["bom-ref"], package)
        else:
            part = components.debian_file(binary, debian_owner(binary))
        ref = part["bom-ref"]
        self.components[ref] = part
        uses = self.made_of.setdefault(ref, set())
        if target:
            paths = inputs_of(*target) | (wasm_runtime() if binary.embedded else set())
            for path, package_of_path in debian_packages(from_outside(paths)).items():
                if package_of_path.source not in PASSED_OVER:
                    self._files.setdefault(package_of_path.source, {})[path] = package_of_path
                    uses.add(f"debian/{package_of_path.source}")

    def _add_stated(self, ref: str, package: Distribution) -> None:
        self.stated.add(ref)
        for part in components.stated_components(package):
            self.components[part["bom-ref"]] = part
            self.made_of.setdefault(ref, set()).add(part["bom-ref"])

    def _add_debian(self) -> None:
        for source, files in self._files.items():
            package = next(iter(files.values()))
            part = components.debian_component(package, sorted(files))
            self.components[f"debian/{source}"] = part

    def document(self) -> dict[str, Any]:
        """Return the document as CycloneDX has it, sorted."""
        parts = [self.components[ref] for ref in sorted(self.components)]
        top = [ref for ref in self.components if ref.startswith("file/")]
        depends = {ref: self.made_of.get(ref, set()) for ref in self.components}
        depends[self.product] = set(top)
        text = json.dumps(parts, sort_keys=True)
        serial = uuid.uuid5(uuid.NAMESPACE_OID, hashlib.sha256(text.encode()).hexdigest())
        return {
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "serialNumber": f"urn:uuid:{serial}",
            "version": 1,
            "metadata": {
                "lifecycles": [{"phase": "build"}],
                "component": {
                    "type": "application",
                    "bom-ref": self.product,
                    "name": self.product,
                    "version": self.version,
                    "licenses": [{"expression": "Apache-2.0"}],
                    "purl": f"pkg:generic/{self.product}@{self.version}",
                },
            },
            "components": parts,
            "dependencies": [
                {"ref": ref, "dependsOn": sorted(uses)} if uses else {"ref": ref}
                for ref, uses in sorted(depends.items())
            ],
            # What others built may contain more than their lists state.
            "compositions": [
                {"aggregate": "complete", "assemblies": [self.product]},
                {"aggregate": "incomplete_third_party_only", "assemblies": sorted(self.stated)},
            ],
        }


def main() -> int:
    """Write the SBOM of the tree that the command line names."""
    if len(sys.argv) != 3:
        print("usage: make_sbom.py BUILD TREE", file=sys.stderr)
        return 2
    build, tree = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    try:
        document = Sbom(build, tree).document()
    except Refusal as refusal:
        print(f"make_sbom: {refusal}", file=sys.stderr)
        return 1
    file = tree / IN_TREE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    carried = sum(inclusion_of(part) != "system" for part in document["components"])
    print(f"-- SBOM: {file}, {carried} components")
    return 0


if __name__ == "__main__":
    sys.exit(main())
