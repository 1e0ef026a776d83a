"""Photos for tests, small and quickly made, and a network as small as they are."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from PIL import Image


def fruit(seed: int, size: int = 20) -> Image.Image:
    """A round thing in a colour of its own before white; no two seeds look the same."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:size, 0:size] / (size - 1) - 0.5
    inside = (x * x + y * y < rng.uniform(0.08, 0.22))[..., None]
    light = (0.7 + 0.6 * (x * rng.uniform(-1, 1) + y * rng.uniform(-1, 1)))[..., None]
    skin = light * rng.uniform(40, 220, 3) + rng.normal(0, 6, (size, size, 3))
    return Image.fromarray(np.where(inside, skin, 255).clip(0, 255).astype(np.uint8))


def jpeg(seed: int) -> bytes:
    """A good photo."""
    file = io.BytesIO()
    fruit(seed).save(file, "JPEG", quality=90)
    return file.getvalue()


def plant(folder: Path, photos: int, labels: int = 2, first: int = 0) -> Path:
    """Puts photos into `folder`, in folders of labels: frame_0.jpg, frame_1.jpg ..."""
    for index in range(photos):
        label = folder / f"Label {index % labels}"
        label.mkdir(parents=True, exist_ok=True)
        (label / f"frame_{first + index:04}.jpg").write_bytes(jpeg(first + index))
    return folder


def tiny_network(path: Path, features: int = 8) -> Path:
    """Writes an ONNX network that is done with a photo in no time."""
    weights = np.random.default_rng(5).normal(0, 0.5, (features, 3, 3, 3)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["image", "weights"], ["edges"]),
            helper.make_node("Relu", ["edges"], ["lit"]),
            helper.make_node("GlobalAveragePool", ["lit"], ["pooled"]),
            helper.make_node("Flatten", ["pooled"], ["features"]),
        ],
        "tiny",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, 16, 16])],
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", features])],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, path)
    return path


def pixels_network(
    path: Path, height: int, width: int, channels: Sequence[int] = (0, 1, 2)
) -> Path:
    """Writes an ONNX network whose features are its tensor, or some channels of it."""
    count = len(channels) * height * width
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["image", "channels"], ["some"], axis=1),
            helper.make_node("Flatten", ["some"], ["pixels"]),
        ],
        "pixels",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, height, width])],
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", count])],
        [numpy_helper.from_array(np.array(channels), "channels")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path
