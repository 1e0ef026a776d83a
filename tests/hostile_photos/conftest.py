"""What the tests of hostile photos share."""

from __future__ import annotations

import pytest
from PIL import Image

from .seeds import draw_pictures


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Image.Image]:
    """A drawing of each label of the sample orchard."""
    return draw_pictures(tmp_path_factory.mktemp("drawn") / "orchard")
