"""An output by an earlier verger, in version 1 of the manifest, is read and continued."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from program import ROOT, manifest, parts, stamps, summary, table, verger
from small_photos import jpeg

FORMER = ROOT / "tests" / "golden" / "formats" / "manifest_1"  # manifest.json says how it was made
OPTIONS = ["--model", str(FORMER / "tiny.onnx"), "--preset", "torchvision", "-k", "3"]
RATE = ["--max-reject-rate", "10%"]
REJECT = "Plum/Plum 1/broken.jpg"
PATHS = ("Apple/Apple Golden 1/0_48.jpg", "Watermelon/Watermelon 1/0_48.jpg")


@pytest.fixture
def former(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FORMER / "output", tmp_path / "former"))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Its photos, with the times that its rows have, which Git does not keep."""
    folder = Path(shutil.copytree(FORMER / "photos", tmp_path / "photos"))
    columns = pq.read_table(FORMER / "output" / "Preprocessing", columns=["path", "modified"])
    for path, modified in zip(*columns.to_pydict().values(), strict=True):
        microseconds = int(modified.timestamp()) * 1_000_000 + modified.microsecond
        os.utime(folder / path, ns=(microseconds * 1000,) * 2)
    return folder


def test_it_is_read(former: Path) -> None:
    assert manifest(former)["version"] == 1
    assert verger("show", former).stdout.endswith("Dimensions: (16, 4)\n")
    checked = summary("verify", former)
    assert (checked["inputs"], checked["rows"], checked["rejects"]) == (17, 16, 1)
    assert checked["problems"] == []


def test_nothing_to_do_changes_nothing(former: Path, photos: Path) -> None:
    before = stamps([*former.rglob("part-*"), *former.rglob("manifest-*")])
    result = summary("run", photos, former, *OPTIONS, *RATE)
    assert (result["extracted"], result["reused"]) == (0, 17)
    assert stamps([*former.rglob("part-*"), *former.rglob("manifest-*")]) == before


def test_it_is_continued(former: Path, photos: Path) -> None:
    """In version 2: the old part as it was, and both with their first and last paths."""
    before = stamps(parts(former, "Preprocessing"))
    for seed, name in enumerate(("one.jpg", "two.jpg")):
        (photos / "Plum" / "Plum 1" / name).write_bytes(jpeg(seed))
    result = summary("run", photos, former, *OPTIONS, *RATE)
    assert (result["extracted"], result["reused"], result["rows"]) == (2, 17, 18)
    latest = manifest(former)
    assert latest["version"] == 2
    old, new = latest["preprocessing"]
    assert (old["first"], old["last"]) == PATHS
    assert (new["first"], new["last"]) == ("Plum/Plum 1/one.jpg", "Plum/Plum 1/two.jpg")
    assert [reject["path"] for reject in latest["rejects"]] == [REJECT]
    assert before.items() <= stamps(parts(former, "Preprocessing")).items()
    verger("verify", former)


def has_required_numbers(part: Path) -> bool:
    """Whether Parquet's schema says that no number of a list is null."""
    schema = pq.ParquetFile(part).schema
    vectors = [schema.column(i) for i in range(len(schema)) if "list" in schema.column(i).path]
    optional = part.parent.name == "Preprocessing"  # its lists, not their numbers
    levels = {column.path: column.max_definition_level - 1 - optional for column in vectors}
    assert len(set(levels.values())) == 1, levels
    return set(levels.values()) == {0}


def test_numbers_of_new_lists_are_required_beside_old_ones(former: Path, photos: Path) -> None:
    """ClickHouse computes no distance of lists whose numbers may be null; old parts have such."""
    (photos / "Plum" / "Plum 1" / "one.jpg").write_bytes(jpeg(1))
    verger("run", photos, former, *OPTIONS[:-2], *RATE, "--keep-pca")
    for kind in ("Preprocessing", "Results"):
        assert [has_required_numbers(part) for part in parts(former, kind)] == [False, True]
    verger("verify", former)
    assert verger("show", former).stdout.endswith("Dimensions: (17, 4)\n")
    assert table(former).num_rows == 17
    verger("duplicates", former, "--within", "1")
    verger("reduce", former, "-k", "2")
    assert all(map(has_required_numbers, parts(former, "Results")))
    verger("verify", former)


def test_photos_are_forgotten_in_it(former: Path) -> None:
    result = summary("forget", former, "Plum/Plum 1")
    assert (result["rows"], result["rejects"]) == (1, 1)
    (part,) = manifest(former)["preprocessing"]
    paths = table(former, "Preprocessing")["path"].to_pylist()
    assert (part["first"], part["last"], part["rows"]) == (paths[0], paths[-1], 15)
    verger("verify", former)
