"""The folder of wheels: what every node would refuse is refused before it is uploaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from verger.cloud.bucket import uploads
from verger.cloud.settings import Bootstrap, Job
from verger.cloud.wheels import NoWheels, risky_wheels, wheels_of
from verger.errors import BadCall

from .programs import BUCKET, Program, mission, write_wheel

OURS = "verger-1.2.3-py3-none-manylinux_2_34_x86_64.whl"
NETWORKS = "verger_networks-1.2.3-py3-none-any.whl"
PYARROW = "pyarrow-21.0.0-cp39-cp39-manylinux_2_28_x86_64.whl"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (OURS, PYARROW):
        write_wheel(tmp_path / name)
    return tmp_path


def refusal(folder: Path) -> str:
    with pytest.raises(BadCall) as caught:
        uploads(mission(bootstrap=Bootstrap(folder=str(folder))))
    return str(caught.value)


def test_wheels_as_readme_fetches_them_pass(folder: Path) -> None:
    wheels = wheels_of(folder)
    assert [wheel.name for wheel in wheels] == [PYARROW, OURS]
    assert list(risky_wheels(folder)) == []


def test_two_versions_are_refused(folder: Path) -> None:
    write_wheel(folder / "Verger-0.2.0-py3-none-any.whl")
    assert "two wheels of verger, but pip installs only one: remove all but one" in refusal(folder)


@pytest.mark.parametrize("model", ["efficientnet-lite1", "efficientnet-lite2"])
def test_a_job_of_a_larger_network_needs_the_wheel_of_networks(folder: Path, model: str) -> None:
    bootstrap = Bootstrap(folder=str(folder))
    assert uploads(mission(bootstrap=bootstrap))
    settings = mission(bootstrap=bootstrap, job=Job(model=model))
    with pytest.raises(BadCall, match=f"no wheel of verger-networks, which has .* {model}"):
        uploads(settings)
    write_wheel(folder / NETWORKS)
    assert NETWORKS in [file.url.rpartition("/")[2] for file in uploads(settings)]
    assert not list(risky_wheels(folder))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("plum-1-py3-none-any (1).whl", "not the name of a wheel"),
        ("d.whl", "not the name of a wheel"),
        ("._plum-1-py3-none-any.whl", "not the name of a wheel"),
        ("plum-1-cp39-cp39-win_amd64.whl", "not for Linux on x86-64"),
        ("plum-1-cp39-cp39-manylinux_2_28_aarch64.whl", "not for Linux on x86-64"),
        ("plum-1-cp39-cp39-musllinux_1_2_x86_64.whl", "not for Linux on x86-64"),
    ],
)
def test_names_that_pip_refuses_are_refused(folder: Path, name: str, message: str) -> None:
    write_wheel(folder / name)
    assert f"{name}: {message}" in refusal(folder)


def test_missing_and_damaged_files_are_refused_all_at_once(folder: Path) -> None:
    (folder / "a-1-py3-none-any.whl").mkdir()
    (folder / "b-1-py3-none-any.whl").symlink_to(folder / "gone")
    (folder / "c-1-py3-none-any.whl").write_bytes(b"no archive")
    write_wheel(folder / "e-1-py3-none-any.whl", "apples")
    data = (folder / "e-1-py3-none-any.whl").read_bytes()
    (folder / "e-1-py3-none-any.whl").write_bytes(data.replace(b"apples", b"apple5"))
    message = refusal(folder)
    assert "a-1-py3-none-any.whl: no file" in message
    assert "b-1-py3-none-any.whl: a link to a file that does not exist" in message
    assert "c-1-py3-none-any.whl: not a wheel, or damaged (File is not a zip file)" in message
    assert "e-1-py3-none-any.whl: damaged (verger/__init__.py)" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("a-1-py3-none-any.whl", True),
        ("a-1-py2.py3-none-any.whl", True),
        ("a-1-py38-none-any.whl", True),
        ("a-1-cp39-cp39-linux_x86_64.whl", True),
        ("a-1-cp37-abi3-linux_x86_64.whl", True),
        ("a-1-1-cp39-cp39-linux_x86_64.whl", True),
        ("a-1-py2-none-any.whl", False),
        ("a-1-py310-none-any.whl", False),
    ],
)
def test_wheels_of_another_python_are_warned_of(folder: Path, name: str, fits: bool) -> None:
    write_wheel(folder / name)
    assert wheels_of(folder)
    assert bool(list(risky_wheels(folder))) != fits


@pytest.mark.parametrize(
    "name",
    ["a-1-cp38-cp38-linux_x86_64.whl", "a-1-cp311-cp311-manylinux_2_28_x86_64.whl"]
    + ["a-1-cp310-abi3-manylinux_2_28_x86_64.whl", "a-1-cp310.cp311-none-any.whl"],
)
def test_wheels_that_name_another_python_are_refused(folder: Path, name: str) -> None:
    write_wheel(folder / name)
    assert f"{name}: for another Python than EMR 7's 3.9: download the one for cp39" in refusal(
        folder
    )


@pytest.mark.parametrize("command", ["up", "run {0}/Data {0}"])
def test_what_starts_something_warns_of_wheels(program: Program, moto: str, command: str) -> None:
    done = program(*command.format(f"s3://{BUCKET}").split(), settings=mission())
    assert "warning: no wheel of pyarrow beside verger's" in done.err


def test_without_ours_plan_warns_with_the_commands_and_others_refuse(
    folder: Path, program: Program
) -> None:
    (folder / OURS).unlink()
    with pytest.raises(NoWheels):
        wheels_of(folder)
    for wheel in (program.folder / "wheels").iterdir():
        wheel.unlink()
    done = program("plan", "--no-requests", settings=mission())
    assert done.code == 0
    assert "warning: `up` and `run` would stop here: wheels/ has no wheel of verger" in done.out
    page = (Path(__file__).parents[2] / "docs" / "emr.md").read_text(encoding="utf-8")
    for command in (
        "pip download --only-binary :all: --python-version 3.9 --platform manylinux_2_28_x86_64 "
        "-d wheels pyarrow",
        "cp dist/verger-*.whl wheels/",
    ):
        assert command in done.out
        assert command in page
    (program.folder / "wheels" / "x.whl").touch()
    assert program("plan", settings=mission()).code == 2
