"""Every target of the Makefile works as the first command in a fresh clone.

The quick tests ask make and ninja what a target would run. Those marked `clones` run it (make
test-clones): in a clone of what is committed, with a home of its own, without .venv and build/.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("VERGER_BUILD", ROOT / "build"))
LONGEST = 3600  # seconds of one target
# What these need is in requirements/build.txt alone.
PRODUCT = {
    "build": [],
    "demo": [],
    "app-demo": [],
    "run": ["PHOTOS=tests/golden/photos", "OUT=out", "ARGS=--components 2"],
    "install": ["PREFIX=tree"],
}
# What each leaves in the clone.
RESULTS = {
    "build": "build/verger",
    "demo": "build/demo/Results",
    "run": "out/Results",
    "install": "tree/bin/verger",
    "test": "build/test-data/resnet50.h5",
    "wheel": "dist/verger-*.whl",
    "bench": "build/bench/resize.json",
    "lint": ".venv/.lint-stamp",
}
OTHER_ARGUMENTS = {"bench": ["BENCH=resize"]}  # with the set-up of all


def output_of(*command: str | Path) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def imports(script: Path, folder: Path) -> Iterator[str]:
    """What a script imports from elsewhere than `folder`, also by way of modules that are there."""
    for node in ast.walk(ast.parse(script.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        else:
            continue
        for name in names:
            path = folder / name.replace(".", "/")
            for own in (path.with_suffix(".py"), path / "__init__.py"):
                if own.is_file():
                    yield from imports(own, folder)
                    break
            else:
                yield name.partition(".")[0]


def normalized(package: str) -> str:
    return package.lower().replace("_", "-")


def scripts_of(commands: str) -> set[str]:
    return set(re.findall(r"\S*tools/\S+\.py", commands))


@pytest.mark.parametrize("target", PRODUCT)
def test_the_product_asks_only_for_packages_of_the_build(target: str) -> None:
    recipes = output_of("make", "--dry-run", target, *PRODUCT[target])
    assert re.findall(r"tools/setup\.sh (\S+)", recipes) == ["build"]
    built = re.findall(r"cmake --build \S+ --target (\S+)", recipes)
    assert built == ["verger_program"]
    commands = output_of("ninja", "-C", BUILD, "-t", "commands", *built)
    scripts = scripts_of(recipes) | scripts_of(commands)
    assert any("make_efficientnet_lite.py" in script for script in scripts)

    pins = (ROOT / "requirements" / "build.txt").read_text()
    pinned = {normalized(name) for name in re.findall(r"(?m)^([\w.-]+)==", pins)}
    distributions = packages_distributions()
    for script in scripts:
        names = set(imports(ROOT / script, ROOT / "tools"))
        for name in names - sys.stdlib_module_names:
            packages = {normalized(package) for package in distributions[name]}
            assert packages & pinned, f"make {target} runs {script}, which imports {name}"


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Of a user who has nothing yet; but compilers may remember what earlier clones compiled."""
    ours = ("MAKE", "MFLAGS", "VERGER", "VIRTUAL_ENV")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    variables["HOME"] = str(tmp_path_factory.mktemp("home"))
    if shutil.which("ccache"):
        variables.setdefault("CCACHE_DIR", str(tmp_path_factory.mktemp("ccache")))
        variables.update(CMAKE_C_COMPILER_LAUNCHER="ccache", CMAKE_CXX_COMPILER_LAUNCHER="ccache")
    return variables


@pytest.fixture
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Always the same path: what was compiled for another is not found again."""
    folder = tmp_path_factory.getbasetemp() / "clone"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.clones
@pytest.mark.parametrize("target", RESULTS)
def test_a_target_is_the_first_command(
    target: str, clone: Path, environment: dict[str, str]
) -> None:
    arguments = PRODUCT.get(target, OTHER_ARGUMENTS.get(target, []))
    command = ["make", target, *arguments]
    done = subprocess.run(
        command, cwd=clone, env=environment, capture_output=True, text=True, timeout=LONGEST
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert list(clone.glob(RESULTS[target]))
    if target in PRODUCT:
        assert not (clone / ".venv" / ".test-stamp").exists()
        assert not (clone / "build" / "test-data").exists()
