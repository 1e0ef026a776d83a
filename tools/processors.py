"""The processors there are wheels for, and what the oldest system of each has."""

import struct
from typing import NamedTuple

from sbom.binaries import ELF


class Processor(NamedTuple):
    """A processor, by what its binaries say and its wheel promises."""

    machine: int  # e_machine in the header of its ELF files
    tag: str  # of its wheel
    loader: str
    libraries: str  # the folder below /usr/lib that Debian has its libraries in
    newest: dict[
        str, str
    ]  # the newest version of each family of symbols that the oldest system has


PROCESSORS = (
    Processor(  # Amazon Linux 2023
        machine=62,
        tag="manylinux_2_34_x86_64",
        loader="ld-linux-x86-64.so.2",
        libraries="x86_64-linux-gnu",
        newest={"GLIBC": "2.34", "GLIBCXX": "3.4.29", "CXXABI": "1.3.13", "GCC": "7.0.0"},
    ),
    Processor(  # Ubuntu 22.04, for OpenVINO's libraries
        machine=183,
        tag="manylinux_2_35_aarch64",
        loader="ld-linux-aarch64.so.1",
        libraries="aarch64-linux-gnu",
        newest={"GLIBC": "2.35", "GLIBCXX": "3.4.30", "CXXABI": "1.3.13", "GCC": "7.0.0"},
    ),
)


def processor_of(elf: bytes) -> Processor | None:
    """Return the processor of a 64-bit little-endian ELF file, or None if it has no wheel."""
    if not elf.startswith(ELF + b"\2\1") or len(elf) < 20:
        return None
    (machine,) = struct.unpack_from("<H", elf, 18)
    return next((known for known in PROCESSORS if known.machine == machine), None)
