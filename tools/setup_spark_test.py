"""setup_spark.sh installs what is missing, once, and says what only its reader can install."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
# What each command leaves when it has done its work; all keep a log of their calls.
FAKES = {
    "python3": """
if [[ ${2-} == venv ]]; then rm -rf "$4"; mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; fi""",
    # Leaves a jar that holds its own name.
    "mvn": """
for word in "$@"; do
  case $word in
    -Dartifact=*) IFS=: read -r _ name version <<<"${word#*=}" ;;
    -DoutputDirectory=*) folder=${word#*=} ;;
  esac
done
echo "$name-$version.jar" >"$folder/$name-$version.jar\"""",
    # Of what `go mod download` says of a module, the part that install_go.sh reads.
    "go": r"""
if [[ $1 == mod ]]; then printf '\t"Dir": "/module",\n\t"Sum": "h1:%s"\n' "${GO_SUM-}"; fi""",
}
PINNED_SUM = re.findall(r"^versitygw=.* h1:(\S+) ", (HERE / "setup_spark.sh").read_text(), re.M)[0]
SPARK_3_5, SPARK_4, NOTEBOOKS = (
    f"requirements/spark-{name}.txt" for name in ("3.5", "4", "notebooks")
)
BENCH_PEERS = ("spark", "peers", "daft", "fastdup", "similar", "serve")
BASH_TOOLS = ("bash", "cat", "cp", "dirname", "grep", "mkdir", "rm", "sed", "sha256sum")
JARS = ("hadoop-aws-3.3.4.jar", "aws-java-sdk-bundle-1.12.262.jar")


class Machine:
    """A checkout of setup_spark.sh alone; of commands there are fakes and a few of the system's."""

    def __init__(self, folder: Path) -> None:
        self.root, self.bin, self.log = folder / "a checkout", folder / "bin", folder / "log"
        self.bin.mkdir()
        for name in BASH_TOOLS:
            (self.bin / name).symlink_to(str(shutil.which(name)))
        for name, body in FAKES.items():
            (self.bin / name).write_text(f'#!/bin/bash\necho "{name} $*" >>"{self.log}"\n{body}\n')
            (self.bin / name).chmod(0o755)
        (self.root / "tools").mkdir(parents=True)
        for name in ("setup_spark.sh", "install_go.sh", "install_jar.sh"):
            shutil.copy(HERE / name, self.root / "tools")
        self.pins = self.root / "requirements"
        self.pins.mkdir()
        benches = (f"bench-{name}" for name in BENCH_PEERS)
        for name in ("spark-3.5", "spark-4", "spark-notebooks", *benches):
            (self.pins / f"{name}.txt").write_text("package==1\n")
        hashes = [hashlib.sha256(f"{jar}\n".encode()).hexdigest() for jar in JARS]
        lines = (f"{sha256}  {jar}\n" for sha256, jar in zip(hashes, JARS, strict=True))
        (self.pins / "jars.sha256").write_text("".join(lines))

    def setup(self, *only: str, check: int = 0, go_sum: str = PINNED_SUM) -> str:
        """Runs the script; returns what it printed. `go_sum`: of the module that go downloads."""
        self.log.write_text("")
        done = subprocess.run(
            [self.root / "tools" / "setup_spark.sh", *only],
            env={"PATH": str(self.bin), "HOME": os.devnull, "GO_SUM": go_sum},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == check, done.stderr
        return done.stderr

    def installed(self) -> list[str]:
        """The last word of each call that installs something."""
        lines = self.log.read_text().splitlines()
        words = (" pip install ", "mvn ", "go build ")
        return [line.split()[-1] for line in lines if any(word in line for word in words)]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_second_call_installs_nothing(machine: Machine) -> None:
    machine.setup()
    pins = [word for word in machine.installed() if word.startswith("requirements/")]
    assert sorted(pins) == [SPARK_3_5, SPARK_4, NOTEBOOKS, NOTEBOOKS]
    assert len(machine.installed()) == len(pins) + 3  # two jars and versitygw
    assert machine.setup() == ""
    assert machine.installed() == []


def test_benchmarks_have_their_peers_and_the_server(machine: Machine) -> None:
    machine.setup("bench")
    *peers, server = machine.installed()
    assert peers == [f"requirements/bench-{name}.txt" for name in BENCH_PEERS]
    assert "versitygw" in server


def test_a_peer_that_cannot_be_installed_does_not_stop_the_others(machine: Machine) -> None:
    python = machine.bin / "python3"
    python.write_text(python.read_text() + "[[ $* != *bench-daft.txt ]]\n")
    assert "requirements/bench-daft.txt cannot be installed" in machine.setup("bench")
    last_peer, server = machine.installed()[-2:]
    assert last_peer == f"requirements/bench-{BENCH_PEERS[-1]}.txt"
    assert "versitygw" in server
    machine.setup("bench")
    assert machine.installed() == ["requirements/bench-daft.txt"]  # tried again


def test_a_changed_pin_makes_that_venv_anew(machine: Machine) -> None:
    machine.setup()
    (machine.pins / "spark-4.txt").write_text("package==2\n")
    machine.setup()
    assert machine.installed() == [SPARK_4, NOTEBOOKS]


def test_a_copy_that_failed_is_made_again(machine: Machine) -> None:
    mvn = machine.bin / "mvn"
    working = mvn.read_text()
    mvn.write_text(working + "exit 1\n")
    machine.setup(check=1)
    mvn.write_text(working)
    machine.setup()
    assert len(machine.installed()) == 3


def test_a_module_that_is_not_the_pinned_one_is_refused(machine: Machine) -> None:
    assert "as pinned: do not use it" in machine.setup("s3", check=1, go_sum="other")
    assert machine.installed() == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (f"{'0' * 64}  {JARS[0]}\n", f"{JARS[0]} is not the one that"),
        (f"{'0' * 64}  other.jar\n", f"has no hash of {JARS[0]}"),
    ],
)
def test_a_jar_that_is_not_the_pinned_one_is_refused(
    machine: Machine, line: str, message: str
) -> None:
    (machine.pins / "jars.sha256").write_text(line)
    assert message in machine.setup(check=1)
    assert not (machine.root / ".cache" / "jars" / JARS[0]).exists()


def test_without_go_it_says_what_to_install(machine: Machine) -> None:
    (machine.bin / "go").unlink()
    assert "needs Go 1.25 or later" in machine.setup(check=1)


def test_without_python_3_11_it_says_how_to_name_one(machine: Machine) -> None:
    (machine.bin / "python3").write_text("#!/bin/bash\nexit 1\n")
    assert "PYTHON=/path/to/python3.11" in machine.setup(check=1)
