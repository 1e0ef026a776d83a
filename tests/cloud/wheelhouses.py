"""Folders of wheels as the bucket has them, good and bad."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from pathlib import Path

from .clean_root import MADE, ROOT

VERGER, PYARROW = "verger-*.whl", "pyarrow-*.whl"


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def write_sums(folder: Path) -> str:
    """Writes SHA256SUMS of all wheels of a folder; returns its own SHA-256."""
    names = sorted(file.name for file in folder.glob("*.whl"))
    lines = [f"{sha256(folder / name)}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(lines))
    return sha256(folder / "SHA256SUMS")


def fill(folder: Path, *patterns: str) -> Path:
    """Copies our wheel, that of pyarrow, or both, and writes SHA256SUMS."""
    folder.mkdir()
    wheels = [*(ROOT / "dist").glob(VERGER), *(MADE / "wheelhouse").glob(PYARROW)]
    assert len(wheels) == 2, f"a wheel each of verger ('make wheel') and pyarrow, not {wheels}"
    for wheel in wheels:
        if any(wheel.match(pattern) for pattern in patterns or ("*",)):
            shutil.copy(wheel, folder)
    write_sums(folder)
    return folder


def only(folder: Path, pattern: str) -> Path:
    """The one file of a pattern."""
    (file,) = folder.glob(pattern)
    return file


def flip(file: Path) -> None:
    """One bit, in the middle."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def change(wheel: Path, member: str, old: bytes, new: bytes) -> None:
    """Changes a file inside a wheel, which stays one that pip installs."""
    with zipfile.ZipFile(wheel) as archive:
        files = {info: archive.read(info) for info in archive.infolist()}
    (info,) = (info for info in files if info.filename == member)
    assert old in files[info], f"{member} has no {old!r}"
    files[info] = files[info].replace(old, new)
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_STORED) as archive:
        for info, content in files.items():
            archive.writestr(info.filename, content)
