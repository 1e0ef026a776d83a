"""Makes tests/golden/exporters: tiny networks as today's exporters write them, and their features.

usage: exporters.py    in an environment with torch, onnxscript, transformers, optimum-onnx,
                       onnxruntime, keras, onnx and h5py (versions: manifest.json)

NAME/...             what the exporter left
NAME.bin             (32, D) float32: features of the photos by the library that made the network
manifest.json        versions, and of each network its preset, choices and features

Keras's own ResNet50 is too large to keep: its files in every layout are made, run here by
verger (PYTHONPATH, VERGER_LIBRARY) and by Keras, and the largest difference is kept.
"""

import importlib.metadata
import json
import os
import platform
import sys
import tempfile
from pathlib import Path

os.environ.update(KERAS_BACKEND="torch", HF_HUB_OFFLINE="1")

import exporter_photos
import keras
import numpy as np
import onnx
import torch
from optimum.exporters.onnx import main_export
from transformers import (
    Dinov2Config,
    Dinov2Model,
    ResNetConfig,
    ResNetModel,
    ViTConfig,
    ViTImageProcessor,
    ViTModel,
)

OUT = Path(__file__).resolve().parents[2] / "tests" / "golden" / "exporters"
SIDE = exporter_photos.SIDE
PACKAGES = ("torch", "onnxscript", "onnx", "transformers", "optimum-onnx", "keras", "numpy")
# Sides that the file leaves free are 224.
FREE_SIDE = 224
TINY = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
        "image_size": FREE_SIDE, "patch_size": 56}  # fmt: skip

networks: dict[str, dict[str, object]] = {}


def pixels(side: int = SIDE) -> np.ndarray:
    """(32, 3, side, side), as the preset tensorflow prepares them."""
    return (exporter_photos.photos(side).astype(np.float32) / 127.5 - 1).transpose(0, 3, 1, 2)


def keep(name: str, file: str, features: np.ndarray, side: int = SIDE, **choice: str) -> None:
    assert features.shape[0] == exporter_photos.COUNT, features.shape
    features.astype("<f4").tofile(OUT / f"{name}.bin")
    without_paths(OUT / name / file)
    networks[name] = {"file": f"{name}/{file}", "side": side, **choice}


def without_paths(path: Path) -> None:
    """Takes out the traces of this machine's files; what the file computes stays."""
    model = onnx.load(path, load_external_data=False)
    for value in (model, model.graph, *model.graph.node, *model.graph.value_info,
                  *model.graph.input, *model.graph.output, *model.functions):  # fmt: skip
        value.ClearField("metadata_props")
        value.ClearField("doc_string")
    path.write_bytes(model.SerializeToString())


class Small(torch.nn.Module):  # type: ignore[misc]
    def __init__(self, classes: int = 0) -> None:
        super().__init__()
        nn = torch.nn
        self.body = nn.Sequential(
            nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 16, 3, 2, 1)
        )
        self.head = nn.Linear(16, classes) if classes else nn.Identity()

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.head(torch.nn.functional.adaptive_avg_pool2d(self.body(image), 1).flatten(1))


def by_torch() -> None:
    one = torch.zeros(1, 3, SIDE, SIDE)
    everything = torch.from_numpy(pixels())
    for name, classes in (("torch_default", 0), ("torch_classifier", 5)):
        (OUT / name).mkdir(parents=True, exist_ok=True)
        net = Small(classes).eval()
        torch.onnx.export(net, one, OUT / name / "m.onnx")
        with torch.no_grad():
            keep(name, "m.onnx", net(everything).numpy())
    net = Small().eval()
    (OUT / "torch_one_file").mkdir(exist_ok=True)
    torch.onnx.export(net, one, OUT / "torch_one_file" / "m.onnx", external_data=False,
                      dynamic_shapes=({0: "batch"},))  # fmt: skip
    with torch.no_grad():
        keep("torch_one_file", "m.onnx", net(everything).numpy())


def by_optimum() -> None:
    models = {
        "optimum_vit": ViTModel(ViTConfig(intermediate_size=16, **TINY)),
        "optimum_dinov2": Dinov2Model(Dinov2Config(mlp_ratio=1, **TINY)),
        "optimum_resnet": ResNetModel(
            ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic")
        ),
    }
    everything = torch.from_numpy(pixels(FREE_SIDE))
    for name, model in models.items():
        with tempfile.TemporaryDirectory() as folder:
            model.eval().save_pretrained(folder)
            sides = {"height": FREE_SIDE, "width": FREE_SIDE}
            ViTImageProcessor(size=sides).save_pretrained(folder)
            main_export(folder, output=OUT / name, task="feature-extraction", do_validation=False)
        for file in (OUT / name).iterdir():
            if file.suffix == ".json":
                file.unlink()
        with torch.no_grad():
            hidden = model(everything).last_hidden_state
        if hidden.ndim == 4:
            keep(name, "model.onnx", hidden.mean((2, 3)).numpy(), FREE_SIDE, pool="mean")
        else:
            keep(name, "model.onnx", hidden[:, 0].numpy(), FREE_SIDE, pool="cls")


def by_keras() -> None:
    layers = keras.layers
    image = keras.Input((SIDE, SIDE, 3))
    x = layers.Conv2D(8, 3, strides=2, activation="relu")(image)
    net = keras.Model(image, layers.GlobalAveragePooling2D()(layers.Conv2D(16, 3)(x)))
    (OUT / "keras_export").mkdir(exist_ok=True)
    features = net.predict(pixels().transpose(0, 2, 3, 1), verbose=0)
    net.export(OUT / "keras_export" / "m.onnx", format="onnx", verbose=False)
    keep("keras_export", "m.onnx", features)


def by_keras_resnet50() -> dict[str, float]:
    """The largest difference, as a share of the largest feature, of each way to save ResNet50."""
    import verger

    base = keras.applications.ResNet50(weights=None, include_top=False, pooling="avg",
                                       input_shape=(96, 96, 3))  # fmt: skip
    inside = keras.Sequential([base, keras.layers.Dense(5)])
    differences = {}
    with tempfile.TemporaryDirectory() as folder:
        photos = exporter_photos.write(Path(folder, "photos"), side=96)
        prepared = keras.applications.resnet50.preprocess_input(
            exporter_photos.photos(96).astype(np.float32)
        )
        reference = base.predict(prepared, verbose=0)
        base.save(f"{folder}/flat.h5")
        base.save(f"{folder}/flat.keras")
        inside.save(f"{folder}/inside.h5")
        inside.save(f"{folder}/inside.keras")
        for name in ("flat.h5", "flat.keras", "inside.h5", "inside.keras"):
            table = verger.extract(photos, model=f"{folder}/{name}")
            ours = np.array(table["features"].to_pylist(), np.float32)
            differences[name] = float(np.abs(ours - reference).max() / np.abs(reference).max())
    return differences


def main() -> None:
    torch.manual_seed(0)
    keras.utils.set_random_seed(0)
    OUT.mkdir(parents=True, exist_ok=True)
    by_torch()
    by_optimum()
    by_keras()
    manifest = {
        "command": "tools/golden/exporters.py",
        "versions": {"python": platform.python_version()}
        | {name: importlib.metadata.version(name) for name in PACKAGES},
        "preset": "tensorflow",
        "networks": networks,
        "keras_resnet50": by_keras_resnet50(),
    }
    (OUT / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    json.dump(manifest, sys.stdout, indent=2)


if __name__ == "__main__":
    main()
