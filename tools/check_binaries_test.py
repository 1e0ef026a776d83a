"""The gate must stop a library for each rule that it breaks, and let a good one through."""

import subprocess
import zipfile
from pathlib import Path

import check_binaries
import pytest
from processors import PROCESSORS

GOOD = "#include <string.h>\nsize_t verger_length(const char* s) { return strlen(s); }\n"


def build(library: Path, code: str, *options: str) -> Path:
    library.parent.mkdir(parents=True, exist_ok=True)
    source = library.with_suffix(".c")
    source.write_text(code)
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-fno-builtin", "-o", library, source, *options], check=True
    )
    source.unlink()
    return library


def as_if_for(machine: int, elf: Path) -> Path:
    """Change the processor in the header of an ELF file; nobody runs it."""
    content = bytearray(elf.read_bytes())
    content[18:20] = machine.to_bytes(2, "little")
    elf.write_bytes(content)
    return elf


def from_the_future(folder: Path, soname: str, version: str) -> Path:
    """Build a library that passes for the system's `soname`, with the symbol newer@version."""
    script = folder / f"{version}.map"
    script.write_text(f"{version} {{ global: newer; local: *; }};\n")
    options = [f"-Wl,--version-script={script}", f"-Wl,-soname,{soname}"]
    return build(folder / "future" / soname, "int newer(void) { return 1; }\n", *options)


def faults(library: Path) -> list[str]:
    return list(check_binaries.check(library))


def test_a_good_library_passes(tmp_path: Path) -> None:
    origin = "-Wl,-rpath,$ORIGIN"
    assert faults(build(tmp_path / "libverger.so", GOOD, origin)) == []


def test_a_name_that_is_not_ours_is_no_export(tmp_path: Path) -> None:
    code = GOOD + "int other_name(void) { return 1; }\n"
    [fault] = faults(build(tmp_path / "libverger.so", code))
    assert fault.startswith("libverger.so: exports other_name;")
    assert "abi/libverger.map" in fault


def test_a_library_without_our_functions_is_not_ours(tmp_path: Path) -> None:
    [fault] = faults(build(tmp_path / "libverger.so", ""))
    assert fault.startswith("libverger.so: exports no verger_*;")


def test_what_is_no_library_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "libverger.so").write_text("not ELF")
    [fault] = faults(tmp_path / "libverger.so")
    assert fault.startswith("libverger.so: cannot be read (objdump")


def test_a_section_in_the_table_of_symbols_is_no_export() -> None:
    """As the cross linker for 64-bit ARM lists two of them, beside our functions."""
    table = (
        "00000000036d0d40 l    d  .data\t0000000000000000              .data\n"
        "0000000000123450 g    DF .text\t0000000000000010              verger_fit\n"
    )
    assert check_binaries.SYMBOL.findall(table) == [(".text", "", "verger_fit")]


def test_other_libraries_export_what_they_like(tmp_path: Path) -> None:
    assert faults(build(tmp_path / "libother.so", "int other_name(void) { return 1; }\n")) == []


@pytest.mark.parametrize(
    ("soname", "version", "newest"),
    [
        ("libc.so.6", "GLIBC_2.35", "GLIBC_2.34"),
        ("libc.so.6", "GLIBC_2.100", "GLIBC_2.34"),
        ("libc.so.6", "GLIBC_PRIVATE", "GLIBC_2.34"),
        ("libstdc++.so.6", "GLIBCXX_3.4.30", "GLIBCXX_3.4.29"),
        ("libstdc++.so.6", "CXXABI_1.3.14", "CXXABI_1.3.13"),
        ("libgcc_s.so.1", "GCC_12.0.0", "GCC_7.0.0"),
    ],
)
def test_a_version_newer_than_the_oldest_system_is_named_with_its_symbol(
    tmp_path: Path, soname: str, version: str, newest: str
) -> None:
    future = from_the_future(tmp_path, soname, version)
    code = "int newer(void);\nint verger_newer(void) { return newer(); }\n"
    messages = faults(build(tmp_path / "libverger.so", code, str(future)))
    assert len(messages) == 1
    assert f"libverger.so: newer needs {version}, newer than {newest};" in messages[0]


@pytest.mark.parametrize(
    ("version", "newest"),
    [
        ("GLIBC_2.35", None),
        ("GLIBC_2.36", "GLIBC_2.35"),
        ("GLIBCXX_3.4.30", None),
        ("GLIBCXX_3.4.31", "GLIBCXX_3.4.30"),
    ],
)
def test_64_bit_arm_has_a_later_oldest_system(
    tmp_path: Path, version: str, newest: str | None
) -> None:
    soname = "libstdc++.so.6" if version.startswith("GLIBCXX") else "libc.so.6"
    future = from_the_future(tmp_path, soname, version)
    code = "int newer(void);\nint verger_newer(void) { return newer(); }\n"
    library = build(tmp_path / "libverger.so", code, str(future))
    messages = faults(as_if_for(183, library))
    if newest:
        [fault] = messages
        assert f"libverger.so: newer needs {version}, newer than {newest};" in fault
    else:
        assert messages == []


