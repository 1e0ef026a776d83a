"""--max-pixels and --max-bytes: rejects name them, and pass once they are raised."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from program import summary, verger
from small_photos import plant


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Twenty small photos and one of 300 x 200 pixels."""
    folder = tmp_path / "photos"
    plant(folder, 20)
    Image.effect_noise((300, 200), 80).save(folder / "large.png")
    return folder


@pytest.mark.parametrize(
    ("option", "low", "high", "reason"),
    [
        ("--max-pixels", 59_999, 60_000, "PNG: 300 x 200 pixels, more than --max-pixels 59999"),
        ("--max-bytes", 30_000, 100_000, " bytes, more than --max-bytes 30000"),
    ],
)
def test_a_reject_passes_once_its_limit_is_raised(
    option: str, low: int, high: int, reason: str, photos: Path, tmp_path: Path, tiny: list[str]
) -> None:
    out = tmp_path / "out"
    common: list[str | Path] = [photos, out, *tiny, "-k", "2"]
    result = summary("run", *common, option, str(low))
    assert [reject["path"] for reject in result["rejects"]] == ["large.png"]
    assert result["rejects"][0]["reason"].endswith(reason)
    again = summary("run", *common, option, str(low))
    assert (again["extracted"], again["rows"]) == (0, result["rows"])
    raised = summary("run", *common, option, str(high))
    assert (raised["extracted"], raised["rejects"]) == (1, [])
    # Features that are there stay, whatever the limit.
    last = summary("run", *common, option, str(low))
    assert (last["extracted"], last["rejects"]) == (0, [])


@pytest.mark.parametrize("option", ["--max-pixels", "--max-bytes"])
@pytest.mark.parametrize("value", ["0", "-1", "many", "99999999999"])
def test_other_values_are_refused(option: str, value: str) -> None:
    refused = verger("run", "photos", "out", f"{option}={value}", check=2)
    assert option in refused.stderr
