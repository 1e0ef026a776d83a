"""Photos of 108 and 200 megapixels, as phones take them, are taken without an option."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from test_pixels import program, read_output


@pytest.mark.parametrize(("width", "height", "mode"), [(12000, 9000, "RGB"), (16320, 12240, "L")])
def test_resized_bytes_equal_pillows(
    width: int, height: int, mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    photo = tmp_path / "photo.jpg"
    small = Image.linear_gradient("L").convert(mode).rotate(30)
    small.resize((width, height), Image.Resampling.NEAREST).save(photo, quality=60)
    (tmp_path / "jobs").write_text(f"{photo}\t224\t224\tbicubic\t{tmp_path / 'out'}\n")
    subprocess.run([program(), tmp_path / "jobs"], check=True, timeout=300)
    with Image.open(photo) as opened:
        expected = opened.convert("RGB").resize((224, 224), Image.Resampling.BICUBIC)
    ours = read_output(tmp_path / "out")
    assert not isinstance(ours, str), ours
    assert np.array_equal(ours, np.asarray(expected))
