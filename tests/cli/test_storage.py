"""Disks and folders that do not do what is asked of them."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from program import TIMEOUT, VERGER, parts, stamps, summary, verger
from small_photos import jpeg

# Root may read and write everything; without these capabilities it is like anybody.
LIKE_ANYBODY = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]


@pytest.fixture
def prefix() -> list[str]:
    """What makes the program subject to permissions."""
    if os.geteuid() != 0:
        return []
    if shutil.which(LIKE_ANYBODY[0]) is None:
        pytest.skip("NOT TESTED: permissions, for root without setpriv has them all")
    return LIKE_ANYBODY


def test_read_only_output(photos: Path, out: Path, tiny: list[str], prefix: list[str]) -> None:
    folders = [folder for folder in [out, *out.rglob("*")] if folder.is_dir()]
    (photos / "Label 0" / "new.jpg").write_bytes(jpeg(500))
    for path in [*folders, out / "_verger" / "lock"]:
        path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        refused = verger("run", photos, out, *tiny, check=5, prefix=prefix)
        assert str(out) in refused.stderr
        assert "ermission denied" in refused.stderr
        verger("show", out, prefix=prefix)
        verger("verify", out, prefix=prefix)
    finally:
        for path in folders:
            path.chmod(stat.S_IRWXU)


def test_one_folder_for_photos_and_output(photos: Path, tiny: list[str]) -> None:
    stderr = verger("run", photos, photos, *tiny, check=4).stderr
    assert "it is OUT as well, where photos are not looked for: choose another OUT" in stderr


def test_file_in_place_of_output(photos: Path, tiny: list[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for out in (tmp_path / "file", tmp_path / "file" / "out"):
        stderr = verger("run", photos, out, *tiny, check=5).stderr
        assert str(tmp_path / "file") in stderr
        assert stderr.endswith("; a part of the path is a file: give a folder\n")
    assert (tmp_path / "file").read_text() == "mine"


def test_unreadable_photo_and_folder(
    photos: Path, tiny: list[str], prefix: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    secret = photos / "Label 0" / "frame_0000.jpg"
    secret.chmod(0)
    result = verger("run", photos, out, *tiny, prefix=prefix)
    assert "rejected Label 0/frame_0000.jpg: cannot be read: Permission denied" in result.stdout
    secret.chmod(stat.S_IRUSR)  # its size and time are the same, yet it is tried again
    again = summary("run", photos, out, *tiny)
    assert (again["rows"], again["rejects"], again["extracted"]) == (40, [], 1)

    # Without the right to list a folder, and without that to open what is in it.
    for mode in (0, stat.S_IRUSR):
        (photos / "Label 1").chmod(mode)
        try:
            result = verger("run", photos, out, *tiny, "--sync", prefix=prefix)
        finally:
            (photos / "Label 1").chmod(stat.S_IRWXU)
        assert "cannot list the folder Label 1: Permission denied" in result.stdout
        assert result.stdout.endswith("Dimensions: (40, 4)\n")
        assert summary("run", photos, out, *tiny)["extracted"] == 0


# The part of 30 new photos does not fit; that of 1 does, but Results do not.
@pytest.mark.parametrize(("new", "kilobytes"), [(30, 1), (30, 4), (1, 3)])
def test_no_space(new: int, kilobytes: int, photos: Path, out: Path, tiny: list[str]) -> None:
    """A disk that is full in the middle of a file: the message names it, the old version stays."""
    for name in range(new):
        (photos / "Label 0" / f"new {name}.jpg").write_bytes(jpeg(500 + name))
    before = stamps([*parts(out, "Preprocessing"), *parts(out, "Results")])
    full = ["bash", "-c", f'trap "" XFSZ; ulimit -f {kilobytes}; exec "$@"', "bash"]
    refused = verger("run", photos, out, *tiny, "--quiet", check=5, prefix=full)
    assert str(out) in refused.stderr
    assert "File too large" in refused.stderr
    assert before.items() <= stamps([*parts(out, "Preprocessing"), *parts(out, "Results")]).items()
    assert verger("show", out).stdout.endswith("Dimensions: (40, 4)\n")
    assert summary("run", photos, out, *tiny)["rows"] == 40 + new
    verger("verify", out)


def test_full_device_for_stdout(small_out: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [VERGER, "show", small_out], stdout=full, stderr=subprocess.PIPE, timeout=TIMEOUT
        )
    assert done.returncode in (1, 5)
    assert b"stdout" in done.stderr or b"cannot write" in done.stderr


@pytest.mark.parametrize("command", ["show", "verify", "reduce"])
def test_no_output_there(command: str, tmp_path: Path) -> None:
    refused = verger(command, tmp_path / "nothing", check=4)
    assert str(tmp_path / "nothing") in refused.stderr
    assert "verger run PHOTOS" in refused.stderr
    assert not (tmp_path / "nothing").exists()


def test_closed_streams(photos: Path, out: Path, tiny: list[str]) -> None:
    """What is printed must not be written into a file that got the number of a closed stream."""
    before = {file: file.read_bytes() for file in out.rglob("*") if file.is_file()}
    closed = ["bash", "-c", 'exec "$@" >&- 2>&-', "bash"]
    verger("run", photos, out, *tiny, prefix=closed, check=5)
    assert {file: file.read_bytes() for file in out.rglob("*") if file.is_file()} == before
