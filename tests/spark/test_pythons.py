"""The wheel under every Python from 3.9 up that setup_spark.sh found; nothing of the checkout."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from .venvs import CACHE, ROOT, TIMEOUT, built_wheel

PYTHONS = sorted(CACHE.glob("python-3.*"), key=lambda folder: int(folder.name.split(".")[1]))
PHOTOS = ROOT / "tests" / "golden" / "photos"
# Prints which Python and library it was, and the features of the photos in a folder.
TRY = """
import hashlib, json, sys, pyarrow, verger
table = verger.extract(sys.argv[1])
pca = verger.fit(table, components=3)
scores = verger.project(table, pca)["pca_features"]
print(json.dumps({
    "python": sys.version.split()[0], "pyarrow": pyarrow.__version__, "file": verger.__file__,
    "features": hashlib.sha256(repr(table["features"].to_pylist()).encode()).hexdigest(),
    "scores": hashlib.sha256(repr(scores.to_pylist()).encode()).hexdigest(),
    "errors": table["error"].null_count,
}))
"""


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder away from the checkout, with the photos."""
    folder = tmp_path_factory.mktemp("outside")
    shutil.copytree(PHOTOS, folder / "photos")
    return folder


def tried(venv: Path, folder: Path) -> dict[str, Any]:
    wheel = built_wheel()
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    pip: list[str | Path] = [
        venv / "bin" / "python",
        "-I",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
    ]
    pip += ["--no-deps", "--force-reinstall", "--disable-pip-version-check", wheel]
    run: list[str | Path] = [venv / "bin" / "python", "-I", "-c", TRY, folder / "photos"]
    for command in (pip, run):
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=TIMEOUT
        )
        assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return dict(json.loads(done.stdout))


def test_there_are_pythons_to_try() -> None:
    assert PYTHONS, f"no venvs {CACHE}/python-3.*: run 'tools/setup.sh spark'"


@pytest.mark.parametrize("venv", PYTHONS, ids=[venv.name for venv in PYTHONS])
def test_it_imports_and_extracts(venv: Path, outside: Path) -> None:
    output = tried(venv, outside)
    assert f"python-{output['python']}".startswith(f"{venv.name}.")
    assert Path(output["file"]).is_relative_to(venv / "lib")
    assert output["errors"] == len(list(PHOTOS.iterdir()))
    # The same library, so the same bits, whatever the Python and its Arrow.
    first = tried(PYTHONS[0], outside)
    assert (output["features"], output["scores"]) == (first["features"], first["scores"])


def test_its_sources_are_python_3_9() -> None:
    with zipfile.ZipFile(built_wheel()) as wheel:
        sources = [name for name in wheel.namelist() if name.endswith(".py")]
        assert "verger/spark/frames.py" in sources
        assert not [name for name in sources if name.endswith(("_test.py", "conftest.py"))]
        for name in sources:
            ast.parse(wheel.read(name), name, feature_version=(3, 9))
