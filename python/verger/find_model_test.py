"""A network is found by the same names as the program's --model."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

import verger
from verger.find_model import embedded_models, find_model


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("VERGER_MODELS", "XDG_DATA_HOME", "KERAS_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def _stored(home: Path, data: bytes, sha256: str) -> None:
    folder = home / ".local" / "share" / "verger" / "models"
    folder.mkdir(parents=True)
    (folder / "mine-0123456789ab.onnx").write_bytes(data)
    entry = {"file": "mine-0123456789ab.onnx", "preset": "torchvision", "sha256": sha256}
    (folder / "mine.json").write_text(json.dumps(entry))


@pytest.mark.parametrize("relative", ["", ".", "here"])
def test_a_relative_folder_is_no_home(
    relative: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    for folder in (tmp_path, tmp_path / "here"):
        _stored(folder, b"net", hashlib.sha256(b"net").hexdigest())
        data = folder / "verger" / "models"
        data.parent.mkdir()
        data.symlink_to(folder / ".local" / "share" / "verger" / "models")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", relative)
    monkeypatch.setenv("XDG_DATA_HOME", relative)
    monkeypatch.setattr("pwd.getpwuid", lambda _: SimpleNamespace(pw_dir=str(tmp_path / "mine")))
    with pytest.raises(verger.BadInput, match="unknown model 'mine'"):
        find_model("mine")
    _stored(tmp_path / "mine", b"net", hashlib.sha256(b"net").hexdigest())
    assert find_model("mine").data == b"net"


def test_without_a_home_only_a_name_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "net.onnx").write_bytes(b"net")
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)
    assert find_model(None).data is None
    assert find_model(tmp_path / "net.onnx").data == b"net"
    with pytest.raises(verger.StorageError, match="no home folder .*: set HOME, or VERGER_MODELS"):
        find_model("mine")


def test_none_is_the_embedded_one() -> None:
    assert find_model(None).data is None
    assert find_model(embedded_models()[0]) == find_model()
    with pytest.raises(verger.BadCall, match="has its own preset"):
        verger.Model(find_model(None, "keras"))


def test_the_embedded_ones_have_their_names_and_sizes() -> None:
    opened = [verger.Model.open(name) for name in embedded_models()]
    assert [model.name for model in opened] == list(embedded_models())
    assert [model.width for model in opened] == [224, 240, 260]
    assert len({model.sha256 for model in opened}) == 3
    sized = verger.Model.open("efficientnet-lite2", "size=112")
    assert (sized.width, sized.preset) == (112, "efficientnet-lite,size=112")
    assert sized.identity == opened[2].identity.replace("260x260", "112x112")


def test_a_file_gets_the_programs_name(tmp_path: Path) -> None:
    file = tmp_path / "My  Net (2).ONNX.onnx"
    file.write_bytes(b"net")
    network = find_model(file, "torchvision")
    assert (network.name, network.preset, network.data) == ("my-net-2-.onnx", "torchvision", b"net")
    assert network.origin == str(file)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(verger.BadInput, match=r"net\.h5: no such file"):
        find_model(tmp_path / "net.h5")
    (tmp_path / "file").touch()
    with pytest.raises(
        verger.BadInput, match=r"net\.h5': Not a directory; a part of the path is a file"
    ):
        find_model(tmp_path / "file" / "net.h5")


def test_what_is_no_file_is_no_model(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.onnx")  # opened, it would wait for a writer
    for path, reason in ((tmp_path, "a folder"), (tmp_path / "pipe.onnx", "not a file: give a")):
        with pytest.raises(verger.BadInput, match=reason):
            find_model(path)


def test_a_stored_model(home: Path) -> None:
    _stored(home, b"net", hashlib.sha256(b"net").hexdigest())
    assert find_model("mine").preset == "torchvision"
    assert find_model("mine", "keras").preset == "torchvision,keras"  # the later goes before
    assert find_model("mine", filter="box").preset == "torchvision,filter=box"
    assert find_model("mine", "timm", scale="0..1").preset == "torchvision,timm,scale=0..1"


def test_a_stored_model_that_is_damaged(home: Path) -> None:
    _stored(home, b"other", hashlib.sha256(b"net").hexdigest())
    with pytest.raises(verger.BadInput, match="'mine' .* is damaged.*--replace"):
        find_model("mine")


@pytest.mark.parametrize("name", ["nothing", "resnet50", "Mine"])
def test_a_name_of_nothing(name: str) -> None:
    with pytest.raises(verger.BadInput, match=f"unknown model '{name}'.*verger model list"):
        find_model(name)


@pytest.mark.parametrize("name", ["UPPER.ONNX", "without-ending", "net.onnx.old"])
def test_a_file_that_is_there_is_no_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_bytes(b"net")
    monkeypatch.chdir(tmp_path)
    assert find_model(name).data == b"net"


def test_a_folder_is_called_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    for name in ("saved", "./saved"):
        with pytest.raises(verger.BadModel, match=r"SavedModel.*tf2onnx\.convert --saved-model"):
            find_model(name)


def test_a_stored_choice_is_kept(home: Path) -> None:
    _stored(home, b"net", hashlib.sha256(b"net").hexdigest())
    entry = home / ".local" / "share" / "verger" / "models" / "mine.json"
    entry.write_text(json.dumps({**json.loads(entry.read_text()), "output": "y", "pool": "cls"}))
    network = find_model("mine")
    assert (network.output, network.pool) == ("y", "cls")
    assert find_model("mine", pool="mean").pool == "mean"
    with pytest.raises(verger.BadCall, match="its own features"):
        verger.Model(find_model(None, output="y"))
