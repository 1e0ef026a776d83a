"""The embedded network as a file for other programs."""

from pathlib import Path

import numpy as np
import onnx
from machine import BUILD
from onnx import helper, numpy_helper

EMBEDDED = BUILD / "networks" / "efficientnet-lite0.onnx"  # tensors from -1 to 1
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)


def for_imagenet_tensors(path: Path) -> Path:
    """Writes the embedded network with a layer in front that takes tensors in ImageNet's scale.

    For a program that scales pixels so, whatever the network wants.
    """
    model = onnx.load(EMBEDDED)
    image = model.graph.input[0].name
    scale = (DEVIATION * 255 / 128).reshape(1, 3, 1, 1)
    shift = ((MEAN * 255 - 127) / 128).reshape(1, 3, 1, 1).astype(np.float32)
    for node in model.graph.node:
        for number, name in enumerate(node.input):
            if name == image:
                node.input[number] = "lite_tensor"
    model.graph.initializer.append(numpy_helper.from_array(scale, "lite_scale"))
    model.graph.initializer.append(numpy_helper.from_array(shift, "lite_shift"))
    model.graph.node.insert(0, helper.make_node("Mul", [image, "lite_scale"], ["lite_scaled"]))
    model.graph.node.insert(
        1, helper.make_node("Add", ["lite_scaled", "lite_shift"], ["lite_tensor"])
    )
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path
