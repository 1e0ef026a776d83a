"""Seeds that are networks, and files that are taken for some."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Iterator

import h5py
import numpy as np
import onnx
from onnx import TensorProto, helper

Seed = tuple[str, bytes]  # a name and an input


def keras_layers(nested: bool = False) -> list[dict[str, object]]:
    """The description of a network that begins as ResNet50 does."""
    own: list[dict[str, object]] = [
        {"class_name": "InputLayer", "config": {"name": "in", "batch_shape": [None, 32, 32, 3]}},
        {"class_name": "ZeroPadding2D", "config": {"name": "conv1_pad"}},
        {
            "class_name": "Conv2D",
            "config": {"name": "conv1_conv", "strides": [2, 2], "dilation_rate": [1, 1]},
        },
        {"class_name": "BatchNormalization", "config": {"name": "conv1_bn", "epsilon": 1.001e-05}},
    ]
    if not nested:
        return own
    inner: dict[str, object] = {
        "class_name": "Functional",
        "config": {"name": "resnet50", "layers": own},
    }
    return [{"class_name": "Rescaling", "config": {"name": "rescaling"}}, inner]


def keras_config() -> Iterator[Seed]:
    """What Keras says of layers."""
    for name, nested in (("plain", False), ("nested", True)):
        text = json.dumps({"class_name": "Functional", "config": {"layers": keras_layers(nested)}})
        yield name, text.encode()


def keras_h5() -> Iterator[Seed]:
    """HDF5 files in both layouts of Keras."""
    kernel = np.ones((3, 3, 2, 4), np.float32)
    bias = np.zeros(4, np.float32)
    config = json.dumps({"config": {"layers": keras_layers()}})
    for name, options in (("legacy", {}), ("packed", {"compression": "gzip", "chunks": True})):
        out = io.BytesIO()
        with h5py.File(out, "w") as file:
            file.attrs["layer_names"] = np.array([b"conv1_conv", b"conv1_bn"])
            file.attrs["model_config"] = config
            for layer, weights in (
                ("conv1_conv", {"kernel": kernel, "bias": bias}),
                ("conv1_bn", {"gamma": bias, "moving_variance": bias}),
            ):
                group = file.create_group(layer)
                group.attrs["weight_names"] = [f"{layer}/{weight}:0".encode() for weight in weights]
                for weight, values in weights.items():
                    group.create_dataset(f"{layer}/{weight}:0", data=values, **options)
        yield name, out.getvalue()
    out = io.BytesIO()
    with h5py.File(out, "w", libver="latest") as file:
        variables = file.create_group("layers/conv2d/vars")
        variables.attrs["name"] = "conv1_conv"
        variables.create_dataset("0", data=kernel)
        variables.create_dataset("1", data=bias)
        file.create_group("layers/functional/layers/dense/vars").create_dataset("0", data=bias)
    yield "keras3", out.getvalue()


def archives() -> Iterator[Seed]:
    """Zip archives, and files that are something else."""
    contents = {
        "keras": {
            "config.json": b"{}",
            "model.weights.h5": b"\x89HDF\r\n\x1a\n",
            "metadata.json": b"{}",
        },
        "torch": {
            "archive/data.pkl": b"\x80\x02}.",
            "archive/constants.pkl": b"",
            "archive/data/0": b"0",
        },
        "numpy": {"arr_0.npy": b"\x93NUMPY"},
        "empty": {},
    }
    for name, files in contents.items():
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.comment = b"made for a test"
            for path, content in files.items():
                archive.writestr(zipfile.ZipInfo(path), content)
        yield name, out.getvalue()
    yield "safetensors", struct.pack("<Q", 2) + b"{}"
    yield "xml", b'<?xml version="1.0"?><net name="a"></net>'
    yield "tensorflow", b"\x08\x01\x12\x10\x0a\x05serve"
    yield "tflite", b"\x1c\0\0\0TFL3"


def onnx_files() -> Iterator[Seed]:
    """ONNX: whole, with weights in another file, in bfloat16, with a graph inside a node."""

    def model(tensors: list[TensorProto], nodes: list[onnx.NodeProto] | None = None) -> bytes:
        image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 8, 8])
        out = helper.make_tensor_value_info("out", TensorProto.FLOAT, [1, 3])
        mean = helper.make_node("ReduceMean", ["image"], ["out"], axes=[2, 3], keepdims=0)
        graph = helper.make_graph([mean, *(nodes or [])], "g", [image], [out], tensors)
        return bytes(helper.make_model(graph, producer_name="verger").SerializeToString())

    inside = helper.make_tensor("w", TensorProto.FLOAT, [2, 2], [1.0, 2.0, 3.0, 4.0])
    yield "whole", model([inside])
    outside = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4, 4])
    outside.data_location = TensorProto.EXTERNAL
    for key, value in (("location", "m.data"), ("offset", "64"), ("length", "64")):
        outside.external_data.add(key=key, value=value)
    yield "external", model([outside])
    widened = TensorProto(name="b", data_type=TensorProto.BFLOAT16, dims=[3])
    widened.int32_data.extend([16256, 16384, 16448])
    yield "bfloat16", model([widened])
    branch = helper.make_graph([], "branch", [], [], [inside])
    yield "branches", model([], [helper.make_node("If", ["c"], ["o"], then_branch=branch)])
