"""The wheel is whole, the same for the same inputs, and refused when something is missing."""

import base64
import configparser
import csv
import hashlib
import importlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import make_wheel
import pytest

INFO = "verger-1.2.3.dist-info"


def part(licence: str, inclusion: str) -> dict[str, object]:
    """A component of an SBOM."""
    return {
        "licenses": [{"expression": licence}] if licence else [],
        "properties": [{"name": "verger:inclusion", "value": inclusion}],
    }


SBOM = json.dumps(
    {
        "components": [
            part("Zlib AND IJG", "archive"),
            part("MIT", "headers"),
            part("Apache-2.0", "file"),
            part("MIT", "file"),
            part("curl", "system"),
            part("", "stated"),
        ]
    }
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout of the files that a wheel is made from."""
    return write(
        tmp_path / "root",
        {
            "python/README.md": "# Verger\n",
            "deploy/cloudformation/verger.yaml": "stack",
            "deploy/cloudformation/network.yaml": "network",
            "deploy/emr/bootstrap.sh": "wheels",
            "deploy/emr/pca.py": "job",
            "deploy/emr/other.sh": "",
            "python/verger_command.py": 'ARROW = "libarrow.so.2600"\n',
            "python/verger_other.py": "",
            "python/verger/__init__.py": "",
            "python/verger/_library_test.py": "",
            "python/verger/_version.py": 'VERSION = "1.2.3"\n',
            "python/verger/py.typed": "",
            "python/verger/cloud/prices/eu-west-3.json": "{}",
            "python/verger/cloud/prices/notes.txt": "",
            "python/verger/notes.txt": "",
            "python/verger/other.json": "{}",
            "python/verger/__pycache__/pca.cpython-39.pyc": "",
            "python/verger/runs/conftest.py": "",
            "python/verger/runs/plan.py": "",
            "python/verger/runs/test_photos.py": "",
        },
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What `cmake --install` leaves."""
    tree = write(
        tmp_path / "tree",
        {
            "include/verger.h": "",
            "lib/verger/libverger.so": "ours",
            "lib/verger/libtbb.so.12": "theirs",
            "share/doc/verger/LICENSE": "ours",
            "share/doc/verger/openvino/LICENSE": "theirs",
            "share/verger/sbom.cdx.json": SBOM,
        },
    )
    write_program(tree, 62)
    return tree


def write_program(tree: Path, machine: int) -> None:
    """Write what passes for a program for the processor of that number in ELF."""
    header = b"\x7fELF\2\1".ljust(18, b"\0") + machine.to_bytes(2, "little")
    (tree / "bin").mkdir(exist_ok=True)
    (tree / "bin" / "verger").write_bytes(header + b"\0libarrow.so.2600\0")


@pytest.fixture
def networks(tmp_path: Path) -> Path:
    """What `cmake --install --component networks` leaves."""
    return write(
        tmp_path / "networks",
        {
            "share/doc/verger/LICENSE": "ours",
            "share/doc/verger/pear/LICENSE": "theirs",
            "share/verger/networks/pear.onnx": "pear",
            "share/verger/sbom.cdx.json": SBOM,
        },
    )


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def read(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_it_holds_the_package_the_libraries_and_their_licences(
    root: Path, tree: Path, tmp_path: Path
) -> None:
    wheel = make_wheel.make_wheel(root, tree, tmp_path / "dist")
    assert wheel.name == "verger-1.2.3-py3-none-manylinux_2_34_x86_64.whl"
    assert list(read(wheel)) == [
        "verger/__init__.py",
        "verger/_version.py",
        "verger/bin/verger",
        "verger/cloud/deploy/cloudformation/network.yaml",
        "verger/cloud/deploy/cloudformation/verger.yaml",
        "verger/cloud/deploy/emr/bootstrap.sh",
        "verger/cloud/deploy/emr/pca.py",
        "verger/cloud/prices/eu-west-3.json",
        "verger/lib/libtbb.so.12",
        "verger/lib/libverger.so",
        "verger/py.typed",
        "verger/runs/plan.py",
        "verger_command.py",
        f"{INFO}/METADATA",
        f"{INFO}/WHEEL",
        f"{INFO}/entry_points.txt",
        f"{INFO}/licenses/LICENSE",
        f"{INFO}/licenses/openvino/LICENSE",
        f"{INFO}/sboms/verger.cdx.json",
        f"{INFO}/RECORD",
    ]


def test_record_has_the_hash_and_size_of_every_other_file(
    root: Path, tree: Path, tmp_path: Path
) -> None:
    files = read(make_wheel.make_wheel(root, tree, tmp_path))
    rows = list(csv.reader(io.StringIO(files[f"{INFO}/RECORD"].decode())))
    assert [name for name, _, _ in rows] == list(files)
    assert rows.pop() == [f"{INFO}/RECORD", "", ""]
    for name, digest, size in rows:
        kind, _, text = digest.partition("=")
        assert kind == "sha256"
        assert base64.urlsafe_b64decode(text + "=") == hashlib.sha256(files[name]).digest()
        assert int(size) == len(files[name])


def test_metadata_names_the_version_and_each_licence(
    root: Path, tree: Path, tmp_path: Path
) -> None:
    files = read(make_wheel.make_wheel(root, tree, tmp_path))
    headers, _, description = files[f"{INFO}/METADATA"].decode().partition("\n\n")
    assert "\nVersion: 1.2.3\n" in headers
    assert "\nLicense-Expression: Apache-2.0 AND IJG AND MIT AND Zlib\n" in headers
    assert "\nLicense-File: LICENSE\nLicense-File: openvino/LICENSE\n" in headers
    assert description == "# Verger\n"
    assert b"Tag: py3-none-manylinux_2_34_x86_64\n" in files[f"{INFO}/WHEEL"]


def test_the_tag_is_that_of_the_programs_processor(root: Path, tree: Path, tmp_path: Path) -> None:
    write_program(tree, 183)
    wheel = make_wheel.make_wheel(root, tree, tmp_path / "dist")
    assert wheel.name == "verger-1.2.3-py3-none-manylinux_2_35_aarch64.whl"
    assert b"Tag: py3-none-manylinux_2_35_aarch64\n" in read(wheel)[f"{INFO}/WHEEL"]
    write_program(tree, 243)  # RISC-V
    with pytest.raises(make_wheel.Refusal, match="without wheels: there are manylinux_2_34_x86"):
        make_wheel.make_wheel(root, tree, tmp_path / "dist")


def test_it_has_the_commands_and_their_extras(root: Path, tree: Path, tmp_path: Path) -> None:
    files = read(make_wheel.make_wheel(root, tree, tmp_path))
    commands = configparser.ConfigParser()
    commands.read_string(files[f"{INFO}/entry_points.txt"].decode())
    assert dict(commands["console_scripts"]) == {
        "verger": "verger_command:main",
        "verger-cloud": "verger.cloud.main:main",
    }
    for command in commands["console_scripts"].values():
        module, _, function = command.partition(":")
        assert callable(getattr(importlib.import_module(module), function))
    headers = files[f"{INFO}/METADATA"].decode().partition("\n\n")[0].splitlines()
    assert "Provides-Extra: cli" in headers
    assert 'Requires-Dist: pyarrow==26.0.*; extra == "cli"' in headers
    assert "Provides-Extra: cloud" in headers
    assert 'Requires-Dist: boto3>=1.34; extra == "cloud"' in headers
    assert "Provides-Extra: networks" in headers
    assert 'Requires-Dist: verger-networks==1.2.3; extra == "networks"' in headers


def test_the_wheel_of_networks_holds_data_that_lies_beside_the_package(
    root: Path, networks: Path, tmp_path: Path
) -> None:
    wheel = make_wheel.make_networks_wheel(root, networks, tmp_path / "dist")
    info = "verger_networks-1.2.3.dist-info"
    assert wheel.name == "verger_networks-1.2.3-py3-none-any.whl"
    assert not wheel.match("verger-*.whl")  # which everything takes that wants the other
    files = read(wheel)
    assert list(files) == [
        "verger_networks/pear.onnx",
        f"{info}/METADATA",
        f"{info}/WHEEL",
        f"{info}/licenses/LICENSE",
        f"{info}/licenses/pear/LICENSE",
        f"{info}/sboms/verger.cdx.json",
        f"{info}/RECORD",
    ]
    assert b"\nName: verger-networks\nVersion: 1.2.3\n" in files[f"{info}/METADATA"]
    # As of the wheel verger: on systems with two folders for packages, both are in the same.
    assert b"\nRoot-Is-Purelib: false\nTag: py3-none-any\n" in files[f"{info}/WHEEL"]


def test_a_tree_without_networks_is_refused(root: Path, networks: Path, tmp_path: Path) -> None:
    (networks / "share" / "verger" / "networks" / "pear.onnx").unlink()
    with pytest.raises(make_wheel.Refusal, match=r"no network in .*--component networks"):
        make_wheel.make_networks_wheel(root, networks, tmp_path)


def test_a_wheel_that_grew_too_large_is_refused(
    root: Path, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = make_wheel.make_wheel(root, tree, tmp_path / "first").stat().st_size
    monkeypatch.setattr(make_wheel, "MOST_BYTES", size)
    make_wheel.make_wheel(root, tree, tmp_path / "as-large")
    monkeypatch.setattr(make_wheel, "MOST_BYTES", size - 1)
    with pytest.raises(make_wheel.Refusal, match=r"manylinux_2_34_x86_64.whl has .* MB, more than"):
        make_wheel.make_wheel(root, tree, tmp_path / "too-large")
    assert not list((tmp_path / "too-large").iterdir())


def test_the_program_and_the_libraries_alone_are_executable(
    root: Path, tree: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(make_wheel.make_wheel(root, tree, tmp_path)) as archive:
        executable = {e.filename for e in archive.infolist() if e.external_attr >> 16 & 0o111}
    libraries = {"verger/lib/libtbb.so.12", "verger/lib/libverger.so"}
    assert executable == libraries | {"verger/bin/verger"}


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ('ARROW = "libarrow.so.2700"\n', "needs libarrow.so.2600, .* looks for libarrow.so.2700:"),
        ("", "needs libarrow.so.2600, .* looks for no Arrow:"),
    ],
)
def test_a_command_that_looks_for_another_arrow_is_refused(
    root: Path, tree: Path, tmp_path: Path, command: str, message: str
) -> None:
    (root / "python" / "verger_command.py").write_text(command)
    with pytest.raises(make_wheel.Refusal, match=message):
        make_wheel.make_wheel(root, tree, tmp_path)


@pytest.mark.parametrize("name", make_wheel.DEPLOYED)
def test_a_checkout_that_lacks_what_a_cluster_needs_is_refused(
    root: Path, tree: Path, tmp_path: Path, name: str
) -> None:
    (root / "deploy" / name).unlink()
    with pytest.raises(make_wheel.Refusal, match=f"{name}, which verger cloud uploads"):
        make_wheel.make_wheel(root, tree, tmp_path)


def test_what_a_cluster_needs_is_found_in_the_wheel_and_in_the_checkout(
    tree: Path, tmp_path: Path
) -> None:
    """As verger.cloud.bucket looks for it."""
    wheel = make_wheel.make_wheel(make_wheel.ROOT, tree, tmp_path / "dist")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    code = "from verger.cloud import bucket; print(bucket.deployed('emr/pca.py')); print(bucket)"
    for place in (site, make_wheel.ROOT / "python"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONPATH": str(place)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert "spark-submit pca.py PHOTOS OUT" in done.stdout
        assert str(place) in done.stdout


def test_the_same_inputs_give_the_same_bytes(
    root: Path, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_wheel.make_wheel(root, tree, tmp_path / "first").read_bytes()
    library = tree / "lib" / "verger" / "libverger.so"
    library.touch()
    library.chmod(0o600)
    assert make_wheel.make_wheel(root, tree, tmp_path / "second").read_bytes() == first
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    dated = make_wheel.make_wheel(root, tree, tmp_path / "dated")
    with zipfile.ZipFile(dated) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2023, 11, 14, 22, 13, 20)}


def test_a_package_without_a_version_is_refused(root: Path, tree: Path, tmp_path: Path) -> None:
    (root / "python/verger/_version.py").write_text("")
    with pytest.raises(make_wheel.Refusal, match="_version.py has no line VERSION"):
        make_wheel.make_wheel(root, tree, tmp_path)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("lib/verger/libverger.so", "no lib/verger/libverger.so in"),
        ("bin/verger", "no bin/verger in"),
        ("share/doc/verger/LICENSE", "no LICENSE in"),
        ("share/verger/sbom.cdx.json", "no .*sbom.cdx.json: cmake --install"),
    ],
)
def test_a_tree_that_lacks_something_is_refused(
    root: Path, tree: Path, tmp_path: Path, file: str, message: str
) -> None:
    (tree / file).unlink()
    with pytest.raises(make_wheel.Refusal, match=message):
        make_wheel.make_wheel(root, tree, tmp_path)


def test_a_link_is_refused(root: Path, tree: Path, tmp_path: Path) -> None:
    (tree / "lib" / "verger" / "libverger.so.0").symlink_to("libverger.so")
    with pytest.raises(make_wheel.Refusal, match=r"libverger.so.0 is a link"):
        make_wheel.make_wheel(root, tree, tmp_path)
