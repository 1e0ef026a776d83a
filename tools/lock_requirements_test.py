"""A lock that lacks a version, a hash or a line of its source is a fault; ours have none."""

from pathlib import Path

import lock_requirements
import pytest

GOOD = """\
# Of it.in, by `make lock`.
numpy==2.0 ; python_full_version >= '3.11' \\
    --hash=sha256:01 \\
    --hash=sha256:02
    # via -r it.in
typing-extensions==4.16.0 \\
    --hash=sha256:03
    # via other
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(lock_requirements, "FOLDER", tmp_path)
    (tmp_path / "it.in").write_text(
        "--constraint other.txt\nnumpy==2.0\ntyping_extensions==4.16.0\n"
    )
    (tmp_path / "it.txt").write_text(GOOD)
    return tmp_path


def faults() -> list[str]:
    return list(lock_requirements.faults_of("it"))


def test_a_whole_lock_passes(folder: Path) -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("part", "other", "fault"),
    [
        ("numpy==2.0", "numpy==2.1", "it.txt has no numpy==2.0 of it.in"),
        ("numpy==2.0", "numpy>=2.0", "it.txt has no numpy==2.0 of it.in"),
        ("    --hash=sha256:03", "", "it.txt: typing-extensions==4.16.0 has no hash"),
        ("# via other", "# of https://host/", "it.txt names a host"),
    ],
)
def test_what_is_missing_is_named(folder: Path, part: str, other: str, fault: str) -> None:
    (folder / "it.txt").write_text(GOOD.replace(part, other))
    assert fault in "\n".join(faults())


def test_a_requirement_that_is_not_pinned_is_named(folder: Path) -> None:
    (folder / "it.txt").write_text(GOOD + "scipy>=1\n")
    [fault] = faults()
    assert fault.startswith("it.txt: scipy>=1 is no pinned version")


def test_a_source_without_a_lock_is_named(folder: Path) -> None:
    (folder / "it.txt").unlink()
    [fault] = faults()
    assert "lacks its .in or its .txt" in fault


def test_ours_are_whole() -> None:
    names = {file.stem for file in lock_requirements.FOLDER.glob("*.in")}
    assert "build" in names
    assert [fault for name in names for fault in lock_requirements.faults_of(name)] == []
