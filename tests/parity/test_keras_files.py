"""Keras's ResNet50 in every file that Keras writes, and the kin that must not be taken for it.

The layouts are those of Keras 2 and of 3.3, 3.6 and 3.15 (tools/golden/exporters.py runs the last).
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import verger
from verger.find_model import find_model

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.append(str(REPOSITORY / "tools" / "golden"))

import exporter_photos  # noqa: E402

Weights = dict[str, tuple[int, ...]]
Layers = list[tuple[str, Weights]]
BLOCKS_50, BLOCKS_101, BLOCKS_152 = (3, 4, 6, 3), (3, 4, 23, 3), (3, 8, 36, 3)


def pair(name: str, kernel: int, width: int, out: int) -> Iterator[tuple[str, Weights]]:
    yield f"{name}_conv", {"kernel": (kernel, kernel, width, out), "bias": (out,)}
    yield f"{name}_bn", dict.fromkeys(("gamma", "beta", "moving_mean", "moving_variance"), (out,))


def resnet(blocks: Iterable[int] = BLOCKS_50) -> Layers:
    """The layers with weights, in Keras's order."""
    layers = list(pair("conv1", 7, 3, 64))
    width = 64
    for stage, count in enumerate(blocks, start=2):
        inner = 32 * 2 ** (stage - 1)
        for block in range(1, count + 1):
            name = f"conv{stage}_block{block}"
            one, one_bn = pair(f"{name}_1", 1, width, inner)
            two, two_bn = pair(f"{name}_2", 3, inner, inner)
            three, three_bn = pair(f"{name}_3", 1, inner, 4 * inner)
            zero, zero_bn = pair(f"{name}_0", 1, width, 4 * inner)
            layers += [one, one_bn, two, two_bn]
            layers += [zero, three, zero_bn, three_bn] if block == 1 else [three, three_bn]
            width = 4 * inner
    return layers


def put(group: Any, path: str, layer: str, weight: str, shape: tuple[int, ...]) -> None:
    """One number for all of a weight, which HDF5 does not store; every layer has its own."""
    number = sum(map(ord, layer)) % 97 / 97
    value = {"kernel": (number + 0.5) / np.prod(shape[:-1]), "gamma": 0.5 + number,
             "moving_variance": 1 + number}.get(weight, number - 0.5)  # fmt: skip
    group.create_dataset(path, shape, "f4", fillvalue=np.float32(value))


def legacy(layers: Layers, inside: str = "", suffix: str = ":0", config: object = None) -> bytes:
    """model.save("mine.h5"); `inside`: the name of the network in another one."""
    data = io.BytesIO()
    with h5py.File(data, "w") as file:
        if config is not None:
            file.attrs["model_config"] = json.dumps(config)
        root = file.create_group("model_weights")
        groups = [(inside, layers)] if inside else [(name, [(name, w)]) for name, w in layers]
        for name, members in groups:
            group = root.create_group(name)
            names = []
            for layer, weights in members:
                for weight, shape in weights.items():
                    names.append(f"{layer}/{weight}{suffix}")
                    put(group, names[-1], layer, weight, shape)
            group.attrs["weight_names"] = np.array(names, dtype="S")
        root.attrs["layer_names"] = np.array([name for name, _ in groups], dtype="S")
    return data.getvalue()


def keras3(layers: Layers, inside: bool = False, named: bool = True) -> bytes:
    """save_weights("mine.weights.h5"): by class and number, with the layer's name since 3.6."""
    data = io.BytesIO()
    with h5py.File(data, "w") as file:
        root = file.create_group("layers/functional") if inside else file
        counts: dict[str, int] = {}
        for layer, weights in layers:
            kind = "conv2d" if layer.endswith("_conv") else "dense"
            kind = "batch_normalization" if layer.endswith("_bn") else kind
            key = f"{kind}_{counts[kind]}" if kind in counts else kind
            counts[kind] = counts.get(kind, 0) + 1
            group = root.create_group(f"layers/{key}/vars")
            if named:
                group.attrs["name"] = layer
            for index, (weight, shape) in enumerate(weights.items()):
                put(group, str(index), layer, weight, shape)
    return data.getvalue()


def archive(weights: bytes, config: object) -> bytes:
    """model.save("mine.keras")"""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("metadata.json", "{}")
        file.writestr("config.json", json.dumps(config))
        file.writestr("model.weights.h5", weights)
    return data.getvalue()


def layer(kind: str, name: str, **config: object) -> dict[str, Any]:
    return {"class_name": kind, "config": {"name": name, **config}}


def described(
    side: int | None = None, before: Iterable[str] = (), after: Iterable[str] = (), **changes: Any
) -> dict[str, Any]:
    """The description that Keras saves; `changes` of the layer conv3_block1_2_conv."""
    image = layer("InputLayer", "input_1", batch_shape=[None, side, side, 3])
    front = [layer(kind, kind.lower()) for kind in before]
    own = []
    for name, _ in resnet():
        kind = "Conv2D" if name.endswith("_conv") else "BatchNormalization"
        own.append(layer(kind, name, **(changes if name == "conv3_block1_2_conv" else {})))
    behind = [layer("Dense", name) for name in after]
    return {"class_name": "Functional", "config": {"layers": [image, *front, *own, *behind]}}


def opened(folder: Path, data: bytes, preset: str | None = None) -> verger.Model:
    file = folder / "mine.h5"
    file.write_bytes(data)
    return verger.Model(find_model(file, preset))


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return exporter_photos.write(tmp_path_factory.mktemp("photo") / "photos", 224)[:1]


