"""--input-size: what it changes, and the networks that take it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from program import manifest, summary, verger
from small_photos import pixels_network

USAGE, BAD_INPUT = 2, 4


def test_features_of_two_sizes_never_mix(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    verger("extract", photos, out)
    plain = manifest(out)["model"]
    assert summary("extract", photos, out, "--input-size", "224")["extracted"] == 0
    assert manifest(out)["model"] == plain
    result = summary("extract", photos, out, "--input-size", "112")
    assert (result["extracted"], result["reused"]) == (40, 0)
    sized = manifest(out)["model"]
    assert sized["identity"] == plain["identity"].replace("224x224", "112x112")
    assert sized["preset"] == "efficientnet-lite,size=112"
    features = np.stack(pq.read_table(out / "Preprocessing")["features"].to_numpy())
    assert features.shape == (40, 1280)


@pytest.mark.parametrize(
    ("name", "side"), [("efficientnet-lite0", 224), ("efficientnet-lite1", 240),
                       ("efficientnet-lite2", 260)]
)  # fmt: skip
def test_the_networks_inside_take_any(name: str, side: int) -> None:
    own = json.loads(verger("model", "inspect", name, "--json").stdout)
    assert (own["width"], own["preset"], own["dimension"]) == (side, "efficientnet-lite", 1280)
    sized = verger("model", "inspect", name, "--json", "--input-size", "320").stdout
    assert json.loads(sized)["height"] == 320
    assert json.loads(sized)["sha256"] == own["sha256"]


def test_a_model_is_kept_with_its_size(tiny: list[str]) -> None:
    added = ["model", "add", tiny[1], "--preset", "torchvision", "--name", "sized", "--json"]
    entry = json.loads(verger(*added, "--input-size", "160").stdout)
    assert entry["preset"] == "torchvision,size=160"
    model = json.loads(verger("model", "inspect", "sized", "--json").stdout)
    assert model["width"] == 160
    other = verger("model", "inspect", "sized", "--json", "--input-size", "112").stdout
    assert json.loads(other)["width"] == 112


def test_sizes_that_cannot_be_are_refused_with_the_way_on(tmp_path: Path) -> None:
    for size in ("100", "225", "324"):
        result = verger("model", "inspect", "efficientnet-lite0", "--input-size", size, check=USAGE)
        assert "112 to 320, a multiple of 4" in result.stderr
    verger("model", "inspect", "efficientnet-lite0", "--input-size", "large", check=USAGE)
    network = pixels_network(tmp_path / "pixels.onnx", 32, 32)
    command = ["model", "inspect", str(network), "--preset", "torchvision", "--input-size", "112"]
    result = verger(*command, check=BAD_INPUT)
    assert "cannot be given images of 112 x 112 instead of its own 32 x 32" in result.stderr
    assert "leave the size out" in result.stderr
