"""A user with a model store and a network of their own, for the tests of `verger model`."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from program import TIMEOUT, VERGER

BAD_INPUT, STORAGE, IN_USE, USAGE = 4, 5, 6, 2
# Larger than the buffers of sockets and libcurl, so that a cut line cuts the file.
WEIGHTS = 400_000


def network(seed: int = 0) -> bytes:
    """An ONNX file: global average pooling and a matrix, 8 features, 1.6 MB of weights."""
    random = np.random.default_rng(seed)
    matrix = numpy_helper.from_array(random.random((3, 8), np.float32), "matrix")
    ballast = numpy_helper.from_array(random.random(WEIGHTS, np.float32), "ballast")
    nodes = [
        helper.make_node("GlobalAveragePool", ["x"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["flat"]),
        helper.make_node("MatMul", ["flat", "matrix"], ["product"]),
        helper.make_node("ReduceSum", ["ballast"], ["sum"], keepdims=0),
        helper.make_node("Add", ["product", "sum"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, 224, 224])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 8])],
        [matrix, ballast],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    data: bytes = model.SerializeToString()
    return data


NETWORK = network()
SHA256 = hashlib.sha256(NETWORK).hexdigest()


class Home:
    """One user's machine: a home, a store, no network but 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "data" / "verger" / "models"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder / "data"),
            "LC_ALL": "C.UTF-8",
            # Whatever is not on this machine cannot be reached: nothing listens on port 1.
            "https_proxy": "http://127.0.0.1:1",
            "no_proxy": "127.0.0.1",
        }
        if "LD_LIBRARY_PATH" in os.environ:
            self.environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]

    def command(self, *arguments: str | Path) -> list[str]:
        return [str(VERGER), "model", *map(str, arguments)]

    def run(self, *arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # type: ignore[call-overload]
            self.command(*arguments),
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            **options,
        )

    def fetch(
        self, url: str, *more: str, sha256: str = SHA256, **options: object
    ) -> subprocess.CompletedProcess[str]:
        pins = ["--url", url, "--sha256", sha256, "--preset", "torchvision"]
        return self.run("fetch", "net", *pins, *more, **options)

    def files(self) -> set[str]:
        """Names in the store, without locks."""
        if not self.store.exists():
            return set()
        return {p.name for p in self.store.iterdir() if not p.name.endswith("lock")}

    def part(self) -> Path:
        return self.store / ".net.part"


def stored(sha256: str = SHA256) -> set[str]:
    return {"net.json", f"net-{sha256[:12]}.onnx"}


def assert_fetched(home: Home, result: subprocess.CompletedProcess[str]) -> None:
    assert result.returncode == 0, result.stderr
    assert home.files() == stored()
    assert (home.store / f"net-{SHA256[:12]}.onnx").read_bytes() == NETWORK
