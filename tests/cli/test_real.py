"""The real harvest: Fruits-360's photos in ../shared/fruits360. Run by `make test-real`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from program import BUILD, ROOT, manifest, verger, verger_and_peak

PHOTOS = ROOT.parent / "shared" / "fruits360"
RESNET50 = BUILD / "test-data" / "resnet50.h5"
COUNT, LABELS = 10_605, 63
SECONDS = 1800  # for one run; the longest takes some 9 minutes on 2 cores

pytestmark = pytest.mark.real


@pytest.fixture(scope="module", autouse=True)
def _photos_are_there() -> None:
    if not PHOTOS.is_dir():
        pytest.skip(f"NOT TESTED: the real photos, for there are none in {PHOTOS}")


def run_and_peak(*arguments: str | Path) -> tuple[str, int]:
    """What a run says on stdout, and its peak memory in bytes."""
    done, peak = verger_and_peak("run", *arguments, "--quiet", timeout=SECONDS)
    return done.stdout, peak


def check_output(out: Path, stdout: str, features: int) -> None:
    """All photos, all labels, no rejects, and vectors of the right length in every row."""
    assert stdout.endswith(f"Dimensions: ({COUNT}, 4)\n")
    contents = manifest(out)
    assert (contents["inputs"], contents["rows"], contents["rejects"]) == (COUNT, COUNT, [])
    assert contents["labels"] == LABELS
    rows = 0
    for part in sorted((out / "Results").glob("part-*.parquet")):
        read = pq.read_table(part)
        rows += read.num_rows
        for name, length in (("features", features), ("pca_features", 50)):
            vectors = read[name].combine_chunks()
            assert np.all(np.diff(vectors.offsets.to_numpy()) == length)
            assert np.isfinite(vectors.values.to_numpy()).all()
    assert rows == COUNT
    verger("verify", out)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, int]:
    """The whole harvest through the embedded network: output, stdout, peak memory."""
    out = tmp_path_factory.mktemp("real") / "out"
    return (out, *run_and_peak(PHOTOS, out))


def test_whole_harvest(embedded: tuple[Path, str, int]) -> None:
    out, stdout, _ = embedded
    assert stdout.startswith("10,605 photos, 63 labels, 0 rejects by efficientnet-lite0")
    check_output(out, stdout, 1280)


def test_memory_does_not_grow(embedded: tuple[Path, str, int], tmp_path: Path) -> None:
    """2,000 photos, spread over all of them, take as much as 10,605, within a tenth."""
    photos = sorted(PHOTOS.rglob("*.jpg"))
    step = len(photos) / 2000
    for index in range(2000):
        photo = photos[int(index * step)]
        link = tmp_path / "some" / photo.relative_to(PHOTOS)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(photo)
    stdout, peak = run_and_peak(tmp_path / "some", tmp_path / "out")
    assert stdout.endswith("Dimensions: (2000, 4)\n")
    assert abs(peak / embedded[2] - 1) <= 0.10, f"{peak} bytes against {embedded[2]}"


def test_resnet50(tmp_path: Path) -> None:
    """Keras's ResNet50 from an .h5 that was added; about 9 minutes on 2 cores."""
    if not RESNET50.is_file():
        pytest.skip(f"NOT TESTED: resnet50 on the real photos, for there is no {RESNET50}")
    verger("model", "add", RESNET50, env={"VERGER_MODELS": str(tmp_path / "models")})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VERGER_MODELS", str(tmp_path / "models"))
        stdout, _ = run_and_peak(PHOTOS, tmp_path / "out", "--model", "resnet50")
    check_output(tmp_path / "out", stdout, 2048)
