"""Completions: what the program proposes, and what real shells make of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from interactive_shells import SHELLS, Terminal, install_recorder
from program import BUILD, verger
from test_help import COMMANDS, options_of

SCRIPTS = {
    "bash": "bash-completion/completions/verger",
    "zsh": "zsh/site-functions/_verger",
    "fish": "fish/vendor_completions.d/verger.fish",
}
# What is typed before Tab, and the program's arguments after it.
LINES = {
    "verger ver": "<verify>",
    "verger model li": "<model><list>",
    "verger run --path": "<run><--path-mode>",
    "verger run --precision i": "<run><--precision><int8>",
    "verger run --precision=i": "<run><--precision=int8>",
    "verger run --sse aws": "<run><--sse><aws:kms>",
    "verger run --sse=aws:k": "<run><--sse=aws:kms>",
    "verger run --preset dino": "<run><--preset><dinov2>",
    "verger show har": "<show><harvest of 2026>",
    "verger show out/--": "<show><out/--one>",
    "verger classify harvest\\ of\\ 2026 she": "<classify><harvest of 2026><shelf.jpg>",
    "verger run --model weig": "<run><--model><weights.h5>",
    "verger run --model=weig": "<run><--model=weights.h5>",
    "verger cloud res": "<cloud><resize>",
    "verger cloud plan --settings weig": "<cloud><plan><--settings><weights.h5>",
    "bin/verger ver": "<verify>",
    "~/verger ver": "<verify>",
}


def candidates(*words: str) -> tuple[str, list[str]]:
    """The kind of names to add, and the words that the program proposes."""
    names, *lines = verger("complete-words", *words).stdout.splitlines()
    return names, [line.partition("\t")[0] for line in lines]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_the_help(command: str) -> None:
    names, words = candidates(*command.split(), "-")
    assert names == "words"
    assert sorted(words) == sorted(options_of(command))


def test_every_command_of_the_help() -> None:
    ours = [command for command in COMMANDS if command and " " not in command]
    assert sorted(candidates("")[1]) == sorted([*ours, "cloud"])


def test_names_of_models() -> None:
    names, words = candidates("run", "--model", "")
    assert names == "files"
    assert "efficientnet-lite0" in words
    assert candidates("model", "fetch", "") == ("words", ["resnet50"])


def test_hidden_commands_are_named_nowhere() -> None:
    refused = verger("no-such-command", check=2).stderr
    assert "completion" in refused
    for hidden in ("complete-words", "write-share"):
        assert hidden not in refused + verger("--help").stdout
        assert candidates(hidden[:5])[1] in ([], ["completion"])


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_installed_script_is_the_printed_one(shell: str) -> None:
    text = (BUILD / "share" / SCRIPTS[shell]).read_text()
    assert verger("completion", shell).stdout == text


def test_another_shell_is_refused() -> None:
    assert "SHELL: tcsh not in {bash,zsh,fish}" in verger("completion", "tcsh", check=2).stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with things to complete."""
    for name in ("harvest of 2026", "out/--one"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("shelf.jpg", "weights.h5", "harvest.txt"):
        (tmp_path / name).write_text("")
    return tmp_path


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes(shell: str, line: str, folder: Path) -> None:
    terminal = Terminal(shell, folder, install_recorder(folder / "bin", sys.executable))
    try:
        # zsh takes back the slash that it completed when Enter follows.
        assert terminal.arguments_of(line).replace("/>", ">") == LINES[line]
    finally:
        terminal.close()


def test_fish_shows_the_help(folder: Path) -> None:
    """Also from the file that is installed."""
    environment = install_recorder(folder / "bin", sys.executable)
    script = BUILD / "share" / SCRIPTS["fish"]
    code = f"source {script}; complete -C 'verger verif'"
    done = subprocess.run(
        ["fish", "--no-config", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stdout == "verify\tCheck OUT against its manifest: every file, checksum and count\n"


def test_zsh_loads_the_installed_script(folder: Path) -> None:
    environment = install_recorder(folder / "bin", sys.executable)
    functions = (BUILD / "share" / SCRIPTS["zsh"]).parent
    code = f"fpath=({functions} $fpath); autoload -Uz compinit; compinit -u; echo $_comps[verger]"
    done = subprocess.run(
        ["zsh", "-f", "-c", code], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.stdout == "_verger\n"
