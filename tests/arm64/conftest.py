"""The core built for 64-bit ARM, run by an emulator as if it were the one of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build-arm64"
UNPACKED = ROOT / ".cache" / "arm64"  # by tools/setup_arm64.sh
EMULATOR = ["qemu-aarch64-static", "-L", str(UNPACKED / "root")]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.arm64)


@pytest.fixture(scope="session")
def emulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build folder, as VERGER_BUILD names one, whose programs run under the emulator."""
    folder = tmp_path_factory.mktemp("arm64")
    (folder / "tests").mkdir()
    for name in ("verger_pixels", "verger_pca_tool"):
        program = BUILD / "tests" / name
        assert program.is_file(), f"{program} is missing: run 'make test-arm64'"
        file = folder / "tests" / name
        file.write_text(f'#!/bin/sh\nexec {" ".join(EMULATOR)} {program} "$@"\n')
        file.chmod(0o755)
    return folder
