"""pip, pipx and uv install the command `verger` on clean systems, and it is the built program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from program import verger
from same_output import assert_same_output

from .conftest import LONG, NewSystem, System

VENV = "python3 -m venv /home/farmer/venv; . /home/farmer/venv/bin/activate; "
RUN = "verger run $ORCHARD out"
SUITES = ["trixie", "noble"]


def assert_same_bytes(system: System, out: Path) -> None:
    """The OUT of the user's run equals `out`."""
    assert_same_output(system.written("/home/farmer/out"), out)


@pytest.mark.parametrize("suite", SUITES)
def test_pip_installs_the_program(new_system: NewSystem, out: Path, suite: str) -> None:
    system = new_system(suite)
    printed = system.farm(VENV + f"pip install --quiet 'verger[cli]'; {RUN}")
    assert "640 photos, 16 labels, 0 rejects" in printed
    assert_same_bytes(system, out)
    # Not on PATH, as a service calls it; and Python beside it.
    system.farm("venv/bin/verger verify out")
    code = "import verger; assert verger.verify('out') == []"
    system.farm(f'venv/bin/python -c "{code}"')


@pytest.mark.parametrize(
    "command",
    ["pipx install", "uv tool install", "uv tool install --link-mode symlink"],
)
def test_other_installers_install_the_program(
    new_system: NewSystem, out: Path, command: str
) -> None:
    system = new_system("trixie")
    installer = command.partition(" ")[0]
    tools = f"python3 -m venv tools; tools/bin/pip install --quiet {installer}; "
    system.farm(tools + f"tools/bin/{command} 'verger[cli]'; PATH=$HOME/.local/bin:$PATH; {RUN}")
    assert_same_bytes(system, out)


# pip puts the networks beside the package; uv may link to its cache, where they are not.
@pytest.mark.parametrize("command", ["pip install", "uv tool install --link-mode symlink"])
def test_the_larger_networks_are_those_of_the_built_program(
    new_system: NewSystem, orchard: Path, tmp_path: Path, command: str
) -> None:
    system = new_system("trixie")
    install = f"{command} --quiet 'verger[cli,networks]'; PATH=$HOME/.local/bin:$PATH; "
    if command.startswith("uv"):
        install = f"pip install --quiet uv; {install}"
    label = min(orchard.iterdir()).name
    for model in ("efficientnet-lite1", "efficientnet-lite2"):
        system.farm(f"{VENV}{install}verger run $ORCHARD/{label} {model} --model {model}")
        verger("run", orchard / label, tmp_path / model, "--model", model, timeout=LONG)
        assert_same_output(system.written(f"/home/farmer/{model}"), tmp_path / model)


# A copy of the system's Python that has its own prefix, as conda's has, with packages in
# lib/python3.13/site-packages; as conda's pyarrow, this one has its libraries in lib.
PREFIX = """
cd
mkdir -p prefix/bin prefix/lib
cp /usr/bin/python3.13 prefix/bin/python
cp -r /usr/lib/python3.13 prefix/lib/
python3 -m venv tools
site=prefix/lib/python3.13/site-packages
tools/bin/pip install --quiet --prefix=prefix 'verger[cli]'
mv $site/pyarrow/libarrow.so.* $site/pyarrow/libparquet.so.* prefix/lib/
sed -i "1s|.*|#!$HOME/prefix/bin/python|" prefix/bin/verger
export PYTHONPATH=$HOME/$site
"""


def test_a_prefix_with_the_libraries_of_arrow_in_lib(new_system: NewSystem, out: Path) -> None:
    system = new_system("trixie")
    system.farm(PREFIX + f"prefix/bin/{RUN}")
    assert_same_bytes(system, out)


def test_without_the_extra_it_says_which_line_installs_it(new_system: NewSystem) -> None:
    system = new_system("trixie")
    refusal = system.farm(VENV + "pip install --quiet --no-deps verger; verger run a b", check=2)
    assert "this command needs pyarrow 26.0" in refusal
    line = refusal.partition("run: ")[2].strip()
    assert line == "python -m pip install 'verger[cli]'"
    assert "verger 0." in system.farm(f". venv/bin/activate; {line} >/dev/null; verger --version")


def test_the_cluster_is_planned_without_a_path(new_system: NewSystem) -> None:
    system = new_system("trixie")
    verger = "/home/farmer/venv/bin/verger"
    system.farm(VENV + "pip install --quiet 'verger[cloud]'; deactivate")
    settings = system.farm(f"{verger} cloud settings | tee verger-cloud.toml")
    assert "[task]" in settings
    plan = "plan s3://harvest-1/Data s3://harvest-1/runs/1 --bucket harvest-1 --json"
    planned = json.loads(system.farm(f"{verger} cloud {plan}", HOME="/home/farmer"))
    assert planned["requests"]


def test_it_starts_where_nothing_may_be_written(new_system: NewSystem) -> None:
    """As in a container: a read-only home, another user, no HOME."""
    system = new_system("trixie")
    system.farm(VENV + "pip install --quiet 'verger[cli]'")
    done = system.run(
        "chmod 755 /home/farmer; unset HOME; mount --bind /home /home; "
        "mount -o remount,ro,bind /home; exec setpriv --reuid=nobody --clear-groups "
        "/home/farmer/venv/bin/verger traits $ORCHARD --format csv",
        user="root",
        env=system.variables,
    )
    assert done.stdout.count("\n") == 641
