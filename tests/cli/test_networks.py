"""--model with what people have in hand: a file that is there is never a name that is not."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import onnx
import pytest
from model_home import BAD_INPUT, Home
from onnx import TensorProto, helper
from small_photos import tiny_network


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def zipped(path: Path, *names: str) -> None:
    with zipfile.ZipFile(path, "w") as file:
        for name in names:
            file.writestr(name, "{}")


def other_files(folder: Path) -> dict[str, str]:
    """Files that are no network we read, and what a message must say of each."""
    zipped(folder / "best.keras", "config.json")
    zipped(folder / "resnet.pt", "archive/data.pkl", "archive/version")
    zipped(folder / "script.pt", "net/data.pkl", "net/constants.pkl", "net/code/net.py")
    zipped(folder / "arrays.npz", "a.npy")
    header = b'{"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}'
    contents = {
        "ir.xml": b'<?xml version="1.0"?>\n<net name="n" version="11"><layers/></net>\n',
        "ir.bin": bytes(100),
        "m.safetensors": len(header).to_bytes(8, "little") + header + bytes(4),
        "m.tflite": b"\x1c\0\0\0TFL3" + bytes(200),
        "old.pth": b"\x80\x02\x8a\nl\xfcF\x9c",
        "mine.pkl": b"\x80\x04\x95" + bytes(20),
        "config": b'{"model_type": "vit"}',
        "page.html": b"<!doctype html><html>",
        "graph.pb": b"\x0a\x10\x0a\x01x\x12\x0bPlaceholder",
        "lfs.ONNX": b"version https://git-lfs.github.com/spec/v1\n",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    (folder / "saved").mkdir()
    (folder / "saved" / "saved_model.pb").write_bytes(b"\x08\x01" + bytes(50))
    (folder / "hub").mkdir()
    (folder / "hub" / "model.safetensors").write_bytes(contents["m.safetensors"])
    (folder / "exported").mkdir()
    (folder / "exported" / "model.onnx").write_bytes(b"")
    return {
        "best.keras": 'Keras archive.*model.save("mine.h5")',
        "resnet.pt": "weights of PyTorch.*torch.onnx.export",
        "script.pt": "TorchScript.*torch.onnx.export",
        "arrays.npz": "NumPy",
        "ir.xml": "OpenVINO.*.onnx",
        "ir.bin": "weights without their network",
        "m.safetensors": "safetensors.*optimum-cli export onnx",
        "m.tflite": "TensorFlow Lite.*tf2onnx.convert --tflite",
        "old.pth": "pickle.*torch.onnx.export",
        "mine.pkl": "pickle",
        "config": "JSON",
        "page.html": "web page",
        "graph.pb": "frozen graph of TensorFlow.*--graphdef",
        "lfs.ONNX": "Git LFS pointer.*git lfs pull",
        "saved": "SavedModel.*tf2onnx.convert --saved-model",
        "hub": "Hugging Face.*optimum-cli export onnx",
        "exported": "a folder; give the file in it: model.onnx",
    }


def test_each_kind_is_called_what_it_is(home: Home) -> None:
    for name, reason in other_files(home.folder).items():
        for path in (name, f"./{name}"):
            result = home.run("inspect", path, "--preset", "torchvision")
            assert result.returncode == BAD_INPUT, (path, result.stderr)
            assert "unknown model" not in result.stderr
            parts = reason.split(".*")
            assert all(part in result.stderr for part in parts), (path, result.stderr)


@pytest.mark.parametrize("name", ["UPPER.ONNX", "without-ending", "net.onnx.old"])
def test_a_file_that_is_there_is_no_name(name: str, home: Home) -> None:
    tiny_network(home.folder / name)
    result = home.run("inspect", name, "--preset", "torchvision", "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["dimension"] == 8


def two_outputs(path: Path) -> Path:
    model = onnx.load(tiny_network(path))
    model.graph.output.append(
        helper.make_tensor_value_info("lit", TensorProto.FLOAT, ["n", 8, 14, 14])
    )
    onnx.save(model, path, save_as_external_data=True, location="net.data", size_threshold=0)
    return path


def test_weights_beside_and_a_choice_are_kept_in_the_store(home: Home) -> None:
    file = two_outputs(home.folder / "net.onnx")
    choice = ("--preset", "torchvision", "--output", "lit", "--pool", "mean")
    added = home.run("add", file, *choice, "--json")
    assert added.returncode == 0, added.stderr
    for each in (file, file.with_name("net.data")):
        each.rename(each.with_suffix(".gone"))
    named = json.loads(home.run("inspect", "net", "--json").stdout)
    assert named["identity"].endswith(":output=lit:pool=mean")


def test_weights_that_are_not_beside_are_named(home: Home) -> None:
    file = two_outputs(home.folder / "net.onnx")
    (home.folder / "net.data").unlink()
    result = home.run("inspect", file, "--preset", "torchvision")
    assert result.returncode == BAD_INPUT
    assert '"net.data", which is not here' in result.stderr


def test_scores_of_classes_are_told_when_added(home: Home) -> None:
    model = onnx.load(tiny_network(home.folder / "net.onnx"))
    model.graph.node.append(helper.make_node("Softmax", ["features"], ["scores"]))
    model.graph.output[0].name = "scores"
    onnx.save(model, home.folder / "net.onnx")
    result = home.run("add", "net.onnx", "--preset", "torchvision")
    assert result.returncode == 0, result.stderr
    assert "note: net.onnx: its 8 numbers look like scores of classes" in result.stderr
    assert home.run("inspect", "net").returncode == 0
