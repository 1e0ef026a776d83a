"""reproduce.sh finds a build that depends on its folder, and passes one that does not."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
# The program's tree: $TEXT in one file; `cmake --install` is the last call of a build.
CMAKE = 'if [[ $1 == --install ]]; then mkdir -p tree/bin; eval "echo $TEXT" >tree/bin/verger; fi'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository of reproduce.sh alone, with a .venv and a file that is not committed."""
    root = tmp_path / "checkout"
    (root / "tools").mkdir(parents=True)
    shutil.copy(HERE / "reproduce.sh", root / "tools")
    subprocess.run(["git", "init", "--quiet", root], check=True)
    (root / ".gitignore").write_text("/.venv\n")
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / "new.txt").write_text("new\n")
    (tmp_path / "fakes").mkdir()
    fake = tmp_path / "fakes" / "cmake"
    fake.write_text(f"#!/bin/bash\n{CMAKE}\n")
    fake.chmod(0o755)
    return root


def reproduce(checkout: Path, *kinds: str, text: str = "") -> subprocess.CompletedProcess[str]:
    path = f"{checkout.parent / 'fakes'}:{os.environ['PATH']}"
    return subprocess.run(
        [checkout / "tools" / "reproduce.sh", *kinds],
        env={"PATH": path, "TEXT": text, "TMPDIR": str(checkout.parent)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_builds_that_are_equal_pass(checkout: Path) -> None:
    done = reproduce(checkout, "program", text="$(cat new.txt)")
    assert done.returncode == 0, done.stderr
    hash_line, summary = done.stdout.splitlines()
    assert hash_line.endswith("  tree/bin/verger")
    assert summary == "reproduce: 1 files, no difference"


def test_a_build_that_depends_on_its_folder_fails(checkout: Path) -> None:
    done = reproduce(checkout, "program", text="$PWD")
    assert done.returncode == 1
    assert done.stdout.count("tree/bin/verger") == 2
    assert "the files above differ" in done.stderr


def test_a_build_that_fails_is_reported(checkout: Path) -> None:
    (checkout.parent / "fakes" / "cmake").write_text("#!/bin/bash\necho no compiler\nexit 1\n")
    done = reproduce(checkout, "program")
    assert done.returncode == 1
    assert "no compiler" in done.stderr
    assert "no difference" not in done.stdout


def test_an_unknown_kind_is_refused(checkout: Path) -> None:
    done = reproduce(checkout, "app")
    assert done.returncode == 2
    assert "'app'" in done.stderr


def test_nothing_is_left_behind(checkout: Path) -> None:
    reproduce(checkout, "program", text="same")
    assert sorted(path.name for path in checkout.parent.iterdir()) == ["checkout", "fakes"]
