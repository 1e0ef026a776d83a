"""Networks of one's own: what exporters write is read or refused by name, and never read wrongly.

References: ONNX's own evaluator, and features that the exporters' libraries made
(tools/golden/exporters.py, which tells their versions).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest
import verger
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.append(str(REPOSITORY / "tools" / "golden"))

import exporter_photos  # noqa: E402

GOLDEN = REPOSITORY / "tests" / "golden" / "exporters"
EXPORTERS: dict[str, Any] = json.loads((GOLDEN / "manifest.json").read_text())
SIDE = 16
Array = npt.NDArray[np.float32]
Shape = Sequence[Any]


def network(
    nodes: list[onnx.NodeProto],
    tensors: dict[str, npt.NDArray[Any]] | None = None,
    image: Shape = ("n", 3, SIDE, SIDE),
    **outputs: Shape,
) -> onnx.ModelProto:
    """An ONNX network of one input, "image"; outputs by name and shape."""
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "net",
        [value("image", TensorProto.FLOAT, list(image))],
        [value(name, TensorProto.FLOAT, list(shape)) for name, shape in outputs.items()],
        [numpy_helper.from_array(array, name) for name, array in (tensors or {}).items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def numbers(*shape: int, seed: int = 1) -> Array:
    return np.random.default_rng(seed).normal(0, 0.5, shape).astype(np.float32)


def node(kind: str, inputs: str, output: str, **attributes: Any) -> onnx.NodeProto:
    return helper.make_node(kind, inputs.split(), [output], **attributes)


CONV = [node("Conv", "image w", "map"), node("GlobalAveragePool", "map", "pooled")]
FEATURES = [*CONV, node("Flatten", "pooled", "features")]
W = {"w": numbers(8, 3, 3, 3)}


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return exporter_photos.write(tmp_path_factory.mktemp("small") / "photos", SIDE)[:5]


def tensor() -> Array:
    pixels = exporter_photos.photos(SIDE)[:5].astype(np.float32)
    return (pixels / np.float32(127.5) - 1).transpose(0, 3, 1, 2)


def reference(model: onnx.ModelProto, output: str) -> Array:
    """Photo by photo, for the batch of a network may be fixed."""
    evaluator = ReferenceEvaluator(model)
    rows = [evaluator.run([output], {"image": tensor()[at : at + 1]}) for at in range(5)]
    return np.concatenate([np.asarray(row)[0] for row in rows]).reshape(5, -1)


def features(
    photos: list[Path], file: Path, output: str | None = None, pool: str | None = None
) -> Array:
    table = verger.extract(photos, model=file, preset="tensorflow", output=output, pool=pool)
    assert table["error"].null_count == len(photos)
    return np.array(table["features"].to_pylist(), np.float32)


def save(folder: Path, model: onnx.ModelProto) -> Path:
    file = folder / "net.onnx"
    file.write_bytes(model.SerializeToString())
    return file


def close(ours: Array, theirs: Array) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5 * np.abs(theirs).max())


@pytest.mark.parametrize("name", sorted(EXPORTERS["networks"]))
def test_what_exporters_write_is_read(name: str, tmp_path: Path) -> None:
    expected = EXPORTERS["networks"][name]
    theirs = np.fromfile(GOLDEN / f"{name}.bin", "<f4").reshape(exporter_photos.COUNT, -1)
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        photos = exporter_photos.write(tmp_path / "photos", expected["side"])
        ours = features(photos, GOLDEN / expected["file"], pool=expected.get("pool"))
    close(ours, theirs)
    scores = [str(each.message) for each in raised if "scores of classes" in str(each.message)]
    assert bool(scores) == (name == "torch_classifier")


def test_keras_resnet50_was_equal_in_every_layout() -> None:
    assert set(EXPORTERS["keras_resnet50"]) == {
        "flat.h5", "flat.keras", "inside.h5", "inside.keras"
    }  # fmt: skip
    assert max(EXPORTERS["keras_resnet50"].values()) < 1e-5


def test_a_classifier_can_be_left_out(photos: list[Path], tmp_path: Path) -> None:
    tensors = {**W, "matrix": numbers(8, 4), "bias": numbers(4)}
    nodes = [*FEATURES, node("Gemm", "features matrix bias", "y"), node("Softmax", "y", "z")]
    file = save(tmp_path, network(nodes, tensors, z=("n", 4)))
    with pytest.warns(UserWarning, match='4 numbers look like scores.*--output "features"'):
        features(photos, file)
    ours = features(photos, file, output="features")
    close(ours, reference(network(FEATURES, W, features=("n", 8)), "features"))


@pytest.mark.parametrize(
    "sides", [("n", "c", "h", "w"), ("n", "c", SIDE, SIDE), (2, 3, SIDE, SIDE)]
)
def test_sides_that_are_free(sides: Shape, photos: list[Path], tmp_path: Path) -> None:
    if "h" in sides:  # then they are 224, and so are the pixels of the reference
        photos = exporter_photos.write(tmp_path / "photos", 224)[:2]
        pixels = exporter_photos.photos(224)[:2].astype(np.float32).transpose(0, 3, 1, 2)
        image = pixels / np.float32(127.5) - 1
    else:
        image = tensor()
    nodes = [node("Conv", "image w", "map", strides=[8, 8]), *FEATURES[1:]]
    model = network(nodes, W, sides, features=("n", 8))
    theirs = ReferenceEvaluator(network(nodes, W, ("n", 3, "h", "w"), features=("n", 8)))
    [expected] = np.asarray(theirs.run(None, {"image": image}))
    close(features(photos, save(tmp_path, model)), expected)


def test_one_channel_is_told_by_the_engines_cause(tmp_path: Path) -> None:
    model = network(FEATURES, {"w": numbers(8, 1, 3, 3)}, ("n", "c", SIDE, SIDE), features=("n", 8))
    with pytest.raises(verger.BadModel, match=r"channel count \(3\) does not match .* \(1\)"):
        verger.Model.open(save(tmp_path, model), "tensorflow")


def test_a_batch_that_is_fixed_is_kept(photos: list[Path], tmp_path: Path) -> None:
    """As torch.onnx.export writes x.flatten(1) of one image."""
    nodes = [*CONV, node("Reshape", "pooled shape", "features")]
    tensors = {**W, "shape": np.array([1, 8])}
    model = network(nodes, tensors, (1, 3, SIDE, SIDE), features=(1, 8))
    file = save(tmp_path, model)
    assert verger.Model.open(file, "tensorflow").batch == 1
    close(features(photos, file), reference(model, "features"))


TOKENS = [
    node("Conv", "image w", "map", strides=[4, 4]),
    node("Reshape", "map shape", "flat"),
    node("Transpose", "flat", "tokens", perm=[0, 2, 1]),
    node("ReduceMean", "tokens", "pooler_output", axes=[1], keepdims=0),
]
TOKEN_TENSORS = {**W, "shape": np.array([0, 8, 16])}


def tokens(**outputs: Shape) -> onnx.ModelProto:
    return network(TOKENS, {**TOKEN_TENSORS, "w": numbers(8, 3, 4, 4)}, **outputs)


def test_the_only_output_that_fits(photos: list[Path], tmp_path: Path) -> None:
    model = tokens(tokens=("n", 16, 8), pooler_output=("n", 8))
    close(features(photos, save(tmp_path, model)), reference(model, "pooler_output"))


def test_tokens_are_pooled_as_said(photos: list[Path], tmp_path: Path) -> None:
    model = tokens(tokens=("n", 16, 8))
    file = save(tmp_path, model)
    with pytest.raises(verger.BadModel, match=r'"tokens" f32 \(2,16,8\).*--pool cls .*--pool mean'):
        verger.Model.open(file, "tensorflow")
    theirs = reference(model, "tokens").reshape(5, 16, 8)
    close(features(photos, file, pool="cls"), theirs[:, 0])
    close(features(photos, file, pool="mean"), theirs.mean(axis=1))
    with pytest.raises(verger.BadCall, match='no pooling "max".*cls, mean'):
        verger.Model.open(file, "tensorflow", pool="max")


def test_several_outputs_that_fit_need_a_name(photos: list[Path], tmp_path: Path) -> None:
    nodes = [*FEATURES, node("Relu", "features", "lit")]
    model = network(nodes, W, features=("n", 8), lit=("n", 8))
    file = save(tmp_path, model)
    several = r'"features" f32 \(2,8\), "lit" f32 \(2,8\); name one by --output \(output= in'
    with pytest.raises(verger.BadModel, match=several):
        verger.Model.open(file, "tensorflow")
    close(features(photos, file, output="lit"), reference(model, "lit"))
    with pytest.raises(verger.BadModel, match='no output "dark".*"features"'):
        verger.Model.open(file, "tensorflow", output="dark")
    # Another output is another network for the comparison of rows.
    assert (
        verger.Model.open(file, "tensorflow", output="lit").identity
        != verger.Model.open(file, "tensorflow", output="features").identity
    )


def test_sides_of_one_are_no_sides(photos: list[Path], tmp_path: Path) -> None:
    nodes = [*FEATURES, node("Unsqueeze", "features axes", "wrapped")]
    model = network(nodes, {**W, "axes": np.array([1])}, wrapped=("n", 1, 8))
    close(features(photos, save(tmp_path, model)), reference(model, "wrapped"))


def test_bfloat16_in_int32_data(photos: list[Path], tmp_path: Path) -> None:
    """Read as garbage by the engine, without an error; in raw_data it is right."""
    bits = (W["w"].view(np.uint32) >> 16).astype(np.uint16)
    weights = onnx.TensorProto(name="half", data_type=TensorProto.BFLOAT16, dims=W["w"].shape)
    weights.int32_data.extend(int(each) for each in bits.ravel())
    model = network([node("Cast", "half", "w", to=TensorProto.FLOAT), *FEATURES], features=("n", 8))
    model.graph.initializer.append(weights)
    rounded = (bits.astype(np.uint32) << 16).view(np.float32)
    theirs = reference(network(FEATURES, {"w": rounded}, features=("n", 8)), "features")
    close(features(photos, save(tmp_path, model)), theirs)


def external(folder: Path, location: str = "net.onnx.data", **changes: int) -> Path:
    """A network that keeps its weights beside it, as torch.onnx.export writes it."""
    model = network(FEATURES, W, features=("n", 8))
    weights = model.graph.initializer[0]
    data = weights.raw_data
    (folder / "net.onnx.data").write_bytes(b"other" + data)
    weights.ClearField("raw_data")
    weights.data_location = TensorProto.EXTERNAL
    entries = {"location": location, "offset": 5, "length": len(data), **changes}
    for key, value in entries.items():
        weights.external_data.add(key=key, value=str(value))
    return save(folder, model)


def test_weights_beside_the_file(photos: list[Path], tmp_path: Path) -> None:
    """painebenjamin/hey-buddy#29: since PyTorch 2.9 an export is two files."""
    ours = features(photos, external(tmp_path))
    close(ours, reference(network(FEATURES, W, features=("n", 8)), "features"))
    # What is sent to executors is one file.
    model = verger.find_model.find_model(tmp_path / "net.onnx", "tensorflow")
    assert model.data is not None
    (tmp_path / "net.onnx.data").unlink()
    assert verger.Model(model).dimension == 8


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"location": "../net.onnx.data"}, r"no file in its own folder.*onnx\.save"),
        ({"location": "/etc/passwd"}, "no file in its own folder"),
        ({"location": "a/../../b"}, "no file in its own folder"),
        ({"location": "gone.data"}, r'"gone\.data", which is not here.*external_data=False'),
        ({"length": 100}, "has 100 bytes .* its shape needs 864"),
        ({"offset": 6}, "cut short or of another export: it has 869 bytes"),
        ({"offset": 2**64 - 1}, "cut short or of another export"),
    ],
)
def test_weights_beside_the_file_are_checked(
    changes: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    file = external(tmp_path, **changes)
    with pytest.raises(verger.BadModel, match=reason):
        verger.Model.open(file, "tensorflow")


def quantised(largest: int) -> onnx.ModelProto:
    """Convolutions of 8-bit weights and activations, as quantize_static writes them."""
    rng = np.random.default_rng(3)
    tensors: dict[str, npt.NDArray[Any]] = {
        "xs": np.array(2.1 / 255, np.float32),
        "xz": np.array(128, np.uint8),
        "ys": np.array(0.05, np.float32),
        "yz": np.array(0, np.uint8),
    }
    nodes = []
    here = "image"
    for layer, width in enumerate((3, 16)):
        w = rng.integers(-largest, largest + 1, (16, width, 3, 3)).astype(np.int8)
        w[0, 0, 0, 0] = largest
        tensors |= {f"w{layer}": w, f"s{layer}": np.full(16, 1 / largest, np.float32),
                    f"z{layer}": np.zeros(16, np.int8)}  # fmt: skip
        scale = "xs xz" if layer == 0 else "ys yz"
        nodes += [
            node("QuantizeLinear", f"{here} {scale}", f"q{layer}"),
            node("DequantizeLinear", f"q{layer} {scale}", f"d{layer}"),
            node("DequantizeLinear", f"w{layer} s{layer} z{layer}", f"v{layer}", axis=0),
            node("Conv", f"d{layer} v{layer}", f"c{layer}"),
            node("Relu", f"c{layer}", f"r{layer}"),
        ]
        here = f"r{layer}"
    nodes += [node("GlobalAveragePool", here, "pooled"), node("Flatten", "pooled", "features")]
    model = network(nodes, tensors, features=("n", 16))
    model.opset_import[0].version = 19  # the evaluator knows no older quantisation
    return model


@pytest.mark.parametrize("largest", [63, 127])
def test_int8_is_the_same_on_every_processor(
    largest: int, photos: list[Path], tmp_path: Path
) -> None:
    """Weights of 8 bits saturate without VNNI: then int8 is not used, and a note says so.

    microsoft/onnxruntime#5849, microsoft/onnxruntime#6004: right on one machine, wrong on the next.
    """
    model = quantised(largest)
    file = save(tmp_path, model)
    theirs = reference(model, "features")
    notes = verger.Model(verger.find_model.find_model(file, "tensorflow")).notes
    assert [("reduce_range=True" in note) for note in notes] == ([True] if largest > 64 else [])
    code = (
        "import json, sys, verger\n"
        "table = verger.extract(sys.argv[2:], model=sys.argv[1], preset='tensorflow')\n"
        "print(json.dumps(table['features'].to_pylist()))"
    )
    package = str(REPOSITORY / "python")
    for kernels in ("AVX2", "DEFAULT"):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code, str(file), *map(str, photos)],
            env={**os.environ, "ONEDNN_MAX_CPU_ISA": kernels, "PYTHONPATH": package},
            check=True,
            capture_output=True,
            text=True,
            timeout=300,
        )
        ours = np.array(json.loads(done.stdout), np.float32)
        # A pixel on the edge between two steps of 8 bits may fall to either.
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-3 * np.abs(theirs).max())


def test_a_network_of_two_inputs_is_told_by_name(tmp_path: Path) -> None:
    nodes = [node("Add", "image mask", "seen"), node("Conv", "seen w", "map"), *FEATURES[1:]]
    model = network(nodes, W, features=("n", 8))
    mask = helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])
    model.graph.input.append(mask)
    with pytest.raises(verger.BadModel, match=r'2 inputs .*"mask".*the part for images'):
        verger.Model.open(save(tmp_path, model), "tensorflow")
