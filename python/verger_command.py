"""The command `verger` of the wheel: becomes the program inside it, `verger/bin/verger`.

A module of its own, because importing the package `verger` would take longer than the program. The
package takes from here what both need.
"""

from __future__ import annotations

import os
import sys

# Of the Arrow that the program is linked to, which is in pyarrow's wheel; make_wheel.py compares.
ARROW = "libarrow.so.2600"
_USAGE = 2


def main() -> int:
    """Run the program, or `verger cloud`; return an exit code where the program cannot start."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["cloud"]:  # Python's own: it needs neither the program nor its pyarrow
        from verger.cloud.main import main as cloud

        return cloud(arguments[1:])
    # Where the file itself is: installers may link to it, and the program looks from there.
    here = os.path.dirname(os.path.abspath(__file__))
    program = os.path.realpath(os.path.join(here, "verger", "bin", "verger"))
    site = os.path.dirname(os.path.dirname(os.path.dirname(program)))
    if not os.path.isfile(program):
        return _fail(f"there is no program at {program}: install the wheel, not the source")
    folder = _folder_of_arrow(site)
    if folder is None:
        return _fail(
            f"this command needs pyarrow {_version()} (its {ARROW}); run: "
            "python -m pip install 'verger[cli]'"
        )
    if folder not in _beside(site):  # where the program itself does not look
        before = os.environ.get("LD_LIBRARY_PATH")
        os.environ["LD_LIBRARY_PATH"] = f"{before}:{folder}" if before else folder
    name_networks(site)
    try:
        os.execv(program, ["verger", *arguments])
    except OSError as error:
        return _fail(f"{program} cannot be started: {error.strerror}; install the wheel again")


def _beside(site: str) -> list[str]:
    """Return where the program looks for Arrow: in pyarrow, and in lib of a prefix of conda."""
    return [os.path.join(site, "pyarrow"), os.path.dirname(os.path.dirname(site))]


def _folder_of_arrow(site: str) -> str | None:
    """Return the folder that has the program's Arrow, or None."""
    elsewhere = [os.path.join(path, "pyarrow") for path in sys.path]
    for folder in [*_beside(site), *elsewhere]:
        if os.path.isfile(os.path.join(folder, ARROW)):
            return folder
    return None


def name_networks(site: str) -> None:
    """Name the package verger_networks to the library, unless it lies beside this one in `site`.

    pip puts it elsewhere where this one's folder cannot be written to.
    """
    folders = [os.path.abspath(os.path.join(path, "verger_networks")) for path in [site, *sys.path]]
    folder = next(filter(os.path.isdir, folders), folders[0])
    if folder != folders[0]:
        os.environ.setdefault("VERGER_NETWORKS", folder)


def _version() -> str:
    """Return the version of pyarrow whose libraries are called so: 26.0 of 2600."""
    number = int(ARROW.rpartition(".")[2])
    return f"{number // 100}.{number % 100}"


def _fail(message: str) -> int:
    print(f"verger: {message}", file=sys.stderr)
    return _USAGE


if __name__ == "__main__":
    sys.exit(main())
