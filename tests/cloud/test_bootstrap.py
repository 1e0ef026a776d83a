"""deploy/emr/bootstrap.sh, run for real: in a clean Debian without network, from a local folder."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from .clean_root import ROOT, CleanRoot, needs_clean_root
from .wheelhouses import PYARROW, VERGER, change, fill, flip, only, sha256, write_sums

BOOTSTRAP = "/given/bootstrap.sh"
LOG = "/var/log/verger-bootstrap.log"
RUN = f'{BOOTSTRAP} "$@"'
WHEELS = "/given/wheels"
# The place of the package for any user.
LOOK = "cd /; python3 -I -c 'import verger; print(verger.__file__)'"


@pytest.fixture(scope="session", autouse=True)
def _clean_root() -> None:
    needs_clean_root()


@pytest.fixture
def node(tmp_path: Path) -> CleanRoot:
    """A system on which nothing has been done, with our script and good wheels beside it."""
    return new_node(tmp_path / "node")


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> CleanRoot:
    """A system on which the script has succeeded; not to be changed."""
    root = new_node(tmp_path_factory.mktemp("ready") / "node")
    root.run(RUN, WHEELS)
    return root


def new_node(folder: Path, above: CleanRoot | None = None, *wheels: str) -> CleanRoot:
    root = CleanRoot(folder, above)
    shutil.copy(ROOT / "deploy" / "emr" / "bootstrap.sh", root.inputs)
    fill(root.inputs / "wheels", *wheels)
    return root


def refusal(node: CleanRoot, *arguments: str, code: int = 1) -> str:
    """The line with which the script ends."""
    done = node.run(RUN, *arguments, check=code)
    line = done.stderr.strip().splitlines()[-1]
    assert re.match(r"\S+Z \+\d+s verger bootstrap: ", line), done.stderr
    if code == 1:
        assert line in node.read(LOG).splitlines()
    return line


def test_it_runs_twice_without_network(node: CleanRoot) -> None:
    first = node.run(f'test "$(wc -l </proc/net/route)" -le 1 && {RUN}', WHEELS)
    assert "begins on " in first.stderr
    for pattern in (VERGER, PYARROW):
        wheel = only(node.inputs / "wheels", pattern)
        line = f"fetched {wheel.name}, {wheel.stat().st_size} bytes, sha256 {sha256(wheel)}"
        assert line in first.stderr
    assert "self-test: 1280 features of one photo" in first.stderr
    took = re.search(r"ready after ([0-9]+) s$", first.stderr.strip())
    assert took is not None
    assert int(took[1]) < 60
    # For every user of the node, YARN's too.
    assert node.run(LOOK, user="nobody").stdout.startswith("/usr/local/lib/python3.11/")

    second = node.run(RUN, WHEELS)
    assert "already installed, and works" in second.stderr
    assert "fetched" not in second.stderr
    # The log has the messages of both, and pip's.
    log = node.read(LOG)
    for line in (first.stderr + second.stderr).splitlines():
        assert line in log
    assert "Successfully installed" in log
    # No temporary file is left.
    assert node.run("ls -A /tmp").stdout == ""


def test_as_root_from_a_url_with_its_hash_and_another_log(tmp_path: Path) -> None:
    node = new_node(tmp_path / "node")
    sums = sha256(node.inputs / "wheels" / "SHA256SUMS")
    # Where there is no sudo.
    script = f'rm /usr/bin/sudo; {BOOTSTRAP} "$@"'
    options = ("--sha256", sums.upper(), "--log", "/var/log/ours", "--python", "/usr/bin/python3")
    node.run(script, *options, f"file://{WHEELS}/", user="root")
    assert "ready after" in node.read("/var/log/ours/verger-bootstrap.log")
    assert not node.wrote(LOG)
    node.run(LOOK, user="nobody")


@pytest.mark.parametrize("pattern", [VERGER, PYARROW])
def test_a_flipped_byte_ends_it(node: CleanRoot, pattern: str) -> None:
    wheel = only(node.inputs / "wheels", pattern)
    good = sha256(wheel)
    flip(wheel)
    message = refusal(node, WHEELS)
    assert f"{wheel.name} is damaged: its SHA-256 is {sha256(wheel)}" in message
    assert f"SHA256SUMS says {good}" in message
    node.run(LOOK, check=1)  # nothing was installed


def test_a_wheel_that_is_not_there_ends_it(node: CleanRoot) -> None:
    wheel = only(node.inputs / "wheels", PYARROW)
    wheel.unlink()
    assert f"{WHEELS}/{wheel.name} cannot be fetched" in refusal(node, WHEELS)
    node.run(LOOK, check=1)


def test_missing_sums_end_it(node: CleanRoot) -> None:
    (node.inputs / "wheels" / "SHA256SUMS").unlink()
    assert f"{WHEELS}/SHA256SUMS cannot be fetched" in refusal(node, WHEELS)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "names no wheel"),
        ("deadbeef  verger-1.2.3-py3-none-any.whl", "is not the hash and name of a wheel"),
        (f"{'0' * 64}  ../verger-1.2.3-py3-none-any.whl", "is not the hash and name of a wheel"),
        (f"{'0' * 64}  -r", "is not the hash and name of a wheel"),
        ("<?xml version='1.0'?><Error/>", "is not the hash and name of a wheel"),
    ],
)
def test_sums_that_are_none_end_it(node: CleanRoot, line: str, message: str) -> None:
    (node.inputs / "wheels" / "SHA256SUMS").write_text(line)
    assert message in refusal(node, WHEELS)


def test_sums_that_somebody_changed_end_it(node: CleanRoot) -> None:
    # A writer of the bucket can replace a wheel and its hash, but not the hash in the request.
    before = sha256(node.inputs / "wheels" / "SHA256SUMS")
    flip(only(node.inputs / "wheels", VERGER))
    after = write_sums(node.inputs / "wheels")
    message = refusal(node, "--sha256", before, WHEELS)
    assert f"has the SHA-256 {after}, not {before}" in message


def test_wheels_of_another_python_end_it(node: CleanRoot) -> None:
    wheel = only(node.inputs / "wheels", PYARROW)
    wheel.rename(wheel.with_name(wheel.name.replace("cp311", "cp39")))
    write_sums(node.inputs / "wheels")
    message = refusal(node, WHEELS)
    assert "is not a supported wheel" in message
    assert "(3.11." in message
    assert "--python" in message


@pytest.mark.parametrize(
    ("member", "old", "new", "message"),
    [
        ("verger/lib/libverger.so", b"\x7fELF", b"\x7fFLE", "invalid ELF header"),
        (
            "verger/extractor.py",
            b"        content = pa.RecordBatch",
            b"        return pa.RecordBatch.from_pydict("
            b"{'features': [[float('nan')] * 1280], 'error': pa.array([None], pa.string())})\n"
            b"        content = pa.RecordBatch",
            "not finite",
        ),
        (
            "verger/extractor.py",
            b"        content = pa.RecordBatch",
            b"        photos = pa.RecordBatch.from_pydict({'content': [b'no photo']})\n"
            b"        content = pa.RecordBatch",
            "the photo was rejected",
        ),
        (
            "verger/__init__.py",
            b"from verger.model",
            b"import os; os._exit(9)\nfrom verger.model",
            "exit code 9",
        ),
    ],
    ids=["library", "nan", "rejects", "dies"],
)
def test_a_package_that_does_not_work_ends_it(
    ready: CleanRoot, tmp_path: Path, member: str, old: bytes, new: bytes, message: str
) -> None:
    node = new_node(tmp_path / "node", ready, VERGER)
    change(only(node.inputs / "wheels", VERGER), member, old, new)
    write_sums(node.inputs / "wheels")
    line = refusal(node, WHEELS)
    assert "the installed package does not work" in line
    assert message in line
    # The next one does not take it for ready.
    assert "the installed package does not work" in refusal(node, WHEELS)


def test_a_damaged_installation_is_mended(ready: CleanRoot, tmp_path: Path) -> None:
    node = new_node(tmp_path / "node", ready)
    damage = 'truncate -s 1M "$(find /usr/local -name libverger.so)"'
    node.run(damage, user="root")
    done = node.run(RUN, WHEELS)
    assert "installed pyarrow-" in done.stderr
    assert "self-test: 1280 features" in done.stderr


def test_wheels_that_were_tried_in_vain_are_replaced(ready: CleanRoot, tmp_path: Path) -> None:
    node = new_node(tmp_path / "node", ready)
    fill(node.inputs / "others", VERGER)
    old, new = b"from verger.model", b"import os; os.path.exists('/given/dies') and os._exit(9)\n"
    change(only(node.inputs / "others", VERGER), "verger/__init__.py", old, new + old)
    write_sums(node.inputs / "others")
    (node.inputs / "dies").touch()
    assert "exit code 9" in refusal(node, "/given/others")
    (node.inputs / "dies").unlink()
    # What is there now works, but is not what was asked for, though that was there before.
    assert "installed pyarrow-" in node.run(RUN, WHEELS).stderr


def test_an_unforeseen_failure_is_reported_with_its_line(node: CleanRoot) -> None:
    script = (ROOT / "deploy" / "emr" / "bootstrap.sh").read_text().splitlines()
    line = script.index('  as_root mkdir -p "$log_folder"') + 1
    done = node.run(RUN, "--log", "/etc/passwd/log", WHEELS, check=1)
    assert re.search(rf"line \d+ \(from {line} [^)]*\) failed with exit code 1: ", done.stderr)


@pytest.mark.parametrize(
    "arguments",
    [(), ("--sha256",), ("--pyton", "python3", WHEELS), (WHEELS, "s3://another/wheels/")]
    + [("--sha256", "", WHEELS), ("--python", "", WHEELS)],
)
def test_wrong_usage_is_reported(node: CleanRoot, arguments: tuple[str, ...]) -> None:
    assert "bootstrap.sh [--python PYTHON]" in refusal(node, *arguments, code=2)


def test_what_a_killed_run_left_is_removed(node: CleanRoot) -> None:
    # One of a run that is gone, one of a process that lives, and what is not ours.
    setup = 'mkdir "/tmp/verger-bootstrap.99999999.abc" "/tmp/verger-bootstrap.$$.abc" /tmp/other'
    left = node.run(
        f'{setup}; "{BOOTSTRAP}" "$@" 2>/dev/null || true; ls -A /tmp; echo $$', "/given/none"
    )
    *names, process = left.stdout.split()
    assert names == ["other", f"verger-bootstrap.{process}.abc"]


def test_no_such_python_is_reported(node: CleanRoot) -> None:
    assert "no python3.9 here" in refusal(node, "--python", "python3.9", WHEELS)
