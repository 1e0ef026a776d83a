"""The phone app's engine gives the program's features, and its pixels to the byte."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "cli"))

from program import draw_orchard, table, verger  # noqa: E402

from . import node  # noqa: E402
from .network_file import network_file  # noqa: E402

MODULES = ("engine", "engine-relaxed")
# Of the largest feature, the largest difference over the orchard's photos.
BOUNDS = {"fp32": 1e-5, "fp16": 0.01, "int12": 0.006, "int11": 0.01, "int10": 0.02}


@pytest.fixture(scope="session")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample orchard, a photo of each of its 16 labels."""
    return draw_orchard(tmp_path_factory.mktemp("app") / "orchard", 1)


@pytest.fixture(scope="session")
def photos(orchard: Path) -> list[Image.Image]:
    """Its photos, in the order of their paths."""
    paths = sorted(orchard.rglob("*.jpg"), key=lambda path: path.relative_to(orchard).as_posix())
    return [Image.open(path).convert("RGB") for path in paths]


@pytest.fixture(params=MODULES)
def module(request: pytest.FixtureRequest) -> str:
    """Each module that this Node runs."""
    if request.param == "engine-relaxed" and node.relaxed_simd_flags() is None:
        pytest.skip("NOT TESTED: engine-relaxed.wasm, for this Node has no relaxed SIMD")
    return str(request.param)


def program_features(orchard: Path, folder: Path, *options: str) -> np.ndarray:
    """What `verger run` extracts."""
    verger("run", orchard, folder / "out", "-q", "--no-report", *options)
    return np.stack(table(folder / "out", "Preprocessing")["features"].to_numpy())


def difference(answers: list[node.Answer], expected: np.ndarray) -> float:
    """The largest difference, as a share of the largest feature."""
    features = np.stack([answer.features for answer in answers])
    assert features.shape == expected.shape
    return float(np.abs(features - expected).max() / np.abs(expected).max())


@pytest.mark.parametrize("weights", BOUNDS)
def test_features_are_those_of_the_program(
    orchard: Path, photos: list[Image.Image], module: str, weights: str, tmp_path: Path
) -> None:
    expected = program_features(orchard, tmp_path)
    answers = node.run(network_file(weights=weights), photos, tmp_path / "app", name=module)
    assert difference(answers, expected) <= BOUNDS[weights]


@pytest.mark.parametrize(
    ("model", "size", "views"),
    [
        ("efficientnet-lite1", None, 1),
        ("efficientnet-lite2", 112, 3),
        ("efficientnet-lite0", 160, 8),
    ],
)
def test_other_networks_sizes_and_views(
    orchard: Path,
    photos: list[Image.Image],
    tmp_path: Path,
    model: str,
    size: int | None,
    views: int,
) -> None:
    options = ["--model", model, "--views", str(views)]
    options += ["--input-size", str(size)] if size else []
    expected = program_features(orchard, tmp_path, *options)
    file = network_file(model, "fp32", size, views)
    assert difference(node.run(file, photos, tmp_path / "app"), expected) <= 1e-5


def test_pixels_are_pillows(module: str, tmp_path: Path) -> None:
    """Enlarged, shrunk, both orders of the axes; the program's are the same: tests/parity."""
    rng = np.random.default_rng(3)
    sizes = [
        (1, 1),
        (5, 900),
        (900, 5),
        (224, 224),
        (223, 225),
        (640, 480),
        (480, 641),
        (1531, 1000),
    ]
    photos = [
        Image.fromarray(rng.integers(0, 256, (height, width, 3), np.uint8))
        for width, height in sizes
    ]
    answers = node.run(network_file(weights="int8"), photos, tmp_path, name=module)
    for photo, answer in zip(photos, answers, strict=True):
        expected = photo.resize((224, 224), Image.Resampling.BICUBIC)
        assert answer.inputs.tobytes() == expected.tobytes(), photo.size


def test_an_error_names_the_remedy_and_leaves_the_engine_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "network.bin").write_bytes(network_file(weights="int8"))
    script = Path(__file__).with_name("errors.mjs")
    command = [node.node(), str(script), str(node.module("engine")), str(tmp_path / "network.bin")]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    messages = json.loads(done.stdout)
    assert "load the page again" in messages["damaged"]
    assert "load the page again" in messages["cut"]
    assert messages["pixels"] == "140 bytes of pixels: pass 5 x 8 x 4"
    assert "choose one of at most" in messages["empty"]
    assert "404" in messages["missing"]
    assert messages["same"] is True
    assert messages["streamed"] is None


def test_a_module_is_small() -> None:
    """What is fetched before the first answer, besides the network."""
    for name in MODULES:
        assert node.module(name).stat().st_size <= 400_000