def test_each_processor_has_a_loader_of_its_own(tmp_path: Path) -> None:
    here, other = (processor.loader for processor in PROCESSORS)
    loader = build(
        tmp_path / "loader" / other, "int f(void) { return 1; }\n", f"-Wl,-soname,{other}"
    )
    code = "int f(void);\nint verger_f(void) { return f(); }\n"
    library = build(tmp_path / "libverger.so", code, str(loader))
    [fault] = faults(library)
    assert fault.startswith(f"libverger.so: needs {other};")
    assert faults(as_if_for(183, library)) == []
    assert here != other


def test_a_processor_without_wheels_is_said_so(tmp_path: Path) -> None:
    [fault] = faults(as_if_for(243, build(tmp_path / "libverger.so", GOOD)))  # RISC-V
    assert fault.startswith("libverger.so: is for a processor without wheels;")


@pytest.mark.parametrize("version", ["GLIBC_2.34", "GLIBC_2.4", "HWY_0"])
def test_a_version_that_the_oldest_system_has_passes(tmp_path: Path, version: str) -> None:
    past = from_the_future(tmp_path, "libc.so.6", version)
    code = "int newer(void);\nint verger_newer(void) { return newer(); }\n"
    assert faults(build(tmp_path / "libverger.so", code, str(past))) == []


def test_what_is_needed_is_the_systems_or_lies_beside(tmp_path: Path) -> None:
    other = build(
        tmp_path / "elsewhere" / "libother.so",
        "int other(void) { return 1; }\n",
        "-Wl,-soname,libother.so.3",
    )
    code = "int other(void);\nint verger_other(void) { return other(); }\n"
    library = build(tmp_path / "libverger.so", code, str(other))
    [fault] = faults(library)
    assert fault.startswith("libverger.so: needs libother.so.3;")
    other.rename(tmp_path / "libother.so.3")
    assert faults(library) == []


@pytest.mark.parametrize("tags", ["--enable-new-dtags", "--disable-new-dtags"])
def test_a_path_of_this_machine_is_no_run_path(tmp_path: Path, tags: str) -> None:
    path = "$ORIGIN:/somewhere/here"
    library = build(tmp_path / "libverger.so", GOOD, f"-Wl,{tags},-rpath,{path}")
    [fault] = faults(library)
    assert f"PATH {path};" in fault


def program(folder: Path, *options: str) -> Path:
    """Build a program as the wheel has it, below `folder`."""
    path = folder / "verger" / "bin" / "verger"
    path.parent.mkdir(parents=True)
    code = b"int main(void) { return 0; }\n"
    command = ["cc", "-x", "c", "-", "-x", "none", "-o", str(path), *options]
    subprocess.run(command, input=code, check=True)
    return path


def test_all_binaries_of_a_wheel_are_checked(tmp_path: Path) -> None:
    good = build(tmp_path / "good" / "libverger.so", GOOD)
    path = "-Wl,-rpath,/somewhere"
    bad = build(tmp_path / "libbad.so.2", GOOD, path)
    wheel = tmp_path / f"verger-1-py3-none-{PROCESSORS[0].tag}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(bad, "verger/lib/libbad.so.2")
    named = [fault.partition(":")[0] for fault in faults(wheel)]
    assert named == [wheel.name, wheel.name, "libbad.so.2"]
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.write(good, "verger/lib/libverger.so")
        archive.write(program(tmp_path, path), check_binaries.PROGRAM)
    named = [fault.partition(":")[0] for fault in faults(wheel)]
    assert named == ["verger/bin/verger", "libbad.so.2"]


@pytest.mark.parametrize("planted", ["verger/lib/libverger.so", check_binaries.PROGRAM])
def test_a_wheel_is_for_the_one_processor_of_its_name(tmp_path: Path, planted: str) -> None:
    path = f"-Wl,-rpath,{check_binaries.PROGRAM_PATH}"
    files = {
        "verger/lib/libverger.so": build(tmp_path / "libverger.so", GOOD),
        check_binaries.PROGRAM: program(tmp_path, path),
    }
    wheel = tmp_path / f"verger-1-py3-none-{PROCESSORS[0].tag}.whl"
    for machine, named in ((62, []), (183, [planted])):
        as_if_for(machine, files[planted])
        with zipfile.ZipFile(wheel, "w") as archive:
            for name, file in files.items():
                archive.write(file, name)
        assert [fault.partition(":")[0] for fault in faults(wheel)] == named


def test_the_program_needs_our_libraries_and_those_of_pyarrow(tmp_path: Path) -> None:
    libraries = []
    for name in ("libverger.so", "libarrow.so.2600", "libparquet.so.2600", "libcurl.so.4"):
        folder = tmp_path / "verger" / "lib" if name == "libverger.so" else tmp_path
        libraries.append(str(build(folder / name, GOOD, f"-Wl,-soname,{name}")))
    path = f"-Wl,-rpath,{check_binaries.PROGRAM_PATH}"
    options = ("-Wl,--no-as-needed", *libraries, path)
    [fault] = check_binaries.program_faults(program(tmp_path, *options))
    assert fault.startswith("needs libcurl.so.4;")
