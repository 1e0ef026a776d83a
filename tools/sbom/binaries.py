"""Every binary that a wheel or an installed tree carries: its files, and what lies inside ours.

What is embedded in an ELF file that we build (a network, a calibration, a WebAssembly module) lies
in a section of its own, `.verger.carried.NAME`, so that it can be listed without the sources.
"""

import hashlib
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SECTION = ".verger.carried."
ELF = b"\x7fELF"


class Binary(NamedTuple):
    """A file, or what a section embeds."""

    name: str  # without folders
    place: str  # path below the root; of what is embedded, that of the file around it
    sha256: str
    embedded: bool


def files_of(place: Path) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each file of a wheel or a folder; links are passed over."""
    if place.suffix == ".whl":
        with zipfile.ZipFile(place) as wheel:
            for name in sorted(wheel.namelist()):
                if not name.endswith("/"):
                    yield name, wheel.read(name)
        return
    for file in sorted(place.rglob("*")):
        if file.is_file() and not file.is_symlink():
            yield file.relative_to(place).as_posix(), file.read_bytes()


def sections_of(elf: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each section of a 64-bit little-endian ELF file."""
    (table,) = struct.unpack_from("<Q", elf, 0x28)
    size, count, names_at = struct.unpack_from("<HHH", elf, 0x3A)
    headers = [struct.unpack_from("<IIQQQQ", elf, table + at * size) for at in range(count)]
    if not headers:
        return
    names = headers[names_at][4]
    for name_at, kind, _, _, begin, length in headers:
        no_bits = kind == 8
        end = elf.index(b"\0", names + name_at)
        yield elf[names + name_at : end].decode(), b"" if no_bits else elf[begin : begin + length]


def binaries_of(place: Path) -> Iterator[Binary]:
    """Yield each ELF file of `place`, each other file that is not text, and what ours embed."""
    for path, content in files_of(place):
        if b"\0" not in content:
            continue
        name = path.rpartition("/")[2]
        yield Binary(name, path, hashlib.sha256(content).hexdigest(), False)
        if content.startswith(ELF):
            for section, data in sections_of(content):
                if section.startswith(SECTION):
                    sha256 = hashlib.sha256(data).hexdigest()
                    yield Binary(section.removeprefix(SECTION), path, sha256, True)