def features(photo: list[Path], model: verger.Model) -> list[float]:
    row: list[float] = verger.extract(photo, model=model)["features"].to_pylist()[0]
    return row


def test_every_layout_holds_the_same_network(photo: list[Path], tmp_path: Path) -> None:
    dense: Layers = [("dense", {"kernel": (2048, 5), "bias": (5,)})]
    flat = features(photo, opened(tmp_path, legacy(resnet())))
    assert len(set(flat)) > 0
    for name, data in {
        "keras 2 inside": legacy(resnet(), "resnet50"),
        "keras 3 inside": legacy(resnet(), "resnet50", ""),
        # keras-team/keras#10777: of a network that is frozen, weights come in another order.
        "frozen inside": legacy(sorted(resnet(), key=lambda each: "_bn" in each[0]), "resnet50"),
        "with a classifier": legacy([*resnet(), *dense]),
        ".weights.h5": keras3(resnet()),
        ".weights.h5 of 3.3": keras3(resnet(), named=False),
        ".weights.h5 inside": keras3(resnet(), inside=True),
        ".keras": archive(keras3([*resnet(), *dense]), described(after=["dense"])),
    }.items():
        assert features(photo, opened(tmp_path, data)) == flat, name


@pytest.mark.parametrize(
    ("blocks", "name", "layer"),
    [(BLOCKS_101, "ResNet101", "conv4_block7_1"), (BLOCKS_152, "ResNet152", "conv3_block5_1")],
)
def test_deeper_networks_are_refused_by_name(
    blocks: tuple[int, ...], name: str, layer: str, tmp_path: Path
) -> None:
    """Their first blocks have ResNet50's names and shapes."""
    for data in (
        legacy(resnet(blocks)),
        legacy(resnet(blocks), "base", ""),
        keras3(resnet(blocks)),
        archive(keras3(resnet(blocks)), {}),
    ):
        with pytest.raises(verger.BadModel, match=f"{layer}.* is beyond ResNet50.*{name}.*onnx"):
            opened(tmp_path, data)


def test_kin_of_other_kinds_are_refused_by_name(tmp_path: Path) -> None:
    second = [*resnet(), *pair("post", 1, 2048, 2048)]
    preact: Layers = [("conv2_block1_preact_bn", {"gamma": (64,)})]
    with pytest.raises(verger.BadModel, match="ResNet50V2"):
        opened(tmp_path, legacy(second[:2] + preact + second[2:]))
    without = [(n, {w: s for w, s in ws.items() if w != "bias"}) for n, ws in resnet()]
    with pytest.raises(verger.BadModel, match="ResNeXt"):
        opened(tmp_path, legacy([*without[:2], ("conv2_block1_2_reduce", {}), *without[2:]]))
    squeeze = list(pair("squeeze", 1, 64, 64))
    with pytest.raises(verger.BadModel, match='"squeeze_conv" is beyond ResNet50'):
        opened(tmp_path, legacy([*resnet()[:10], *squeeze, *resnet()[10:]]))
    # Without an order nobody can tell where it belongs.
    with pytest.raises(verger.BadModel, match='"squeeze_bn" is none of.*model.save'):
        opened(tmp_path, keras3([*resnet(), *squeeze]))


def test_two_networks_in_one_file_are_not_guessed_between(tmp_path: Path) -> None:
    data = io.BytesIO(legacy(resnet(), "left"))
    with h5py.File(data, "r+") as file:
        root = file["model_weights"]
        root.copy("left", "right")
        root.attrs["layer_names"] = np.array(["left", "right"], dtype="S")
    with pytest.raises(verger.BadModel, match='two networks.*"left" and "right".*get_layer'):
        opened(tmp_path, data.getvalue())


def test_the_side_of_the_input_is_the_files(tmp_path: Path) -> None:
    assert opened(tmp_path, legacy(resnet(), config=described(100))).width == 100
    assert opened(tmp_path, archive(keras3(resnet()), described(96))).height == 96
    assert opened(tmp_path, legacy(resnet(), config=described())).width == 224
    inner = {**described(100), "config": {**described(100)["config"], "name": "resnet50"}}
    outer = {"class_name": "Sequential", "config": {"layers": [inner]}}
    assert opened(tmp_path, legacy(resnet(), "resnet50", config=outer)).width == 100


def test_layers_in_front_need_a_preset(tmp_path: Path) -> None:
    data = legacy(resnet(), config=described(before=["RandomFlip", "Rescaling"]))
    with pytest.raises(verger.BadModel, match=r"in front of ResNet50 \(Rescaling\).*a preset"):
        opened(tmp_path, data)
    assert "Rescaling" in opened(tmp_path, data, "tensorflow").notes[0]
    assert opened(tmp_path, legacy(resnet(), config=described(before=["RandomFlip"]))).notes == []


def test_a_stride_of_others_is_refused(tmp_path: Path) -> None:
    """The names are the same, and so are the shapes: torchvision strides in the 3x3."""
    with pytest.raises(verger.BadModel, match='"conv3_block1_2_conv" has strides'):
        opened(tmp_path, legacy(resnet(), config=described(strides=[2, 2])))
    opened(tmp_path, legacy(resnet(), config=described(strides=[1, 1])))


def test_an_output_is_not_asked_of_keras(tmp_path: Path) -> None:
    file = tmp_path / "mine.h5"
    file.write_bytes(legacy(resnet()))
    with pytest.raises(verger.BadCall, match="for ONNX files"):
        verger.Model.open(file, pool="mean")
