"""Small disks of their own, for root: they fill up, and may be made read-only."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .gate import run_gated
from .kills import Outcome, Watch, see_through
from .outputs import Scenario, temporaries

ROOMY = "size=64m,nr_inodes=10000"
# Root may write everywhere; without these capabilities it is like anybody.
LIKE_ANYBODY = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")


def cannot_mount() -> str:
    """Why no disk can be mounted here; "" if one can."""
    if os.geteuid() != 0:
        return "only root may mount disks"
    if shutil.which("mount") is None:
        return "there is no mount"
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, text=True)
    return tried.stderr.strip()


def sizes(scenario: Scenario, option: str) -> list[str]:
    """Sizes of a disk, from what the output before takes up to what is surely enough, in options
    of mount: "size", a page of 4 KiB more each, or "nr_inodes", a file more each."""
    before = scenario.before
    paths = [before, *before.rglob("*")] if before is not None else []
    if option == "nr_inodes":
        return [f"nr_inodes={number}" for number in range(len(paths) + 2, len(paths) + 40)]
    pages = sum(-(-path.stat().st_size // 4096) for path in paths if path.is_file())
    return [f"size={4 * (pages + more)}k" for more in range(1, 60)]


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True, timeout=60)


@contextmanager
def disk(folder: Path) -> Iterator[Path]:
    """A roomy disk in memory, mounted at `folder`."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", ROOMY, "tmpfs", folder], check=True, timeout=60)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True, timeout=60)
        folder.rmdir()


def run_on(scenario: Scenario, place: Path, options: str) -> Outcome | None:
    """Runs on a disk with these options, which is roomy again for the run after it.

    The run must say that it cannot write, and clear up. Returns None if it did not fail.
    """
    with disk(place):
        out = scenario.begin(place / "out")
        watch = Watch(scenario, out)
        remount(place, options)
        done = run_gated(scenario.command(out), watch)
        assert done.returncode in (0, 5), done
        assert done.returncode == 0 or str(out) in done.stderr, done.stderr
        assert temporaries(out) == []
        if options == "ro":
            assert done.returncode == 5
            assert "Read-only file system" in done.stderr
            assert watch.opened == set(), "it read photos before it reported the fault"
        elif done.returncode == 5:
            assert "No space left on device" in done.stderr
        if done.returncode == 5 and watch.calls and watch.calls[-1].name == "write":
            assert "bytes are still to be written" in done.stderr
        remount(place, f"rw,{ROOMY}")
        outcome = see_through(scenario, out, watch, options)
        return outcome if done.returncode else None
