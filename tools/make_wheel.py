"""Make the Python wheels: verger, and verger-networks of the networks that its library lacks.

    make_wheel.py TREE NETWORKS FOLDER
                        TREE: where `cmake --install` put the build of preset wheel;
                        NETWORKS: where its --component networks is

verger is python/verger and, in it, libraries and program of TREE. verger-networks is data alone,
and lies beside it once installed: core/model/network_package.cc looks there.

The same inputs give the same bytes. SOURCE_DATE_EPOCH is the time of the files inside, by default
the first that the format knows, in 1980.
"""

import base64
import csv
import hashlib
import io
import json
import os
import re
import sys
import time
import zipfile
from pathlib import Path

from processors import PROCESSORS, processor_of
from sbom import IN_TREE, IN_WHEEL

ROOT = Path(__file__).resolve().parent.parent
NETWORKS_TAG = "py3-none-any"
# Of the wheel verger: what everyone downloads, and each node of a cluster.
MOST_BYTES = 60_000_000

HEADERS = """\
Metadata-Version: 2.4
Name: verger
Version: {version}
Summary: Photos of fruit to features, principal components and Parquet; on Apache Spark too
License-Expression: {licence}
{licence_files}
Classifier: Operating System :: POSIX :: Linux
Classifier: Programming Language :: C++
Classifier: Programming Language :: Python :: 3
Classifier: Topic :: Scientific/Engineering :: Image Recognition
Requires-Python: >=3.9
Requires-Dist: pyarrow>=10
Provides-Extra: cli
Requires-Dist: pyarrow=={arrow}.*; extra == "cli"
Provides-Extra: cloud
Requires-Dist: boto3>=1.34; extra == "cloud"
Provides-Extra: networks
Requires-Dist: verger-networks=={version}; extra == "networks"
Provides-Extra: spark
Requires-Dist: pandas<3,>=1.0.5; extra == "spark"
Requires-Dist: pyspark>=3.3; extra == "spark"
Description-Content-Type: text/markdown

"""
NETWORKS_HEADERS = """\
Metadata-Version: 2.4
Name: verger-networks
Version: {version}
Summary: The larger networks of verger: EfficientNet-Lite1 and Lite2, with their ImageNet weights
License-Expression: {licence}
{licence_files}
Classifier: Topic :: Scientific/Engineering :: Image Recognition
Description-Content-Type: text/markdown

"""
NETWORKS_README = """\
The networks `efficientnet-lite1` and `efficientnet-lite2` of the package `verger`, which
`pip install 'verger[networks]'` installs. Data alone: verger checks their hashes.
"""
ENTRY_POINTS = """\
[console_scripts]
verger = verger_command:main
verger-cloud = verger.cloud.main:main
"""
# What a cluster needs, for `verger cloud` to upload: in the wheel below verger/cloud/deploy.
DEPLOYED = (
    "cloudformation/verger.yaml",
    "cloudformation/network.yaml",
    "emr/bootstrap.sh",
    "emr/pca.py",
)
# Neither is pure: where a system has two folders for packages, both are then in the same one.
WHEEL = """\
Wheel-Version: 1.0
Generator: verger tools/make_wheel.py
Root-Is-Purelib: false
Tag: {tag}
"""

PROGRAM = "verger/bin/verger"  # which python/verger_command.py starts
COMMAND = "verger_command.py"

Files = dict[str, bytes]  # by name inside the wheel


class Refusal(Exception):
    """What is missing or wrong, and the remedy."""


def version_of(root: Path) -> str:
    """Return the version of the package, which CMakeLists.txt reads in the same file."""
    text = (root / "python" / "verger" / "_version.py").read_text(encoding="utf-8")
    match = re.search(r'^VERSION = "([0-9.]+)"$', text, re.MULTILINE)
    if not match:
        raise Refusal('python/verger/_version.py has no line VERSION = "..."')
    return match[1]


