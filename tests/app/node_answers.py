"""Answers of an app in Node, to pixels that Pillow decodes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps

SCRIPT = Path(__file__).with_name("answers.mjs")


def decoded(photos: Sequence[Path], folder: Path) -> list[dict[str, Any]]:
    """Each photo as a file of RGBA pixels, upright, with its size."""
    pixels = []
    for number, photo in enumerate(photos):
        with Image.open(photo) as opened:
            image = ImageOps.exif_transpose(opened).convert("RGB").convert("RGBA")
        file = folder / f"{number}.rgba"
        file.write_bytes(image.tobytes())
        pixels.append({"file": str(file), "width": image.width, "height": image.height})
    return pixels


def node_answers(app: Path, photos: Sequence[Path], folder: Path, **job: Any) -> dict[str, Any]:
    """What answers.mjs prints of the photos."""
    node = os.environ.get("VERGER_NODE") or shutil.which("node")
    if node is None:
        pytest.skip("NOT TESTED: the app's answers, for there is no node: apt-get install nodejs")
    folder.mkdir(exist_ok=True)
    file = folder / "job.json"
    file.write_text(json.dumps({"app": str(app), "photos": decoded(photos, folder), **job}))
    done = subprocess.run([node, SCRIPT, file], capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))
