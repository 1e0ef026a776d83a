"""Presets make the tensors of other libraries (tools/golden/presets.py ran them)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import verger as wheel
from PIL import Image
from program import ROOT
from small_photos import pixels_network

GOLDEN = ROOT / "tests" / "golden"
LIBRARIES: dict[str, Any] = json.loads((GOLDEN / "presets.json").read_text())
PIPELINES = {pipeline["who"]: pipeline for pipeline in LIBRARIES["pipelines"]}
KERAS = {
    "--preset keras": ["resnet", "resnet50", "vgg16", "vgg19"],
    "--preset mobilenet-v2": [
        *("mobilenet", "mobilenet_v2", "resnet_v2", "inception_v3", "inception_resnet_v2"),
        *("xception", "nasnet"),
    ],
    "--scale imagenet": ["densenet"],
    "--scale 0..255": ["efficientnet", "efficientnet_v2", "mobilenet_v3", "convnext"],
}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A network for each channel: all of them are more features than there may be."""
    folder = tmp_path_factory.mktemp("large")
    return [pixels_network(folder / f"{c}.onnx", 224, 224, [c]) for c in range(3)]


@pytest.mark.parametrize("who", PIPELINES)
def test_a_preset_is_a_librarys_own_preprocessing(who: str, large: list[Path]) -> None:
    """presets.json has their versions."""
    preset, photos = PIPELINES[who]["preset"], PIPELINES[who]["photos"]
    files = [GOLDEN / "photos" / name for name in photos]
    features = [wheel.extract(files, network, preset)["features"].to_pylist() for network in large]
    tensors = np.array(features, "f4").reshape(3, len(files), 224, 224).swapaxes(0, 1)
    model = wheel.Model.open(large[0], preset)
    numbers = model.identity.split(":")[-2:]
    mean, deviation = (np.array(each.split(","), "f4")[:, None, None] for each in numbers)
    for golden, tensor in zip(photos.values(), tensors, strict=True):
        pixels = np.rint(tensor * deviation + mean).astype(np.uint8)
        image = (pixels[::-1] if "channels=bgr" in model.parts else pixels).transpose(1, 2, 0)
        assert hashlib.sha256(image.tobytes()).hexdigest() == golden["pixels"]
        values = tensor.ravel()[:: LIBRARIES["step"]]
        assert np.abs(values - golden["values"]).max() <= 2e-6 * np.abs(golden["values"]).max()


@pytest.mark.parametrize(("options", "modules"), KERAS.items())
def test_each_network_of_keras_has_a_preset(
    options: str, modules: list[str], tmp_path: Path
) -> None:
    """As the table of docs/from-tensorflow.md says. keras-team/keras#13293: a MobileNetV2 that is
    given pixels to 255 names hardly any photo right, and nothing says so."""
    Image.new("RGB", (3, 2), tuple(LIBRARIES["pixel"])).save(tmp_path / "pixel.png")
    network = pixels_network(tmp_path / "network.onnx", 1, 1)
    option, value = options.split()
    keywords: dict[str, Any] = {option.removeprefix("--"): value}
    features = wheel.extract([tmp_path / "pixel.png"], network, **keywords)["features"].to_pylist()
    for module in modules:
        assert np.abs(np.array(features[0]) - LIBRARIES["keras"][module]).max() < 1e-4, module
    page = (ROOT / "docs" / "from-tensorflow.md").read_text()
    names = ", ".join(f"`{module}`" for module in modules)
    assert f"| {names} | `{options}` |" in page


def test_the_table_of_keras_is_whole() -> None:
    assert sorted(sum(KERAS.values(), [])) == sorted(LIBRARIES["keras"])
