"""The SBOM of an installed tree is valid, names all that the tree carries, follows the build."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import check_sbom
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.spdx import is_expression
from cyclonedx.validation.json import JsonStrictValidator
from machine import BUILD, ROOT
from sbom import IN_TREE
from sbom.binaries import binaries_of
from sbom.build_inputs import Package, Refusal, debian_packages, inputs_of
from sbom.components import debian_component, inclusion_of

Document = dict[str, Any]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What `cmake --install` makes of the build."""
    folder = tmp_path_factory.mktemp("tree")
    command = ["cmake", "--install", str(BUILD), "--prefix", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def document(tree: Path) -> Document:
    return dict(json.loads((tree / IN_TREE).read_text()))


def named(document: Document, name: str) -> Document:
    """The one component of that name."""
    [part] = [part for part in document["components"] if part["name"] == name]
    return dict(part)


def faults(place: Path) -> list[str]:
    return list(check_sbom.faults_of(place))


def test_it_keeps_to_the_schema(tree: Path) -> None:
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str((tree / IN_TREE).read_text())
    assert error is None


def test_licences_are_expressions_of_spdx(document: Document) -> None:
    licences = {
        licence["expression"]
        for part in document["components"]
        for licence in part.get("licenses", [])
    }
    assert len(licences) > 5
    assert [licence for licence in licences if not is_expression(licence)] == []


def test_the_tree_is_as_it_says(tree: Path) -> None:
    assert faults(tree) == []


def test_every_elf_file_is_in_it(tree: Path, document: Document) -> None:
    """Looked for without our own code: by the first bytes."""
    names = {part["name"] for part in document["components"] if inclusion_of(part) == "file"}
    files = [file for file in tree.rglob("*") if file.is_file() and not file.is_symlink()]
    elf = {file.name for file in files if file.read_bytes()[:4] == b"\x7fELF"}
    assert {"verger", "libopenvino_intel_cpu_plugin.so"} < elf
    assert names == elf


def test_every_network_and_module_is_in_it(document: Document) -> None:
    embedded = {part["name"] for part in document["components"] if inclusion_of(part) == "embedded"}
    header = (ROOT / "core" / "model" / "embedded.h").read_text()
    networks = re.findall(r'"(efficientnet-[\w-]+)"', header)
    assert len(networks) == 3
    weights = {f"{name}.{ending}" for name in networks for ending in ("onnx", "calibration")}
    assert embedded == weights | {"engine.wasm", "engine-relaxed.wasm"}
    network = named(document, "efficientnet-lite0.onnx")
    assert network["type"] == "machine-learning-model"
    [weights_file] = network["pedigree"]["ancestors"]
    tool = (ROOT / "tools" / "make_efficientnet_lite.py").read_text()
    assert weights_file["hashes"][0]["content"] in tool  # which refuses any other


def test_only_these_files_embed_others() -> None:
    """Another .incbin of a binary needs a section `.verger.carried.NAME` too."""
    files = subprocess.run(
        ["git", "grep", "--files-with-matches", "-F", ".incbin", "--", "*.S", "*.cmake"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    with_sections = {"core/model/embedded_model.S", "cli/app/embed.cmake"}
    of_text = {"cli/manual/scripts.S", "cli/serve/openapi.S", "core/report/page.S"}
    assert set(files.stdout.split()) == with_sections | of_text


def test_what_was_compiled_in_is_named_with_its_source(document: Document) -> None:
    for name in ("eigen3", "fmtlib", "highway", "nlohmann-json3", "cli11", "boost1.81"):
        part = named(document, name)
        assert part["hashes"]
        assert part["purl"].startswith(f"pkg:deb/debian/{name}@")
    assert inclusion_of(named(document, "eigen3")) == "headers"
    assert inclusion_of(named(document, "libjpeg-turbo")) == "system"
    assert inclusion_of(named(document, "wasi-libc")) == "archive"  # in the engine of the app
    uses = {entry["ref"]: entry.get("dependsOn", []) for entry in document["dependencies"]}
    assert "embedded/engine.wasm" in uses["file/verger"]
    assert {"debian/wasi-libc", "debian/llvm-toolchain-19"} < set(uses["embedded/engine.wasm"])
    assert "debian/cli11" in uses["file/verger"]
    stated = {ref for ref in uses if ref.startswith(("openvino/", "pyarrow/"))}
    assert any(
        "oneDNN" in ref for ref in stated & set(uses["file/libopenvino_intel_cpu_plugin.so"])
    )
    assert {"pyarrow/zstd", "pyarrow/re2"} < stated & set(uses["file/libarrow.so.2600"])


def test_versions_are_those_of_the_pins(document: Document) -> None:
    pins = dict(
        re.findall(r"^(\w+)==(\S+)", (ROOT / "requirements" / "build.in").read_text(), re.M)
    )
    assert named(document, "libarrow.so.2600")["version"] == pins["pyarrow"]
    assert named(document, "libopenvino_intel_cpu_plugin.so")["version"] == pins["openvino"]
    tbb = named(document, "libtbb.so.12")
    assert re.fullmatch(r"20\d\d\.\d+\.\d+", tbb["version"])


def test_the_same_tree_gives_the_same_bytes(tree: Path) -> None:
    before = (tree / IN_TREE).read_bytes()
    tool = ROOT / "tools" / "make_sbom.py"
    subprocess.run([sys.executable, tool, BUILD, tree], check=True, capture_output=True, timeout=60)
    assert (tree / IN_TREE).read_bytes() == before


def test_a_binary_that_it_does_not_name_is_a_fault(tree: Path, tmp_path: Path) -> None:
    copy = small_copy(tree, tmp_path)
    shutil.copy("/bin/true", copy / "lib" / "verger" / "libnew.so")
    (copy / "share" / "network.bin").write_bytes(b"\0\1\2")
    assert [fault.partition(";")[0] for fault in faults(copy)] == [
        "lib/verger/libnew.so is not in the SBOM",
        "share/network.bin is not in the SBOM",
    ]


def test_a_changed_binary_is_a_fault(tree: Path, tmp_path: Path) -> None:
    copy = small_copy(tree, tmp_path)
    with (copy / "lib" / "verger" / "libtbb.so.12").open("ab") as file:
        file.write(b"\0")
    [fault] = faults(copy)
    assert fault.startswith("lib/verger/libtbb.so.12 is not what the SBOM has the hash of")


def test_a_name_without_a_file_or_a_licence_is_a_fault(tree: Path, tmp_path: Path) -> None:
    copy = small_copy(tree, tmp_path)
    document = json.loads((copy / IN_TREE).read_text())
    del named_in(document, "eigen3")["licenses"]
    (copy / IN_TREE).write_text(json.dumps(document))
    (copy / "lib" / "verger" / "libhwloc.so.15").unlink()
    assert [fault.partition(";")[0] for fault in faults(copy)] == [
        "the SBOM names libhwloc.so.15, which is not there",
        "eigen3 has no licenses in the SBOM",
    ]


def named_in(document: Document, name: str) -> Document:
    """The one component of that name, to be changed."""
    return next(part for part in document["components"] if part["name"] == name)


def small_copy(tree: Path, folder: Path) -> Path:
    """A tree of the SBOM and small libraries, without what the SBOM says of the others."""
    small = ("libhwloc.so.15", "libtbb.so.12")
    copy = folder / "copy"
    (copy / "lib" / "verger").mkdir(parents=True)
    for name in small:
        shutil.copy(tree / "lib" / "verger" / name, copy / "lib" / "verger")
    document = json.loads((tree / IN_TREE).read_text())
    document["components"] = [
        part
        for part in document["components"]
        if inclusion_of(part) not in ("file", "embedded") or part["name"] in small
    ]
    (copy / IN_TREE).parent.mkdir(parents=True)
    (copy / IN_TREE).write_text(json.dumps(document))
    assert faults(copy) == []
    return copy


def test_a_place_without_an_sbom_is_a_fault(tmp_path: Path) -> None:
    [fault] = faults(tmp_path)
    assert fault.startswith("has 0 SBOMs, not one")


def test_a_package_without_a_licence_in_the_table_is_refused() -> None:
    package = Package("libnew-dev", "new", "1.0-1", "")
    with pytest.raises(Refusal, match=r"licences\.py has no line for its source package new"):
        debian_component(package, [Path(__file__)])


def test_a_file_of_no_package_is_refused(tmp_path: Path) -> None:
    header = tmp_path / "new.h"
    header.write_text("")
    with pytest.raises(Refusal, match=r"new\.h went into the build, but no Debian package has it"):
        debian_packages([header])


def test_inputs_are_those_of_the_target_alone() -> None:
    library = {path.name for path in inputs_of(BUILD, "lib/libverger.so")}
    program = {path.name for path in inputs_of(BUILD, "verger")}
    assert "hdf5.h" in library
    assert "CLI.hpp" in program - library
    assert "gtest.h" not in program


def test_sections_are_read_from_a_stripped_library(tmp_path: Path) -> None:
    source = tmp_path / "weights.S"
    (tmp_path / "weights.bin").write_bytes(b"weights")
    source.write_text(
        f'.section .verger.carried.net.onnx, "a", @progbits\n.incbin "{tmp_path / "weights.bin"}"\n'
    )
    library = tmp_path / "tree" / "libnet.so"
    library.parent.mkdir()
    subprocess.run(["cc", "-shared", "-nostdlib", "-s", "-o", library, source], check=True)
    assert [(part.name, part.embedded) for part in binaries_of(library.parent)] == [
        ("libnet.so", False),
        ("net.onnx", True),
    ]
