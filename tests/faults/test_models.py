"""Networks that are cut, flipped or not what a name says: exit 4 before any photo is opened.

Also networks whose features are no numbers: the photo is a reject, and no NaN is ever in an output.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from program import column, verger
from small_photos import tiny_network

from .gate import Gated
from .kills import Watch
from .memory import tree
from .outputs import Scenario

BAD_INPUT = 4


def run_with(scenario: Scenario, out: Path, model: str | Path) -> tuple[Gated, set[str]]:
    """Runs with another network; and which photos were opened."""
    position = scenario.options.index("--model")
    options = (*scenario.options[:position], "--model", model, *scenario.options[position + 2 :])
    watch = Watch(Scenario("", scenario.photos, None, scenario.expected, options), out)
    return watch.run(), watch.opened


def assert_refused(done: Gated, opened: set[str], name: str) -> None:
    assert done.returncode == BAD_INPUT, done
    assert name in done.stderr
    assert opened == set()


def test_cut_at_any_byte(scenarios: dict[str, Scenario], out: Path) -> None:
    scenario = scenarios["grow"]
    before = tree(scenario.begin(out))
    network = tiny_network(out.with_name("whole.onnx")).read_bytes()
    cut = out.with_name("cut.onnx")
    for size in [0, 1, *random.Random(19).sample(range(2, len(network)), 12)]:
        cut.write_bytes(network[:size])
        assert_refused(*run_with(scenario, out, cut), "cut.onnx")
        assert tree(out) == before


def test_flipped_in_the_store(
    scenarios: dict[str, Scenario], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store knows the hash of each file: no flip goes unseen."""
    scenario = scenarios["grow"]
    before = tree(scenario.begin(out))
    monkeypatch.setenv("XDG_DATA_HOME", str(out.with_name("data")))
    monkeypatch.delenv("VERGER_MODELS", raising=False)
    verger("model", "add", tiny_network(out.with_name("tiny.onnx")), "--preset", "torchvision")
    (stored,) = out.with_name("data").rglob("*.onnx")
    network = stored.read_bytes()
    places = random.Random(19)
    for _ in range(12):
        flipped = bytearray(network)
        flipped[places.randrange(len(network))] ^= 1 << places.randrange(8)
        stored.chmod(0o600)
        stored.write_bytes(flipped)
        assert_refused(*run_with(scenario, out, "tiny"), "tiny")
        assert tree(out) == before


def test_flipped_in_a_file(scenarios: dict[str, Scenario], out: Path) -> None:
    """Nobody knows the hash of a file of one's own: a flip is refused, or another network."""
    scenario = scenarios["fresh"]
    network = tiny_network(out.with_name("whole.onnx")).read_bytes()
    flipped_file = out.with_name("flipped.onnx")
    places = random.Random(20)
    for number in range(16):
        flipped = bytearray(network)
        flipped[places.randrange(len(network))] ^= 1 << places.randrange(8)
        flipped_file.write_bytes(flipped)
        there = out.with_name(f"out-{number}")
        done, opened = run_with(scenario, there, flipped_file)
        if done.returncode == 0:
            assert np.isfinite(column(there, "features", "Preprocessing")).all()
        elif done.returncode == 3:
            assert "nan" in done.stdout + done.stderr
        else:
            assert_refused(done, opened, "flipped.onnx")


def network_of_numbers(path: Path, floor: float) -> Path:
    """Features are the logarithm of what a channel's mean is above `floor`: not a number below."""
    graph = helper.make_graph(
        [
            helper.make_node("GlobalAveragePool", ["image"], ["pooled"]),
            helper.make_node("Flatten", ["pooled"], ["means"]),
            helper.make_node("Sub", ["means", "floor"], ["above"]),
            helper.make_node("Log", ["above"], ["features"]),
        ],
        "numbers",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, 16, 16])],
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", 3])],
        [numpy_helper.from_array(np.array([floor], np.float32), "floor")],
    )
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path
    )
    return path


def test_features_that_are_no_numbers(scenarios: dict[str, Scenario], out: Path) -> None:
    scenario = scenarios["fresh"]
    network = network_of_numbers(out.with_name("numbers.onnx"), 0.5)
    options = ("--model", network, "--preset", "torchvision", "--max-reject-rate", "100%")
    done = json.loads(verger("run", scenario.photos, out, *options, "--json").stdout)
    assert (
        done["inputs"]
        == 200
        == done["rows"] + sum(reject["reason"].startswith("nan") for reject in done["rejects"])
    )
    assert 0 < done["rows"] < 200
    for kind, name in (("Results", "features"), ("Results", "pca_features")):
        assert np.isfinite(column(out, name, kind)).all()
    verger("verify", out)
