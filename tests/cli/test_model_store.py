"""verger model add|inspect|list: what is kept, and what is refused."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from model_home import (
    BAD_INPUT,
    NETWORK,
    SHA256,
    USAGE,
    Home,
    assert_fetched,
    network,
    stored,
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_add_keeps_a_copy_under_a_sound_name(home: Home) -> None:
    file = home.folder / "My Net (2).onnx"
    file.write_bytes(NETWORK)
    result = home.run("add", file, "--preset", "torchvision", "--json")
    assert result.returncode == 0, result.stderr
    entry = json.loads(result.stdout)
    assert entry["name"] == "my-net-2"
    file.unlink()
    inspected = json.loads(home.run("inspect", "my-net-2", "--json").stdout)
    assert inspected["preset"] == "torchvision"
    assert "my-net-2" in home.run("list").stdout


def test_add_refuses_what_is_no_model_by_name(home: Home) -> None:
    bad = {
        "empty.onnx": b"",
        "page.h5": b"<html></html>",
        "half.onnx": NETWORK[: len(NETWORK) // 2],
        "cut.h5": b"\x89HDF\r\n\x1a\n" + bytes(100),
    }
    for name, content in bad.items():
        (home.folder / name).write_bytes(content)
        result = home.run("add", name, "--preset", "torchvision")
        assert result.returncode == BAD_INPUT, (name, result.stderr)
        assert name in result.stderr
        assert result.stderr.startswith("verger: ")
    assert home.files() == set()
    missing = home.run("add", "gone.onnx")
    assert missing.returncode == BAD_INPUT
    assert "gone.onnx" in missing.stderr


def test_add_of_another_file_as_resnet50_says_so(home: Home) -> None:
    (home.folder / "mine.onnx").write_bytes(NETWORK)
    result = home.run("add", "mine.onnx", "--preset", "torchvision", "--name", "resnet50")
    assert result.returncode == 0, result.stderr
    assert "differs from the published resnet50" in result.stderr


def test_add_checks_a_digest_and_a_preset(home: Home) -> None:
    (home.folder / "net.onnx").write_bytes(NETWORK)
    wrong = home.run("add", "net.onnx", "--preset", "torchvision", "--sha256", "0" * 64)
    assert wrong.returncode == BAD_INPUT
    assert SHA256 in wrong.stderr
    garbled = home.run("add", "net.onnx", "--preset", "torchvision", "--sha256", SHA256[1:])
    assert garbled.returncode == USAGE
    unnamed = home.run("add", "net.onnx")
    assert unnamed.returncode != 0
    assert "torchvision" in unnamed.stderr  # lists the presets there are
    assert home.files() == set()


def test_a_digest_may_be_in_upper_case(home: Home) -> None:
    (home.folder / "net.onnx").write_bytes(NETWORK)
    pins = ["--preset", "torchvision", "--sha256", SHA256.upper()]
    added = home.run("add", "net.onnx", *pins)
    assert added.returncode == 0, added.stderr
    assert home.files() == stored()
    fetched = home.fetch((home.folder / "net.onnx").as_uri(), sha256=SHA256.upper())
    assert_fetched(home, fetched)


def test_many_processes_add_at_once(home: Home) -> None:
    contents = [network(seed) for seed in range(4)]
    processes = []
    for i, content in enumerate(contents):
        (home.folder / f"{i}.onnx").write_bytes(content)
        arguments = ["add", f"{i}.onnx", "--preset", "torchvision", "--name", "net", "--replace"]
        processes.append(
            subprocess.Popen(
                home.command(*arguments),
                env=home.environment,
                cwd=home.folder,
                stdout=subprocess.DEVNULL,
            )
        )
    assert [process.wait(60) for process in processes] == [0] * 4
    inspected = json.loads(home.run("inspect", "net", "--json").stdout)
    assert inspected["sha256"] in {hashlib.sha256(content).hexdigest() for content in contents}
    assert home.files() == stored(inspected["sha256"])


def test_a_model_that_is_not_there_names_those_that_are(home: Home) -> None:
    for name in ("resnet50", "resnet51"):
        result = home.run("inspect", name)
        assert result.returncode == BAD_INPUT
        assert "use one of: efficientnet-lite0" in result.stderr
        assert "verger model fetch resnet50" in result.stderr
    assert "Verger can fetch: resnet50" in home.run("fetch", "resnet51").stderr


@pytest.mark.parametrize("command", [[], ["list"], ["fetch"], ["add"], ["inspect"]])
def test_every_help_has_examples(home: Home, command: list[str]) -> None:
    result = home.run(*command, "--help")
    assert result.returncode == 0
    assert "Examples:\n  verger model" in result.stdout


def test_list_has_the_embedded_model_and_what_to_fetch(home: Home) -> None:
    result = home.run("list")
    assert result.returncode == 0, result.stderr
    assert "efficientnet-lite0" in result.stdout
    assert "verger[networks]" not in result.stdout  # which only the wheel needs
    assert json.loads(home.run("list", "--json").stdout)["absent"] == []
    assert "verger model fetch resnet50" in result.stdout