def package_files(python: Path) -> Files:
    """Return the package under `python`, without its tests."""
    files = {}
    for file in python.glob("verger/**/*"):
        is_test = file.stem.endswith("_test") or file.stem.startswith("test_")
        is_code = file.suffix == ".py" and not is_test and file.stem != "conftest"
        is_prices = file.suffix == ".json" and file.parent.name == "prices"
        if is_code or is_prices or file.name == "py.typed":
            files[file.relative_to(python).as_posix()] = file.read_bytes()
    if (python / COMMAND).is_file():
        files[COMMAND] = (python / COMMAND).read_bytes()
    if "verger/__init__.py" not in files:
        raise Refusal(f"no package in {python / 'verger'}: it has no __init__.py")
    return files


def deployed_files(root: Path) -> Files:
    """Return what `verger cloud` uploads, as verger/cloud/deploy."""
    files = {}
    for name in DEPLOYED:
        file = root / "deploy" / name
        if not file.is_file():
            raise Refusal(f"no {file}, which verger cloud uploads")
        files[f"verger/cloud/deploy/{name}"] = file.read_bytes()
    return files


def native_files(tree: Path) -> Files:
    """Return the libraries of `tree`, as verger/lib, and its program."""
    program = tree / "bin" / "verger"
    if not program.is_file():
        raise Refusal(f"no bin/verger in {tree}: cmake --install build-wheel first")
    files = {PROGRAM: program.read_bytes()}
    for file in (tree / "lib" / "verger").glob("*"):
        if file.is_symlink():
            raise Refusal(f"{file} is a link, which a wheel cannot hold: was it not preset wheel?")
        files[f"verger/lib/{file.name}"] = file.read_bytes()
    if "verger/lib/libverger.so" not in files:
        raise Refusal(f"no lib/verger/libverger.so in {tree}: cmake --install build-wheel first")
    return files


def tag_of(files: Files) -> str:
    """Return the wheel's tag, by the program's processor; check_binaries.py holds all to it."""
    processor = processor_of(files[PROGRAM])
    if not processor:
        tags = ", ".join(known.tag for known in PROCESSORS)
        raise Refusal(f"bin/verger is for a processor without wheels: there are {tags}")
    return f"py3-none-{processor.tag}"


def arrow_version(files: Files) -> str:
    """Return the version of the Arrow that the program is linked to, as 26.0.

    Errors: Refusal unless the command looks for the same.
    """
    needed = set(re.findall(rb"libarrow\.so\.[0-9]+", files[PROGRAM]))
    known = set(re.findall(rb'^ARROW = "(.*)"$', files.get(COMMAND, b""), re.MULTILINE))
    if len(needed) != 1 or needed != known:
        raise Refusal(
            f"the program needs {names(needed)}, python/{COMMAND} looks for {names(known)}: "
            "make them equal"
        )
    number = int(needed.pop().rpartition(b".")[2])
    return f"{number // 100}.{number % 100}"


def names(files: set[bytes]) -> str:
    """Return their names for people."""
    return ", ".join(sorted(name.decode() for name in files)) or "no Arrow"


def licence_files(tree: Path) -> Files:
    """Return the licences in `tree`, by their names below the wheel's folder of licences."""
    folder = tree / "share" / "doc" / "verger"
    files = {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.glob("**/*")
        if file.is_file()
    }
    if "LICENSE" not in files:
        raise Refusal(f"no LICENSE in {folder}: cmake --install build-wheel first")
    return files


def sbom_of(tree: Path) -> bytes:
    """Return the SBOM that `cmake --install` wrote."""
    file = tree / IN_TREE
    if not file.is_file():
        raise Refusal(f"no {file}: cmake --install build-wheel writes it where dpkg-query is")
    return file.read_bytes()


def licence_of(sbom: bytes) -> str:
    """Return the licences of all that the SBOM says is carried; their texts are in the wheel."""
    names = set()
    for part in json.loads(sbom)["components"]:
        system = {"name": "verger:inclusion", "value": "system"} in part["properties"]
        for licence in [] if system else part.get("licenses", []):
            names.update(licence["expression"].split(" AND "))
    return " AND ".join(sorted(names, key=str.lower))


