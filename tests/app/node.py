"""Runs the phone app's engine in Node, on photos that Pillow decodes."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from .network_file import BUILD

SCRIPT = Path(__file__).with_name("features.mjs")
Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]


class Answer(NamedTuple):
    """What the engine makes of a photo."""

    features: Floats
    inputs: Pixels  # what the network was given, (views, height, width, 3)


def node() -> str:
    """Node, with SIMD in WebAssembly."""
    program = os.environ.get("VERGER_NODE") or shutil.which("node")
    if program is None:
        pytest.skip("NOT TESTED: the app's engine, for there is no node: apt-get install nodejs")
    return program


def module(name: str) -> Path:
    """A module of the engine."""
    path = BUILD / "app" / f"{name}.wasm"
    if not path.is_file():
        missing = f"{path.name} is missing: run make build-tests"
        pytest.skip(f"NOT TESTED: the app's engine, for {missing}")
    return path


def run(
    network: bytes, photos: Sequence[Image.Image], folder: Path, *, name: str = "engine"
) -> list[Answer]:
    """The engine's answers for decoded photos, in one process."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "network.bin").write_bytes(network)
    names = []
    for at, photo in enumerate(photos):
        path = folder / f"{at}.{photo.width}x{photo.height}.rgba"
        path.write_bytes(photo.convert("RGBA").tobytes())
        names.append(str(path))
    flags = relaxed_simd_flags() if name == "engine-relaxed" else []
    command = [
        node(),
        *(flags or []),
        str(SCRIPT),
        str(module(name)),
        str(folder / "network.bin"),
        *names,
    ]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    answers = []
    for name_of_photo in names:
        features = np.fromfile(f"{name_of_photo}.features", np.float32)
        inputs = np.fromfile(f"{name_of_photo}.inputs", np.uint8)
        answers.append(Answer(features, inputs))
    return answers


@functools.cache
def relaxed_simd_flags() -> list[str] | None:
    """The flags with which this Node runs the faster module; None if there are none."""
    for flags in ([], ["--experimental-wasm-relaxed-simd"]):
        command = [node(), *flags, str(SCRIPT), "--module"]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
        if done.returncode == 0 and done.stdout.strip() == "engine-relaxed.wasm":
            return flags
    return None
