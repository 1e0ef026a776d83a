"""A Debian of its own, copied on write, in which a script may do to the system what it likes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MADE = ROOT / ".cache" / "clean-root"
TIMEOUT = 180  # seconds; an installation takes about 15, on a busy machine 60

# $1 what lies below, $2 the folder of this root, $3 the user; then the script and its arguments.
# The mounts are in a namespace of their own, and end with it.
ENTER = """
set -eu
below=$1 folder=$2 user=$3
shift 3
mount -t overlay overlay -o "lowerdir=$below,upperdir=$folder/upper,workdir=$folder/work" \
  "$folder/root"
mkdir -p "$folder/root/given"
mount --bind "$folder/given" "$folder/root/given"
mount --bind /dev "$folder/root/dev"
mount -t proc proc "$folder/root/proc"
hostname clean-root
echo "127.0.0.1 localhost clean-root" >"$folder/root/etc/hosts"
exec chroot "--userspec=$user" "$folder/root" \
  /usr/bin/env -C / /bin/bash -euo pipefail -c "$@"
"""


class CleanRoot:
    """A system without Verger. Its processes write to a folder of the test.

    `inputs` is its /given. Processes that outlive a run's script end with the run.
    """

    def __init__(
        self, folder: Path, above: CleanRoot | None = None, base: Path = MADE / "root"
    ) -> None:
        """As debootstrap left `base`; or a copy of another one `above` which it lies."""
        lower = above.layers if above else [base]
        self.layers: list[Path] = [folder / "upper", *lower]
        self.inputs = folder / "given"
        self._folder = folder
        self._below = ":".join(str(layer) for layer in lower)
        for name in ("upper", "work", "root", "given"):
            (folder / name).mkdir(parents=True)

    def run(
        self,
        script: str,
        *arguments: str,
        user: str = "hadoop",
        env: dict[str, str] | None = None,
        network: bool = False,
        check: int | None = 0,
        timeout: int = TIMEOUT,
    ) -> subprocess.CompletedProcess[str]:
        """Runs a script of bash, which finds `arguments` in $1 and so on.

        Its exit code must be `check`, if that is given. `network`: whether it sees the loopback of
        this machine, on which servers of the tests are; else it sees nothing.
        """
        namespaces = ["--mount", "--uts", "--pid", "--fork", "--kill-child"]
        namespaces += [] if network else ["--net"]
        home = "/root" if user == "root" else f"/home/{user}"
        done = subprocess.run(
            ["unshare", *namespaces, "bash", "-c", ENTER, "enter"]
            + [self._below, str(self._folder), user, script, "script", *arguments],
            env={
                "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME": home,
                "LANG": "C.UTF-8",
                **(env or {}),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if check is not None:
            assert done.returncode == check, f"{done.stdout}\n--- stderr\n{done.stderr}"
        return done

    def read(self, path: str) -> str:
        """A file that a run has written."""
        return (self._folder / "upper" / path.lstrip("/")).read_text("utf-8")

    def wrote(self, path: str) -> bool:
        """Whether a run has made this file."""
        return (self._folder / "upper" / path.lstrip("/")).is_file()

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """Puts a file into it, between runs."""
        file = self._folder / "upper" / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        file.chmod(mode)


def needs_clean_root() -> None:
    """Skips the test where no such system can be made."""
    if missing := missing_for_clean_root(MADE / ".stamp", "tests/cloud/make_root.sh"):
        pytest.skip(f"NOT TESTED: bootstrap.sh in a clean root, for {missing}")


def missing_for_clean_root(stamp: Path, script: str) -> str:
    """Says what is missing for systems that `script` makes, which then leaves `stamp`; or ""."""
    if os.geteuid() != 0:
        return "only root can make a system of its own"
    if not stamp.is_file():
        return f"{stamp.parent} is not there: run {script}"
    return "" if shutil.which("unshare") else "there is no unshare here"