def about_tree(tree: Path, headers: str, readme: str, **values: str) -> Files:
    """Return what a dist-info says of `tree`: METADATA of headers and readme, licences, SBOM."""
    licences, sbom = licence_files(tree), sbom_of(tree)
    names = "\n".join(f"License-File: {name}" for name in sorted(licences))
    filled = headers.format(licence=licence_of(sbom), licence_files=names, **values)
    return {
        "METADATA": (filled + readme).encode(),
        **{f"licenses/{name}": text for name, text in licences.items()},
        IN_WHEEL: sbom,
    }


def record(files: Files, own_name: str) -> bytes:
    """Return RECORD, which has the hash and size of every file but itself."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.writerow((name, f"sha256={digest}", len(content)))
    rows.writerow((own_name, "", ""))
    return text.getvalue().encode()


def write_zip(path: Path, files: Files) -> None:
    """Write `files` in their order, all of one time, libraries and program executable."""
    start_of_zip = 315532800  # 1980-01-01: the format knows no time before
    seconds = max(int(os.environ.get("SOURCE_DATE_EPOCH", start_of_zip)), start_of_zip)
    when = time.gmtime(seconds)[:6]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, when)
            entry.create_system = 3  # Unix, on whatever system this runs
            executable = ".so" in name or name == PROGRAM
            entry.external_attr = (0o100755 if executable else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, compresslevel=9)


def network_files(tree: Path) -> Files:
    """Return the networks of `tree`, as verger_networks."""
    folder = tree / "share" / "verger" / "networks"
    files = {f"verger_networks/{file.name}": file.read_bytes() for file in folder.glob("*.onnx")}
    if not files:
        raise Refusal(f"no network in {folder}: cmake --install build-wheel --component networks")
    return files


def write_wheel(folder: Path, name: str, tag: str, package: Files, about: Files) -> Path:
    """Write the wheel called `name`, as verger-1.2.3; `about` goes to its dist-info."""
    info = f"{name}.dist-info"
    about = {**about, "WHEEL": WHEEL.format(tag=tag).encode()}
    files = dict(sorted(package.items()))
    # Last, as the format recommends.
    files.update(sorted((f"{info}/{file}", content) for file, content in about.items()))
    files[f"{info}/RECORD"] = record(files, f"{info}/RECORD")

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{tag}.whl"
    write_zip(path, files)
    return path


def make_wheel(root: Path, tree: Path, folder: Path) -> Path:
    """Make the wheel of checkout `root` and installed `tree`; return its path in `folder`."""
    version = version_of(root)
    readme = (root / "python" / "README.md").read_text(encoding="utf-8")
    package = {**package_files(root / "python"), **deployed_files(root), **native_files(tree)}
    about = about_tree(tree, HEADERS, readme, version=version, arrow=arrow_version(package))
    about["entry_points.txt"] = ENTRY_POINTS.encode()
    path = write_wheel(folder, f"verger-{version}", tag_of(package), package, about)
    if (size := path.stat().st_size) > MOST_BYTES:
        path.unlink()
        raise Refusal(
            f"{path.name} has {size / 1e6:.1f} MB, more than {MOST_BYTES / 1e6:.0f}: leave out "
            "what not everyone needs (docs/decisions/0007-one-wheel.md)"
        )
    return path


def make_networks_wheel(root: Path, tree: Path, folder: Path) -> Path:
    """Make the wheel of the networks in installed `tree`; return its path in `folder`."""
    version = version_of(root)
    about = about_tree(tree, NETWORKS_HEADERS, NETWORKS_README, version=version)
    name = f"verger_networks-{version}"
    return write_wheel(folder, name, NETWORKS_TAG, network_files(tree), about)


def main() -> int:
    """Make the wheels of the repository that holds this file."""
    if len(sys.argv) != 4:
        print("usage: make_wheel.py TREE NETWORKS FOLDER", file=sys.stderr)
        return 2
    tree, networks, folder = map(Path, sys.argv[1:])
    try:
        paths = [make_wheel(ROOT, tree, folder), make_networks_wheel(ROOT, networks, folder)]
    except Refusal as refusal:
        print(f"make_wheel: {refusal}", file=sys.stderr)
        return 1
    for path in paths:
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
