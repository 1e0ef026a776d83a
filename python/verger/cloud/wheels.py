"""The folder of wheels, checked before the upload for what every node would refuse."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from verger.errors import BadCall

# bootstrap.sh's and pip's rule: distribution, version, build, three tags.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+]*-[A-Za-z0-9._+]+(-[0-9][\w.]*)?(-[\w.]+){3}\.whl")
_PLATFORM = re.compile(r"any|(many)?linux\w*_x86_64")
_OF_ONE = re.compile(r"cp[0-9]{2,}")  # a wheel for one version of CPython, as its name says
_PYTHON = 9  # EMR 7 has Python 3.9
_OF_NETWORKS = ("efficientnet-lite1", "efficientnet-lite2")  # in the wheel verger-networks


class NoWheels(BadCall):
    """There is no wheel of Verger yet."""


def wheels_of(folder: Path, model: str = "") -> list[Path]:
    """Return the wheels of a folder, by name, for a job of network `model`.

    Errors: BadCall with every error; NoWheels if none is Verger's.
    Cost:   reads and unpacks all: a second for Verger and pyarrow.
    """
    wheels = sorted(folder.glob("*.whl"))
    wrong = [f"{wheel}: {problem}" for wheel in wheels if (problem := _problem_of(wheel))]
    by_distribution = defaultdict(list)
    for wheel in wheels:
        by_distribution[_distribution(wheel)].append(wheel.name)
    wrong += [
        f"{folder}/: two wheels of {name}, but pip installs only one: remove all but one of "
        f"{', '.join(names)}"
        for name, names in by_distribution.items()
        if len(names) > 1
    ]
    if model in _OF_NETWORKS and "verger_networks" not in by_distribution:
        wrong.append(
            f"{folder}/ has no wheel of verger-networks, which has the network {model}: "
            f"'cp dist/verger_networks-*.whl {folder}/'"
        )
    if wrong:
        raise BadCall("; ".join(wrong))
    if "verger" not in by_distribution:
        raise NoWheels(
            f"{folder}/ has no wheel of verger: fill it by 'pip download --only-binary :all: "
            f"--python-version 3.9 --platform manylinux_2_28_x86_64 -d {folder} pyarrow' and "
            f"'cp dist/verger-*.whl {folder}/', or name another [bootstrap] folder"
        )
    return wheels


def risky_wheels(folder: Path) -> Iterator[str]:
    """Yield warnings, by the names of the wheels, of what nodes of EMR 7 will refuse."""
    wheels = sorted(folder.glob("*.whl"))
    if not any(_distribution(wheel) == "pyarrow" for wheel in wheels):
        yield "no wheel of pyarrow beside verger's: nodes do not install from an index"
    for wheel in wheels:
        if not any(_fits(tag, abi) for tag, abi in _pythons(wheel)):
            yield f"{wheel.name} is for another Python than EMR 7's 3.9: nodes will refuse it"


def _pythons(wheel: Path) -> list[tuple[str, str]]:
    """Return the Pythons, each with the ABI, of a wheel's name."""
    python, abi, _ = wheel.stem.rsplit("-", 3)[1:]
    return [(tag, abi) for tag in python.split(".")]


def _fits(tag: str, abi: str) -> bool:
    match = re.fullmatch(r"(py|cp)3([0-9]*)", tag)
    if match is None:
        return False
    minor = int(match[2] or 0)
    return minor == _PYTHON or (minor < _PYTHON and (match[1] == "py" or abi == "abi3"))


def _distribution(wheel: Path) -> str:
    return re.sub(r"[-_.]+", "_", wheel.name.partition("-")[0]).lower()


def _problem_of(wheel: Path) -> str:
    if not _NAME.fullmatch(wheel.name):
        return "not the name of a wheel: give it the name under which it was published"
    if not any(map(_PLATFORM.fullmatch, wheel.stem.rpartition("-")[2].split("."))):
        return "not for Linux on x86-64, the nodes' system"
    if all(_OF_ONE.fullmatch(tag) and not _fits(tag, abi) for tag, abi in _pythons(wheel)):
        return "for another Python than EMR 7's 3.9: download the one for cp39"
    if not wheel.is_file():
        return "no file" if wheel.exists() else "a link to a file that does not exist"
    try:
        with zipfile.ZipFile(wheel) as packed:
            damaged = packed.testzip()
    except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        return f"not a wheel, or damaged ({error}): download it again"
    return f"damaged ({damaged}): download it again" if damaged else ""
